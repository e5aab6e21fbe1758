package io.aigateway.dialect.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Role;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderDialectContract;
import io.aigateway.dialect.ProviderError;
import io.aigateway.wire.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Payloads of streams stand as {@code {"event type": payload}}. */
class BedrockProviderTest extends ProviderDialectContract {
  private static final String START = "{'messageStart':{'role':'assistant','p':'abc'}}";
  private static final String METADATA =
      "{'metadata':{'usage':{'inputTokens':12,'outputTokens':5,'totalTokens':17},"
          + "'metrics':{'latencyMs':9}}}";

  @Override
  protected ProviderDialect dialect() {
    return new BedrockProvider(
        new AwsCredentials(
            () -> {
              throw new IllegalStateException("none");
            },
            Clock.systemUTC()));
  }

  @Override
  protected Frame frame(byte[] payload) {
    int colon = 0;
    while (colon < payload.length && payload[colon] != ':') {
      colon++;
    }
    if (payload.length < 4
        || payload[0] != '{'
        || payload[1] != '"'
        || colon < 3
        || colon == payload.length
        || payload[payload.length - 1] != '}') {
      return new Frame(payload, null, payload);
    }
    String type = new String(payload, 2, colon - 3, StandardCharsets.UTF_8);
    return new Frame(
        payload,
        type.replace('|', ':'),
        Arrays.copyOfRange(payload, colon + 1, Math.max(colon + 1, payload.length - 1)));
  }

  @Override
  protected @Nullable String modelAnswered() {
    return null;
  }

  @Override
  protected JsonNode tools(JsonNode body) {
    return body.path("toolConfig").path("tools");
  }

  @Override
  protected String textReply() {
    return reply("{'text':'Hello there.'}", "end_turn");
  }

  @Override
  protected List<String> textStream() {
    return stream(
        START,
        delta(0, "{'text':'Hello'}"),
        delta(0, "{'text':' there.'}"),
        "{'contentBlockStop':{'contentBlockIndex':0}}",
        stopped("end_turn"),
        METADATA);
  }

  @Override
  protected String callsReply() {
    return reply(
        "{'text':'Let me see.'},"
            + "{'toolUse':{'toolUseId':'t1','name':'get_weather','input':{'city':'Paris'}}},"
            + "{'toolUse':{'toolUseId':'t2','name':'get_time','input':{}}}",
        "tool_use");
  }

  @Override
  protected List<String> callsStream() {
    return stream(
        START,
        delta(0, "{'text':'See.'}"),
        "{'contentBlockStop':{'contentBlockIndex':0}}",
        tool(1, "t1", "get_weather"),
        delta(1, "{'toolUse':{'input':''}}"),
        delta(1, "{'toolUse':{'input':'{\\'city\\':'}}"),
        delta(1, "{'toolUse':{'input':'\\'Paris\\'}'}}"),
        "{'contentBlockStop':{'contentBlockIndex':1}}",
        tool(2, "t2", "get_time"),
        "{'contentBlockStop':{'contentBlockIndex':2}}",
        stopped("tool_use"),
        METADATA);
  }

  @Override
  protected @Nullable String replyFinished(FinishReason reason) {
    return switch (reason) {
      case STOP -> textReply();
      case LENGTH -> reply("{'text':'a'}", "max_tokens");
      case TOOL_CALLS -> callsReply();
      case CONTENT_FILTER -> reply("", "guardrail_intervened");
    };
  }

  @Override
  protected String errorBody(String message) {
    return json("{'message':'" + message + "'}").toString();
  }

  @Override
  protected String errorEvent(String message) {
    return exception("serviceUnavailableException", message);
  }

  @Override
  protected JsonNode temperature(JsonNode body) {
    return body.path("inferenceConfig").path("temperature");
  }

  @Override
  protected JsonNode stops(JsonNode body) {
    return body.path("inferenceConfig").path("stopSequences");
  }

