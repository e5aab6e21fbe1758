package io.aigateway.dialect.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.ToolChoice;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderDialectContract;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OllamaProviderTest extends ProviderDialectContract {
  private static final String END =
      "'done':true,'done_reason':'stop','prompt_eval_count':12,'eval_count':5,'total_duration':9}";
  private static final String CALLS =
      "'tool_calls':[{'function':{'name':'get_weather','arguments':{'city':'Paris'}}},"
          + "{'function':{'name':'get_time','arguments':{}}}]";

  @Override
  protected ProviderDialect dialect() {
    return new OllamaProvider();
  }

  @Override
  protected String textReply() {
    return line("'message':{'role':'assistant','content':'Hello there.'}," + END);
  }

  @Override
  protected List<String> textStream() {
    return List.of(
        line("'message':{'role':'assistant','content':'Hello'},'done':false}"),
        line("'message':{'role':'assistant','content':' there.'},'done':false}"),
        line("'message':{'role':'assistant','content':''}," + END));
  }

  @Override
  protected String callsReply() {
    return line("'message':{'role':'assistant','content':''," + CALLS + "}," + END);
  }

  @Override
  protected List<String> callsStream() {
    return List.of(
        line("'message':{'role':'assistant','content':''," + CALLS + "},'done':false}"),
        line("'message':{'role':'assistant','content':''}," + END));
  }

  @Override
  protected @Nullable String replyFinished(FinishReason reason) {
    return switch (reason) {
      case STOP -> textReply();
      case LENGTH -> textReply().replace("\"stop\"", "\"length\"");
      case TOOL_CALLS -> callsReply();
      case CONTENT_FILTER -> null;
    };
  }

  @Override
  protected String errorBody(String message) {
    return json("{'error':'" + message + "'}").toString();
  }

  @Override
  protected String errorEvent(String message) {
    return errorBody(message);
  }

  @Override
  protected JsonNode temperature(JsonNode body) {
    return body.path("options").path("temperature");
  }

  @Override
  protected JsonNode stops(JsonNode body) {
    return body.path("options").path("stop");
  }

  @Test
  void credentialIsSentOnlyWhenThereIsOne() {
    assertThat(dialect().headers("")).isEmpty();
    assertThat(dialect().headers("k")).containsOnly(Map.entry("authorization", "Bearer k"));
  }

  @Test
  void streamIsAlwaysSaid() {
    assertThat(written(ask().say(Role.USER, "Hi")).path("stream").isBoolean()).isTrue();
    assertThat(written(ask().say(Role.USER, "Hi").streamed()).path("stream").asBoolean()).isTrue();
  }

  @Test
  void writesTheConversationInOllamasWords() {
    assertThat(written(toolRound()).path("messages"))
        .isEqualTo(
            json(
                "[{'role':'user','content':'Weather and time in Paris?'},"
                    + "{'role':'assistant','content':'','tool_calls':["
                    + "{'id':'call_A1','function':"
                    + "{'name':'get_weather','arguments':{'city':'Paris'}}},"
                    + "{'id':'call_B2','function':{'name':'get_time','arguments':{}}}]},"
                    + "{'role':'tool','content':'21 degrees','tool_name':'get_weather',"
                    + "'tool_call_id':'call_A1'},"
                    + "{'role':'tool','content':'14:05','tool_name':'get_time',"
                    + "'tool_call_id':'call_B2'}]"));
  }

  @Test
  void imagesStandBesideTheText() {
    JsonNode body =
        written(
            ask()
                .say(
                    Role.USER,
                    new Content.Text("What is it?"),
                    new Content.Image(new Content.Source.Base64("image/png", PNG), "low")));

    assertThat(body.path("messages").path(0).path("content").asText()).isEqualTo("What is it?");
    assertThat(body.path("messages").path(0).path("images")).isEqualTo(json("['" + PNG + "']"));
  }

  @Test
  void imageByAddressIsRefused() {
    Content.Image image =
        new Content.Image(new Content.Source.Url("https://example.com/a.png"), null);

    assertThat(refusedParam(ask().say(Role.USER, image))).isEqualTo("messages");
  }

  @Test
  void textFilesBecomeText() {
    Content.Document notes =
        new Content.Document(new Content.Source.Base64("text/plain", "bm90ZXM="), "notes.txt");
    Content.Document pdf =
        new Content.Document(new Content.Source.Base64("application/pdf", "JVBERg=="), null);

    assertThat(written(ask().say(Role.USER, notes)).at("/messages/0/content").asText())
        .isEqualTo("notes.txt\n\nnotes");
    assertThat(refusedParam(ask().say(Role.USER, pdf))).isEqualTo("messages");
  }

  @Test
  void optionsCarryTheSampling() {
    JsonNode body =
        written(
            ask()
                .say(Role.USER, "Hi")
                .temperature("0.3")
                .topP("0.9")
                .topK(40)
                .maxTokens(300)
                .seed(7)
                .penalties("0.5"));

    assertThat(body.path("options"))
        .isEqualTo(
            json(
                "{'temperature':0.3,'top_p':0.9,'top_k':40,'num_predict':300,'seed':7,"
                    + "'presence_penalty':0.5,'frequency_penalty':0.5}"));
    assertThat(written(ask().say(Role.USER, "Hi")).has("options")).isFalse();
    assertThat(written(ask().say(Role.USER, "Hi").rest("min_p", "0.1")).at("/options/min_p"))
        .isEqualTo(json("0.1"));
  }

  @Test
  void formatIsJsonOrTheSchema() {
    ResponseFormat schema =
        new ResponseFormat.JsonSchema("city", null, json("{'type':'object'}"), true);

    assertThat(
            written(ask().say(Role.USER, "Hi").format(new ResponseFormat.JsonObject()))
                .path("format"))
        .isEqualTo(json("'json'"));
    assertThat(written(ask().say(Role.USER, "Hi").format(schema)).path("format"))
        .isEqualTo(json("{'type':'object'}"));
  }

  @Test
  void reasoningBecomesThink() {
    assertThat(written(ask().say(Role.USER, "Hi").effort("high")).path("think"))
        .isEqualTo(json("'high'"));
    assertThat(written(ask().say(Role.USER, "Hi").effort("minimal")).path("think"))
        .isEqualTo(json("'low'"));
    assertThat(written(ask().say(Role.USER, "Hi").withoutThinking()).path("think"))
        .isEqualTo(json("false"));
    assertThat(written(ask().say(Role.USER, "Hi").budget(2000)).path("think"))
        .isEqualTo(json("true"));
    assertThat(written(ask().say(Role.USER, "Hi")).has("think")).isFalse();
  }

  @Test
  void toolChoiceIsKeptAsFarAsOllamaCan() {
    Ask none = ask().say(Role.USER, "Hi").tools(WEATHER).choice(new ToolChoice.None());
    Ask required = ask().say(Role.USER, "Hi").tools(WEATHER).choice(new ToolChoice.Required());

    assertThat(written(none).has("tools")).isFalse();
    assertThat(dropped(none)).isEmpty();
    assertThat(written(required).path("tools")).hasSize(1);
    assertThat(dropped(required)).containsExactly("tool_choice");
  }

  @Test
  void readsThinking() {
    ChatReply reply =
        dialect()
            .read(
                bytes(
                    line("'message':{'role':'assistant','content':'4','thinking':'2+2'}," + END)));

    assertThat(reply.choices().get(0).content())
        .containsExactly(new Content.Thinking("2+2", null, null), new Content.Text("4"));
    assertThat(events(List.of(line("'message':{'role':'assistant','content':'','thinking':'2'}}"))))
        .contains(new ChatEvent.Thinking(0, "2"));
  }

  @Test
  void idsOfCallsAreTheSameForTheSameAnswerAndOthersForTheNext() {
    String later = callsReply().replace("08:00:00Z", "08:00:01Z");

    assertThat(ids(callsReply()))
        .isEqualTo(ids(callsReply()))
        .doesNotContainAnyElementsOf(ids(later));
  }

  @Test
  void ownIdOfACallIsKept() {
    String reply =
        callsReply()
            .replace(
                "{\"function\":{\"name\":\"get_time\"",
                "{\"id\":\"own\",\"function\":{\"name\":\"get_time\"");

    assertThat(ids(reply)).contains("own");
  }

  @Test
  void lastLineNeedsNoMessage() {
    List<ChatEvent> events = events(List.of(line(END)));

    assertThat(events)
        .containsExactly(
            new ChatEvent.Start(null, "m-1"),
            new ChatEvent.Finish(0, FinishReason.STOP, null),
            new ChatEvent.UsageReport(new Usage(12, 5)),
            new ChatEvent.End());
  }

  private List<String> ids(String reply) {
    return dialect().read(bytes(reply)).choices().get(0).content().stream()
        .map(part -> ((Content.ToolCall) part).id())
        .toList();
  }

  private static String line(String rest) {
    return json("{'model':'m-1','created_at':'2026-01-01T08:00:00Z'," + rest).toString();
  }
}
