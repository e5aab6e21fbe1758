package io.aigateway.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderDialectContract;
import io.aigateway.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicProviderTest extends ProviderDialectContract {
  private static final String START =
      "{'type':'message_start','message':{'id':'msg_1','type':'message','role':'assistant',"
          + "'model':'m-1','content':[],'stop_reason':null,"
          + "'usage':{'input_tokens':12,'output_tokens':1}}}";
  private static final String STOP = "{'type':'message_stop'}";

  @Override
  protected ProviderDialect dialect() {
    return new AnthropicProvider();
  }

  @Override
  protected String textReply() {
    return reply("{'type':'text','text':'Hello there.'}", "end_turn");
  }

  @Override
  protected List<String> textStream() {
    return stream(
        START,
        "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}",
        "{'type':'ping'}",
        "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'Hello'}}",
        "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':' there.'}}",
        "{'type':'content_block_stop','index':0}",
        ended("end_turn"),
        STOP);
  }

  @Override
  protected String callsReply() {
    return reply(
        "{'type':'text','text':'Let me see.'},"
            + "{'type':'tool_use','id':'t1','name':'get_weather','input':{'city':'Paris'}},"
            + "{'type':'tool_use','id':'t2','name':'get_time','input':{}}",
        "tool_use");
  }

  @Override
  protected List<String> callsStream() {
    return stream(
        START,
        "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'See.'}}",
        "{'type':'content_block_stop','index':0}",
        tool(1, "t1", "get_weather", "{}"),
        json(1, ""),
        json(1, "{\\'city\\':"),
        json(1, "\\'Paris\\'}"),
        "{'type':'content_block_stop','index':1}",
        tool(2, "t2", "get_time", "{}"),
        "{'type':'content_block_stop','index':2}",
        ended("tool_use"),
        STOP);
  }

  @Override
  protected @Nullable String replyFinished(FinishReason reason) {
    return switch (reason) {
      case STOP -> textReply();
      case LENGTH -> reply("{'type':'text','text':'a'}", "max_tokens");
      case TOOL_CALLS -> callsReply();
      case CONTENT_FILTER -> reply("", "refusal");
    };
  }

  @Override
  protected String errorBody(String message) {
    return json("{'type':'error','error':{'type':'not_found_error','message':'" + message + "'}}")
        .toString();
  }

  @Override
  protected String errorEvent(String message) {
    return errorBody(message);
  }

  @Override
  protected JsonNode temperature(JsonNode body) {
    return body.path("temperature");
  }

  @Override
  protected JsonNode stops(JsonNode body) {
    return body.path("stop_sequences");
  }

  @Test
  void everyCallCarriesKeyAndVersion() {
    assertThat(dialect().headers("k"))
        .containsOnly(Map.entry("x-api-key", "k"), Map.entry("anthropic-version", "2023-06-01"));
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn,STOP",
    "stop_sequence,STOP",
    "pause_turn,STOP",
    "something_new,STOP",
    "max_tokens,LENGTH",
    "model_context_window_exceeded,LENGTH",
    "refusal,CONTENT_FILTER"
  })
  void everyStopReasonHasAMeaning(String stopReason, FinishReason finish) {
    assertThat(dialect().read(bytes(reply("", stopReason))).choices().get(0).finish())
        .isEqualTo(finish);
  }

  @Test
  void stopTextThatEndedTheAnswerIsTold() {
    String reply = textReply().replace("\"stop_sequence\":null", "\"stop_sequence\":\"END\"");

    assertThat(dialect().read(bytes(reply)).choices().get(0).stopSequence()).isEqualTo("END");
  }

  @Test
  void cachedInputIsPartOfTheInput() {
    String reply =
        textReply()
            .replace(
                "\"input_tokens\":12",
                "\"input_tokens\":2,\"cache_read_input_tokens\":30,"
                    + "\"cache_creation_input_tokens\":400");

    assertThat(dialect().read(bytes(reply)).usage()).isEqualTo(new Usage(432, 5, 30, 400, 0, 0, 0));
  }

  @Test
  void thoughtsAndOtherBlocksAreKept() {
    ChatReply reply =
        dialect()
            .read(
                bytes(
                    reply(
                        "{'type':'thinking','thinking':'2+2','signature':'s'},"
                            + "{'type':'redacted_thinking','data':'d'},"
                            + "{'type':'server_tool_use','id':'x'}",
                        "end_turn")));

    assertThat(reply.choices().get(0).content())
        .containsExactly(
            new Content.Thinking("2+2", "s", null),
            new Content.Thinking("", null, "d"),
            new Content.Rest(
                "anthropic", "server_tool_use", json("{'type':'server_tool_use','id':'x'}")));
  }

  @Test
  void streamedThoughtsAreKept() {
    List<ChatEvent> events =
        events(
            stream(
                START,
                "{'type':'content_block_start','index':0,"
                    + "'content_block':{'type':'thinking','thinking':'','signature':''}}",
                "{'type':'content_block_delta','index':0,"
                    + "'delta':{'type':'thinking_delta','thinking':'2+2'}}",
                "{'type':'content_block_delta','index':0,"
                    + "'delta':{'type':'signature_delta','signature':'s'}}",
                "{'type':'content_block_stop','index':0}",
                "{'type':'content_block_start','index':1,"
                    + "'content_block':{'type':'redacted_thinking','data':'d'}}"));

    assertThat(events)
        .endsWith(
            new ChatEvent.Thinking(0, "2+2"),
            new ChatEvent.ThinkingSignature(0, "s"),
            new ChatEvent.RedactedThinking(0, "d"));
  }

  @Test
  void usageIsToldAtTheStartAndMergedAtTheEnd() {
    List<ChatEvent> events = events(textStream());

    assertThat(events.get(1)).isEqualTo(new ChatEvent.UsageReport(new Usage(12, 1)));
    assertThat(events).endsWith(new ChatEvent.UsageReport(new Usage(12, 5)), new ChatEvent.End());
  }

  @Test
  void inputThatTheEndForgetsIsKept() {
    String end = ended("end_turn").replace("{'output_tokens':5}", "{'input_tokens':0}");

    assertThat(lastUsage(events(stream(START, end)))).isEqualTo(new Usage(12, 1));
  }

  @Test
  void argumentsThatComeWithTheStartOfACallAreKept() {
    List<ChatEvent> events =
        events(
            stream(
                START, tool(0, "t1", "get_weather", "{'city':'Paris'}"), ended("tool_use"), STOP));

    assertThat(arguments(events, 0)).isEqualTo("{\"city\":\"Paris\"}");
  }

  @Test
  void callsThatTheProviderMakesItselfAreNotTheCallers() {
    List<ChatEvent> events =
        events(
            stream(
                START,
                "{'type':'content_block_start','index':0,'content_block':"
                    + "{'type':'server_tool_use','id':'x','name':'web_search','input':{}}}",
                json(0, "{}"),
                "{'type':'content_block_stop','index':0}",
                tool(1, "t1", "get_time", "{}"),
                "{'type':'content_block_stop','index':1}",
                "{'type':'something_new'}"));

    assertThat(events)
        .endsWith(
            new ChatEvent.ToolCallStart(0, 0, "t1", "get_time"),
            new ChatEvent.ToolCallArguments(0, 0, "{}"));
  }

  @Test
  void forcedJsonAnswerIsTextToTheCaller() {
    String reply =
        reply(
            "{'type':'tool_use','id':'t','name':'json_answer__city','input':{'name':'Paris'}}",
            "tool_use");

    ChatReply.Choice choice = dialect().read(bytes(reply)).choices().get(0);

    assertThat(choice.content()).containsExactly(new Content.Text("{\"name\":\"Paris\"}"));
    assertThat(choice.finish()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void forcedJsonAnswerIsStreamedAsText() {
    List<ChatEvent> events =
        events(
            stream(
                START,
                tool(0, "t", "json_answer__city", "{}"),
                json(0, "{\\'name\\':"),
                json(0, "\\'Paris\\'}"),
                "{'type':'content_block_stop','index':0}",
                ended("tool_use"),
                STOP));

    assertThat(text(events)).isEqualTo("{\"name\":\"Paris\"}");
    assertThat(events).noneMatch(ChatEvent.ToolCallStart.class::isInstance);
    assertThat(finishes(events)).containsExactly(new ChatEvent.Finish(0, FinishReason.STOP, null));
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_request_error,400",
    "authentication_error,401",
    "permission_error,403",
    "not_found_error,404",
    "request_too_large,413",
    "rate_limit_error,429",
    "api_error,500",
    "timeout_error,504",
    "overloaded_error,529",
    "something_new,0"
  })
  void errorInAStreamHasItsStatus(String type, int status) {
    String event = errorEvent("no").replace("not_found_error", type);

    assertThat(events(List.of(event))).containsExactly(new ChatEvent.Failure(type, "no", status));
  }

  @Test
  void errorsOfProxiesAreRead() {
    assertThat(dialect().error(401, bytes("{\"message\":\"no key\"}")).message())
        .isEqualTo("no key");
  }

  @Test
  void answerThatBeginsASecondTimeIsMalformed() {
    assertThat(events(stream(START, START)).stream().filter(ChatEvent.Start.class::isInstance))
        .hasSize(1);
    assertThatThrownBy(() -> events(stream(START, tool(0, "t1", "get_time", "{}"), START)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void nameOfAFrameStandsInForAMissingType() {
    byte[] data = bytes("{}");
    List<ChatEvent> events = new ArrayList<>();

    dialect().events().read(new Frame(data, "ping", data), events::add);

    assertThat(events).containsExactly(new ChatEvent.Ping());
  }

  @Test
  void endOfAnOpenAiProxyIsPassedOver() {
    assertThat(events(List.of("[DONE]"))).isEmpty();
  }

  private static String reply(String blocks, String stopReason) {
    return json("{'id':'msg_1','type':'message','role':'assistant','model':'m-1','content':["
            + blocks
            + "],'stop_reason':'"
            + stopReason
            + "','stop_sequence':null,'usage':{'input_tokens':12,'output_tokens':5}}")
        .toString();
  }

  private static List<String> stream(String... events) {
    List<String> payloads = new ArrayList<>();
    for (String event : events) {
      payloads.add(json(event).toString());
    }
    return payloads;
  }

  private static String tool(int index, String id, String name, String input) {
    return "{'type':'content_block_start','index':%d,'content_block':".formatted(index)
        + "{'type':'tool_use','id':'%s','name':'%s','input':%s}}".formatted(id, name, input);
  }

  private static String json(int index, String partial) {
    return "{'type':'content_block_delta','index':%d,'delta':".formatted(index)
        + "{'type':'input_json_delta','partial_json':'%s'}}".formatted(partial);
  }

  private static String ended(String stopReason) {
    return "{'type':'message_delta','delta':{'stop_reason':'"
        + stopReason
        + "','stop_sequence':null},'usage':{'output_tokens':5}}";
  }
}