  @Test
  void modelIsOneSegmentOfThePath() {
    String arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-v1:0";

    assertThat(path(arn, false))
        .isEqualTo(
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2F"
                + "us.anthropic.claude-v1%3A0/converse");
    assertThat(path("amazon.nova-pro-v1:0", true))
        .isEqualTo("/model/amazon.nova-pro-v1%3A0/converse-stream");
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn,STOP",
    "stop_sequence,STOP",
    "something_new,STOP",
    "max_tokens,LENGTH",
    "model_context_window_exceeded,LENGTH",
    "guardrail_intervened,CONTENT_FILTER",
    "content_filtered,CONTENT_FILTER"
  })
  void everyStopReasonHasAMeaning(String stopReason, FinishReason finish) {
    assertThat(dialect().read(bytes(reply("", stopReason))).choices().get(0).finish())
        .isEqualTo(finish);
  }

  @Test
  void cachedInputIsPartOfTheInput() {
    String reply =
        textReply()
            .replace(
                "\"inputTokens\":12",
                "\"inputTokens\":2,\"cacheReadInputTokens\":30,\"cacheReadInputTokenCount\":30,"
                    + "\"cacheWriteInputTokens\":400");

    assertThat(dialect().read(bytes(reply)).usage()).isEqualTo(new Usage(432, 5, 30, 400, 0, 0, 0));
  }

  @Test
  void thoughtsCitedTextAndOtherBlocksAreKept() {
    ChatReply reply =
        dialect()
            .read(
                bytes(
                    reply(
                        "{'reasoningContent':{'reasoningText':{'text':'2+2','signature':'s'}}},"
                            + "{'reasoningContent':{'redactedContent':'d'}},"
                            + "{'citationsContent':{'content':[{'text':'It '},{'text':'is.'}],"
                            + "'citations':[{'title':'facts'}]}},"
                            + "{'toolUse':{'toolUseId':'x','name':'nova_grounding','input':{},"
                            + "'type':'server_tool_use'}}",
                        "end_turn")));

    assertThat(reply.choices().get(0).content())
        .startsWith(
            new Content.Thinking("2+2", "s", null),
            new Content.Thinking("", null, "d"),
            new Content.Text("It is."))
        .last()
        .isInstanceOfSatisfying(
            Content.Rest.class, rest -> assertThat(rest.type()).isEqualTo("toolUse"));
  }

  @Test
  void streamedThoughtsAreKept() {
    List<ChatEvent> events =
        events(
            stream(
                START,
                delta(0, "{'reasoningContent':{'text':'2+2'}}"),
                delta(0, "{'reasoningContent':{'signature':'s'}}"),
                "{'contentBlockStop':{'contentBlockIndex':0}}",
                delta(1, "{'reasoningContent':{'redactedContent':'d'}}"),
                delta(2, "{'citation':{'title':'facts'}}")));

    assertThat(events)
        .containsExactly(
            new ChatEvent.Start(null, null),
            new ChatEvent.Thinking(0, "2+2"),
            new ChatEvent.ThinkingSignature(0, "s"),
            new ChatEvent.RedactedThinking(0, "d"));
  }

  @Test
  void usageMayComeBeforeTheReason() {
    List<ChatEvent> events =
        events(stream(START, delta(0, "{'text':'a'}"), METADATA, stopped("end_turn")));

    assertThat(events)
        .endsWith(
            new ChatEvent.Finish(0, FinishReason.STOP, null),
            new ChatEvent.UsageReport(new Usage(12, 5)),
            new ChatEvent.End());
  }

  @Test
  void usageAloneEndsNothing() {
    assertThat(events(stream(START, delta(0, "{'text':'a'}"), METADATA)))
        .doesNotContain(new ChatEvent.End());
  }

  @Test
  void stopTextThatEndedTheAnswerIsTold() {
    String fields = "'additionalModelResponseFields':{'stop_sequence':'END'}";
    String reply =
        reply("{'text':'a'}", "stop_sequence")
            .replaceFirst("\\{", "{" + fields + ",")
            .replace('\'', '"');

    assertThat(dialect().read(bytes(reply)).choices().get(0).stopSequence()).isEqualTo("END");
    assertThat(events(stream("{'messageStop':{'stopReason':'stop_sequence'," + fields + "}}")))
        .containsExactly(new ChatEvent.Finish(0, FinishReason.STOP, "END"));
  }

  @Test
  void callsThatTheProviderMakesItselfAreNotTheCallers() {
    List<ChatEvent> events =
        events(
            stream(
                START,
                tool(0, "x", "nova_grounding").replace("'name'", "'type':'server_tool_use','name'"),
                delta(0, "{'toolUse':{'input':'{}'}}"),
                "{'contentBlockStop':{'contentBlockIndex':0}}",
                "{'somethingNew':{}}"));

    assertThat(events).containsExactly(new ChatEvent.Start(null, null));
  }

  @Test
  void forcedJsonAnswerIsTextToTheCaller() {
    String reply =
        reply(
            "{'toolUse':{'toolUseId':'t','name':'json_answer__city','input':{'name':'Paris'}}}",
            "tool_use");
    List<ChatEvent> events =
        events(
            stream(
                START,
                tool(0, "t", "json_answer__city"),
                delta(0, "{'toolUse':{'input':'{\\'name\\':\\'Paris\\'}'}}"),
                stopped("tool_use"),
                METADATA));

    ChatReply.Choice choice = dialect().read(bytes(reply)).choices().get(0);
    assertThat(choice.content()).containsExactly(new Content.Text("{\"name\":\"Paris\"}"));
    assertThat(choice.finish()).isEqualTo(FinishReason.STOP);
    assertThat(text(events)).isEqualTo("{\"name\":\"Paris\"}");
    assertThat(finishes(events)).containsExactly(new ChatEvent.Finish(0, FinishReason.STOP, null));
  }

  @ParameterizedTest
  @CsvSource({
    "validationException,400",
    "accessDeniedException,403",
    "modelTimeoutException,408",
    "throttlingException,429",
    "internalServerException,500",
    "modelStreamErrorException,500",
    "serviceUnavailableException,503",
    "somethingNew,0"
  })
  void exceptionInAStreamHasItsStatus(String type, int status) {
    assertThat(events(List.of(exception(type, "no"))))
        .containsExactly(new ChatEvent.Failure(type, "no", status));
  }

  @Test
  void exceptionWithoutJsonIsAFailureToo() {
    byte[] data = bytes("oops");
    List<ChatEvent> events = new ArrayList<>();

    dialect().events().read(new Frame(data, "exception:throttlingException", data), events::add);

    assertThat(events)
        .containsExactly(
            new ChatEvent.Failure("throttlingException", "the provider reported an error", 429));
  }

  @Test
  void typeOfAnErrorIsItsCode() {
    assertThat(
            dialect()
                .error(
                    400,
                    bytes("{\"__type\":\"com.amazon#ValidationException\",\"message\":\"no\"}")))
        .isEqualTo(new ProviderError("no", null, "ValidationException", null));
    assertThat(dialect().error(403, bytes("{\"Message\":\"not you\"}")).message())
        .isEqualTo("not you");
  }

  @Test
  void whatWasSignedIsNeverShown() {
    String message =
        "The request signature we calculated does not match.\\n\\nThe Canonical String should have"
            + " been\\n'POST\\nx-amz-security-token:SECRET'";

    assertThat(dialect().error(403, bytes("{\"message\":\"" + message + "\"}")).message())
        .isEqualTo("The request signature we calculated does not match.");
  }

  @Test
  void answerThatBeginsASecondTimeIsMalformed() {
    assertThatThrownBy(() -> events(stream(START, START)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void withoutCredentialsNothingIsSignedAndTheDialectIsNotReady() {
    ProviderDialect dialect = dialect();

    assertThat(dialect.isReady()).isFalse();
    assertThat(dialect.headers("")).isEqualTo(Map.of());
  }

  private String path(String model, boolean stream) {
    Ask ask = ask().say(Role.USER, "Hi");
    return dialect()
        .write((stream ? ask.streamed() : ask).build().withModel(model), DEFAULTS)
        .path();
  }

  private static String reply(String blocks, String stopReason) {
    return json("{'metrics':{'latencyMs':9},'output':{'message':{'role':'assistant','content':["
            + blocks
            + "]}},'stopReason':'"
            + stopReason
            + "','usage':{'inputTokens':12,'outputTokens':5,'totalTokens':17}}")
        .toString();
  }

  private static List<String> stream(String... events) {
    List<String> payloads = new ArrayList<>();
    for (String event : events) {
      payloads.add(json(event).toString());
    }
    return payloads;
  }

  private static String tool(int index, String id, String name) {
    return "{'contentBlockStart':{'contentBlockIndex':%d,'start':{'toolUse':".formatted(index)
        + "{'toolUseId':'%s','name':'%s'}}}}".formatted(id, name);
  }

  private static String delta(int index, String delta) {
    return "{'contentBlockDelta':{'contentBlockIndex':%d,'delta':%s}}".formatted(index, delta);
  }

  private static String stopped(String reason) {
    return "{'messageStop':{'stopReason':'" + reason + "'}}";
  }

  private static String exception(String type, String message) {
    return json("{'exception|" + type + "':{'message':'" + message + "'}}").toString();
  }

  @Test
  void citationsAreReadWhereverTheyAre() {
    ChatReply reply =
        dialect()
            .read(
                bytes(
                    reply(
                        "{'citationsContent':{'content':[{'text':'It is '},{'text':'late.'}],'citations':["
                            + "{'title':'a','sourceContent':[{'text':'late'}],'location':{'documentChar':"
                            + "{'documentIndex':1,'start':2,'end':6}}},"
                            + "{'title':'b','sourceContent':[],'location':{'documentPage':"
                            + "{'documentIndex':0,'start':1,'end':2}}},"
                            + "{'title':'c','source':'s','sourceContent':[{'text':'x'}],'location':"
                            + "{'searchResultLocation':{'searchResultIndex':3,'start':0,'end':1}}},"
                            + "{'title':'d','location':{'somethingNew':{}}}]}}",
                        "end_turn")));

    assertThat(reply.choices().get(0).content())
        .containsExactly(
            new Content.Text(
                "It is late.",
                List.of(
                    new Citation(Citation.Kind.CHARACTERS, 1, 2, 6, "late", "a", null),
                    new Citation(Citation.Kind.PAGES, 0, 1, 2, "", "b", null),
                    new Citation(Citation.Kind.SEARCH_RESULT, 3, 0, 1, "x", "c", "s")),
                null));
  }

  @Test
  void citationsOfAStreamAreTold() {
    List<ChatEvent> events =
        events(
            stream(
                START,
                delta(0, "{'text':'Late.'}"),
                delta(
                    0,
                    "{'citation':{'title':'a','sourceContent':[{'text':'late'}],'location':"
                        + "{'documentChunk':{'documentIndex':0,'start':4,'end':5}}}}"),
                delta(0, "{'citation':{'location':{'web':{'url':'https://a.example'}}}}"),
                stopped("end_turn"),
                METADATA));

    assertThat(events)
        .contains(
            new ChatEvent.Cited(0, new Citation(Citation.Kind.BLOCKS, 0, 4, 5, "late", "a", null)),
            new ChatEvent.Cited(
                0, new Citation(Citation.Kind.WEB, 0, 0, 0, "", null, "https://a.example")));
  }
}
