package io.aigateway.dialect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.openai.OpenAiPassThrough;
import io.aigateway.wire.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AzureProviderTest {
  private static final String FILTERS =
      "{'choices':[],'created':0,'id':'','model':'','object':'','prompt_filter_results':"
          + "[{'prompt_index':0,'content_filter_results':{'hate':{'filtered':false}}}]}";
  private static final String TEXT =
      "{'choices':[{'content_filter_results':{'hate':{'filtered':false}},'delta':{'content':'Hi'},"
          + "'finish_reason':null,'index':0}],'id':'c','model':'gpt-4o-2024-11-20',"
          + "'object':'chat.completion.chunk'}";
  private static final String LATE_FILTERS =
      "{'choices':[{'content_filter_offsets':{'check_offset':1},'content_filter_results':{},"
          + "'finish_reason':null,'index':0}],'id':'','model':'','object':''}";
  private static final String FINISH =
      "{'choices':[{'content_filter_results':{},'delta':{},'finish_reason':'stop','index':0}],"
          + "'id':'c','model':'gpt-4o-2024-11-20','object':'chat.completion.chunk'}";
  private static final String USAGE =
      "{'choices':[],'id':'c','model':'gpt-4o-2024-11-20','object':'chat.completion.chunk',"
          + "'usage':{'prompt_tokens':3,'completion_tokens':1,'total_tokens':4}}";

  @ParameterizedTest
  @CsvSource({
    "2024-10-21,/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21",
    "v1,/openai/v1/chat/completions",
    "'',/openai/v1/chat/completions"
  })
  void versionDecidesThePath(String apiVersion, String path) {
    ProviderDialect dialect = at(apiVersion);

    assertThat(dialect.path("/chat/completions", "my gpt")).isEqualTo(path);
    assertThat(dialect.write(request("my gpt"), new ModelDefaults(9)).path()).isEqualTo(path);
  }

  @Test
  void keyHasAHeaderOfItsOwn() {
    assertThat(at("").headers("k")).containsOnly(Map.entry("api-key", "k"));
  }

  @Test
  void bytesOfOpenAiCallersPassAsTheyAre() {
    assertThat(at("").straightLines()).containsExactlyInAnyOrder("openai", "embeddings");
    assertThat(at("2024-10-21").path("/embeddings", "e"))
        .isEqualTo("/openai/deployments/e/embeddings?api-version=2024-10-21");
  }

  @Test
  void resultsOfFiltersAreNoAnswer() {
    ProviderDialect.EventReader reader = at("").events();
    List<ChatEvent> events = new ArrayList<>();
    for (String payload : List.of(FILTERS, TEXT, LATE_FILTERS, FINISH, USAGE, "[DONE]")) {
      reader.read(frame(payload), events::add);
    }

    assertThat(events)
        .containsExactly(
            new ChatEvent.Start("c", "gpt-4o-2024-11-20"),
            new ChatEvent.Text(0, "Hi"),
            new ChatEvent.Finish(0, FinishReason.STOP, null),
            new ChatEvent.UsageReport(new Usage(3, 1)),
            new ChatEvent.End());
  }

  @Test
  void resultsOfFiltersPassAndCountAsNothing() {
    OpenAiPassThrough straight = new OpenAiPassThrough();

    for (String payload : List.of(FILTERS, LATE_FILTERS)) {
      PassThrough.FrameFacts facts = straight.reader().read(frame(payload));
      assertThat(facts.content()).isFalse();
      assertThat(facts.usageOnly()).isFalse();
      assertThat(facts.failure()).isNull();
    }
  }

  @Test
  void refusalOfTheFilterIsRead() {
    byte[] body =
        bytes(
            "{'error':{'message':'The response was filtered','type':null,'param':'prompt',"
                + "'code':'content_filter','status':400,'innererror':"
                + "{'code':'ResponsibleAIPolicyViolation','content_filter_result':{}}}}");

    assertThat(at("").error(400, body))
        .isEqualTo(
            new ProviderError("The response was filtered", null, "content_filter", "prompt"));
  }

  @Test
  void errorsOfAzuresOwnDoorAreRead() {
    byte[] body = bytes("{'statusCode':401,'message':'Unauthorized. Access token is missing.'}");

    assertThat(at("").error(401, body).message())
        .isEqualTo("Unauthorized. Access token is missing.");
  }

  private static ProviderDialect at(String apiVersion) {
    return new AzureProvider().at(new Place("x.openai.azure.com", "", apiVersion, ""));
  }

  private static ChatRequest request(String model) {
    return new ChatRequest(
        model,
        List.of(new Message(Role.USER, List.of(new Content.Text("Hi")))),
        List.of(),
        null,
        null,
        Sampling.UNSET,
        null,
        null,
        false,
        false,
        null,
        Map.of(),
        Map.of());
  }

  private static Frame frame(String payload) {
    byte[] data = bytes(payload);
    return new Frame(data, null, data);
  }

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
