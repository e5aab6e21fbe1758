package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.ObjectMappers;
import com.openai.models.completions.Completion;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.CallerDialectContract;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsCallerTest extends CallerDialectContract {

  @Override
  protected CallerDialect dialect() {
    return new CompletionsCaller();
  }

  @Override
  protected String request() {
    return "{ \"prompt\" : \"é你😀 \\\"model\\\"\" , \"model\" :\t\"some-model\" }";
  }

  @Override
  protected String richRequest() {
    return """
        {"model":"some-model","prompt":["once"],"max_tokens":9,"temperature":0.70,"top_p":1,
         "n":2,"best_of":1,"stop":["a","b"],"seed":7,"presence_penalty":0.5,
         "frequency_penalty":-0.5,"stream":true,"stream_options":{"include_usage":true},
         "user":"u","echo":false,"logprobs":null,"suffix":null,"logit_bias":{"1":-1}}
        """;
  }

  @Test
  void promptBecomesTheOneMessage() {
    ChatRequest request = dialect().read(richRequest().getBytes(UTF_8));
    assertThat(request.messages()).singleElement().extracting(m -> m.text()).isEqualTo("once");
    assertThat(request.sampling().choices()).isEqualTo(2);
    assertThat(request.sampling().maxTokens()).isEqualTo(9);
    assertThat(request.sampling().stop()).containsExactly("a", "b");
    assertThat(request.rest()).containsOnlyKeys("logit_bias");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'model':'m'}|prompt",
        "{'model':'m','prompt':[]}|prompt",
        "{'model':'m','prompt':['a','b']}|prompt",
        "{'model':'m','prompt':[1,2]}|prompt",
        "{'model':'m','prompt':'x','echo':true}|echo",
        "{'model':'m','prompt':'x','suffix':'y'}|suffix",
        "{'model':'m','prompt':'x','logprobs':2}|logprobs",
        "{'model':'m','prompt':'x','best_of':2}|best_of",
        "{'model':'m','prompt':'x','stop':7}|stop",
      })
  void whatCannotBeDoneIsNamed(String body, String param) {
    assertThatThrownBy(() -> dialect().read(body.replace('\'', '"').getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo(param));
  }

  @Test
  void answerIsWhatOpenAisClientExpects() throws JsonProcessingException {
    ChatReply reply =
        new ChatReply(
            null,
            null,
            List.of(
                new ChatReply.Choice(
                    0,
                    List.of(new Content.Thinking("hm", null, null), new Content.Text("Hi")),
                    FinishReason.LENGTH,
                    null,
                    null)),
            new Usage(3, 2));
    Completion completion = parsed(dialect().write(reply, ENVELOPE));
    assertThat(completion.choices().get(0).text()).isEqualTo("Hi");
    assertThat(completion.choices().get(0).finishReason().asString()).isEqualTo("length");
    assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(5);
  }

  @Test
  void streamIsTextThenItsEndThenUsage() throws JsonProcessingException {
    List<Frame> frames =
        frames(
            new ChatEvent.Start(null, null),
            new ChatEvent.Text(0, "H"),
            new ChatEvent.Thinking(0, "hm"),
            new ChatEvent.Text(0, "i"),
            new ChatEvent.Finish(0, FinishReason.STOP, null),
            new ChatEvent.UsageReport(new Usage(3, 2)),
            new ChatEvent.End());
    assertThat(frames).hasSize(5);
    assertThat(new String(frames.get(4).data(), UTF_8)).isEqualTo("[DONE]");
    JsonNode last = Json.read(frames.get(2).data());
    assertThat(last.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(last.at("/x_gateway/provider").asText()).isEqualTo("demo");
    JsonNode usage = Json.read(frames.get(3).data());
    assertThat(usage.path("choices")).isEmpty();
    assertThat(usage.at("/usage/total_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void straightLineSeesTextAndAsksForUsage() {
    OpenAiPassThrough straight = OpenAiPassThrough.completions();
    byte[] body = "{\"model\":\"m\",\"prompt\":[1,2],\"stream\":true}".getBytes(UTF_8);
    RequestHead head = dialect().head(body);
    var request = straight.request(body, head, "m");
    assertThat(request.path()).isEqualTo("/completions");
    assertThat(new String(request.body(), UTF_8)).contains("\"include_usage\":true");
    byte[] data = "{\"choices\":[{\"text\":\"a\",\"finish_reason\":null}]}".getBytes(UTF_8);
    assertThat(straight.reader().read(new Frame(data, null, data)).content()).isTrue();
  }

  private static Completion parsed(byte[] json) throws JsonProcessingException {
    return ObjectMappers.jsonMapper()
        .readValue(new String(json, UTF_8), Completion.class)
        .validate();
  }
}
