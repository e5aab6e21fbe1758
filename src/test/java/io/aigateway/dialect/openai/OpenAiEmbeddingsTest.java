package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialectContract.Mutations;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Vectors;
import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiEmbeddingsTest {
  private static final String REQUEST =
      "{'model':'m','input':['a','b'],'dimensions':3,'encoding_format':'base64','user':'u'}";

  private final OpenAiEmbeddings caller = new OpenAiEmbeddings();
  private final EmbeddingsPassThrough straight = new EmbeddingsPassThrough();

  @Test
  void everythingIsRead() {
    EmbedRequest request = caller.read(json(REQUEST));
    assertThat(request)
        .isEqualTo(new EmbedRequest("m", List.of("a", "b"), false, 3, true, List.of("user")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1,2]", "[[1],[2,3]]"})
  void tokensAreToldFromTexts(String input) {
    EmbedRequest request = caller.read(json("{'model':'m','input':" + input + "}"));
    assertThat(request.tokens()).isTrue();
    assertThatThrownBy(() -> Vectors.texts(request, "Ollama"))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("input"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'input':'x'}|model",
        "{'model':'m'}|input",
        "{'model':'m','input':null}|input",
        "{'model':'m','input':[]}|input",
        "{'model':'m','input':{}}|input",
        "{'model':'m','input':['a',1]}|input[1]",
        "{'model':'m','input':[1,[2]]}|input[1]",
        "{'model':'m','input':[[1],[]]}|input[1]",
        "{'model':'m','input':'x','dimensions':0}|dimensions",
        "{'model':'m','input':'x','dimensions':'3'}|dimensions",
        "{'model':'m','input':'x','encoding_format':'hex'}|encoding_format",
      })
  void wrongFieldIsNamed(String body, String param) {
    assertThatThrownBy(
            () -> {
              caller.head(json(body));
              caller.read(json(body));
            })
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo(param));
  }

  @Property(tries = 300)
  void brokenRequestsAreRefusedAndNothingElse(@ForAll long seed) {
    byte[] body = Mutations.of(REQUEST.replace('\'', '"'), seed);
    try {
      caller.head(body);
      caller.read(body);
    } catch (RequestException e) {
      assertThat(e.error().status()).isEqualTo(400);
    }
  }

  @Test
  void vectorsAreWrittenInTheFormAskedFor() throws JsonProcessingException {
    EmbedReply reply =
        new EmbedReply(null, List.of(new float[] {0.25f, -1f, 1e-9f}), new Usage(4, 0));
    JsonNode lists = write(reply, "{'model':'m','input':'x'}");
    assertThat(lists.path("object").asText()).isEqualTo("list");
    assertThat(lists.path("model").asText()).isEqualTo("sent");
    assertThat(Vectors.read(lists.at("/data/0/embedding"))).containsExactly(0.25f, -1f, 1e-9f);
    assertThat(lists.at("/usage/prompt_tokens").asLong()).isEqualTo(4);
    assertThat(lists.at("/usage/total_tokens").asLong()).isEqualTo(4);
    JsonNode coded = write(reply, "{'model':'m','input':'x','encoding_format':'base64'}");
    assertThat(coded.at("/data/0/embedding").asText()).isEqualTo("AACAPgAAgL9fcIkw");
  }

  @Test
  void bytesPassAsTheyAreWhenTheFormIsTheOneAskedFor() {
    byte[] lists = json("{ 'data':[{'embedding':[0.10, 1e-3],'index':0}], 'x':1.50}");
    assertThat(straight.reply(lists, envelope("{'encoding_format':'float'}"))).isSameAs(lists);
    byte[] coded = json("{'data':[{'index':0,'embedding':'AACAPg=='}]}");
    assertThat(straight.reply(coded, envelope("{'encoding_format':'base64'}"))).isSameAs(coded);
  }

  @Test
  void providerThatKnowsOneFormOnlyIsTranslated() {
    byte[] lists = json("{'data':[{'index':0,'embedding':[0.25],'x':1.50}],'y':2.0}");
    assertThat(straight.reply(lists, envelope("{'encoding_format':'base64'}")))
        .isEqualTo(json("{'data':[{'index':0,'embedding':'AACAPg==','x':1.50}],'y':2.0}"));
    byte[] coded = json("{'data':[{'embedding':'AACAPg=='}]}");
    assertThat(straight.reply(coded, envelope("{'input':'x'}")))
        .isEqualTo(json("{'data':[{'embedding':[0.25]}]}"));
  }

  @Test
  void usageIsReadWithoutUnderstandingTheRest() {
    var facts =
        straight.inspect(
            json("{'data':[{'embedding':[1]}],'usage':{'prompt_tokens':7,'total_tokens':7}}"));
    assertThat(facts.usage()).isEqualTo(new Usage(7, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "<html>", "{'data':[", "{'object':'list'}", "{'error':{'message':'x'}}"})
  void whatIsNoAnswerIsMalformed(String body) {
    assertThatThrownBy(() -> straight.inspect(json(body)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void modelIsRenamedInPlace() {
    byte[] body = json("{ 'input' : 'x', 'model' : 'p/m' , 'y':1.0 }");
    var request = straight.request(body, caller.head(body), "m");
    assertThat(request.path()).isEqualTo("/embeddings");
    assertThat(request.body()).isEqualTo(json("{ 'input' : 'x', 'model' : 'm' , 'y':1.0 }"));
  }

  private JsonNode write(EmbedReply reply, String request) throws JsonProcessingException {
    return Json.read(caller.write(reply, caller.read(json(request)), envelope(request)));
  }

  private static Envelope envelope(String request) {
    return new Envelope("req-1", "p", "sent", 0, false, 1, () -> json(request), () -> 1);
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
