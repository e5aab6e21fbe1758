package io.aigateway.packaged;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.RecordedCall;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Does an agent written for Anthropic run to its end on other providers' models? Three turns,
 * streamed, two tools at once, whose arguments come in turn where the provider can do that.
 */
class ToolLoopIT {
  private static final FakeProvider FAKE = new FakeProvider();
  private static final TypeReference<Map<String, String>> INPUT = new TypeReference<>() {};
  private static GatewayProcess gateway;
  private static AnthropicClient client;

  @BeforeAll
  static void start() {
    gateway =
        GatewayProcess.gateway()
            .env("OPENAI_API_KEY", "k")
            .env("OPENAI_BASE_URL", FAKE.openAiUrl())
            .env("DEEPSEEK_API_KEY", "k")
            .env("DEEPSEEK_BASE_URL", FAKE.openAiUrl())
            .env("GEMINI_API_KEY", "k")
            .env("GEMINI_BASE_URL", FAKE.url() + "/v1beta")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("BEDROCK_BASE_URL", FAKE.url())
            .start();
    client =
        AnthropicOkHttpClient.builder()
            .apiKey(GatewayProcess.KEY)
            .baseUrl(gateway.uri("").toString())
            .maxRetries(0)
            .timeout(Duration.ofSeconds(20))
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    gateway.close();
    FAKE.close();
  }

  @BeforeEach
  void reset() {
    FAKE.clear();
  }

  @Test
  void onOpenAi() {
    FAKE.next(
        openAi(openAiCalls("c1", "Bonn", "c2", "Rome")),
        openAi(openAiCalls("c3", "Oslo", "c4", "Lima")),
        openAi(
            "{'choices':[{'index':0,'delta':{'content':'Sunny.'}}]}"
                + "\n{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}"));

    JsonNode last = runsToItsEnd("openai/gpt-4o");

    assertThat(last.findValuesAsText("tool_call_id")).containsExactly("c1", "c2", "c3", "c4");
  }

  /** It refuses turns that called tools without what it thought, be it nothing. */
  @Test
  void onDeepSeek() {
    FAKE.next(
        openAi(
            "{'choices':[{'index':0,'delta':{'reasoning_content':'Hm.'}}]}\n"
                + openAiCalls("c1", "Bonn", "c2", "Rome")),
        openAi(openAiCalls("c3", "Oslo", "c4", "Lima")),
        openAi(
            "{'choices':[{'index':0,'delta':{'content':'Sunny.'}}]}"
                + "\n{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}"));

    JsonNode last = runsToItsEnd("deepseek/deepseek-chat");

    assertThat(last.findValuesAsText("reasoning_content")).containsExactly("Hm.", "");
  }

  @Test
  void onGemini() {
    FAKE.next(
        gemini(geminiCalls("Bonn", "Rome")),
        gemini(geminiCalls("Oslo", "Lima")),
        gemini("{'candidates':[{'content':{'parts':[{'text':'Sunny.'}]},'finishReason':'STOP'}]}"));

    JsonNode last = runsToItsEnd("gemini/gemini-3-pro-preview");

    // each turn's first call has its own signature, its second one none
    JsonNode contents = last.path("contents");
    for (int turn : new int[] {1, 3}) {
      JsonNode parts = contents.path(turn).path("parts");
      assertThat(parts.path(0).path("thoughtSignature").asText()).isEqualTo("c2lnbmVk");
      assertThat(parts.path(1).has("thoughtSignature")).isFalse();
      assertThat(contents.path(turn + 1).findValuesAsText("id"))
          .isEqualTo(parts.findValuesAsText("id"));
    }
  }

  @Test
  void onBedrock() {
    FAKE.next(
        bedrock(bedrockCalls("t1", "Bonn", "t2", "Rome")),
        bedrock(bedrockCalls("t3", "Oslo", "t4", "Lima")),
        bedrock(
            event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'Sunny.'}}"),
            event("messageStop", "{'stopReason':'end_turn'}")));

    JsonNode last = runsToItsEnd("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0");

    assertThat(last.findValuesAsText("toolUseId"))
        .containsExactly("t1", "t2", "t1", "t2", "t3", "t4", "t3", "t4");
  }

  /**
   * @return the last request that the provider was sent
   */
  private static JsonNode runsToItsEnd(String model) {
    MessageCreateParams.Builder conversation =
        MessageCreateParams.builder()
            .model(model)
            .maxTokens(200)
            .addUserMessage("Weather?")
            .addTool(
                Tool.builder()
                    .name("weather")
                    .inputSchema(Tool.InputSchema.builder().build())
                    .build());

    assertThat(turn(conversation)).containsExactly("Bonn", "Rome");
    assertThat(turn(conversation)).containsExactly("Oslo", "Lima");
    Message end = streamed(conversation.build());

    assertThat(end.stopReason()).contains(StopReason.END_TURN);
    assertThat(end.content().get(0).text().orElseThrow().text()).isEqualTo("Sunny.");
    List<RecordedCall> calls = FAKE.calls();
    assertThat(calls).hasSize(3);
    JsonNode last = calls.get(2).json();
    assertThat(last.toString())
        .contains("Bonn is fine", "Rome is fine", "Oslo is fine", "Lima is fine");
    return last;
  }

  private static List<String> turn(MessageCreateParams.Builder conversation) {
    Message answer = streamed(conversation.build());
    assertThat(answer.stopReason()).contains(StopReason.TOOL_USE);
    List<ToolUseBlock> calls =
        answer.content().stream()
            .map(ContentBlock::toolUse)
            .flatMap(call -> call.stream())
            .toList();
    conversation.addMessage(answer);
    conversation.addUserMessageOfContentBlockParams(
        calls.stream()
            .map(
                call ->
                    ContentBlockParam.ofToolResult(
                        ToolResultBlockParam.builder()
                            .toolUseId(call.id())
                            .content(city(call) + " is fine")
                            .build()))
            .toList());
    return calls.stream().map(ToolLoopIT::city).toList();
  }

  private static String city(ToolUseBlock call) {
    return call._input().convert(INPUT).get("city");
  }

  private static Message streamed(MessageCreateParams params) {
    MessageAccumulator all = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(params)) {
      stream.stream().forEach(all::accumulate);
    }
    return all.message();
  }

  // ---- OpenAI

  private static Behaviour openAi(String lines) {
    return Behaviour.raw("text/event-stream", (events(lines) + "data: [DONE]\n\n").getBytes(UTF_8));
  }

  private static String openAiCalls(String first, String one, String second, String other) {
    return String.join(
        "\n",
        openAiCall(0, first, "{\\'city\\':"),
        openAiCall(1, second, "{\\'city\\'"),
        openAiMore(0, "\\'" + one + "\\'}"),
        openAiMore(1, ":\\'" + other + "\\'}"),
        "{'choices':[{'index':0,'delta':{},'finish_reason':'tool_calls'}]}");
  }

  private static String openAiCall(int index, String id, String arguments) {
    return "{'id':'x','choices':[{'index':0,'delta':{'tool_calls':[{'index':"
        + index
        + ",'id':'"
        + id
        + "','type':'function','function':{'name':'weather','arguments':'"
        + arguments
        + "'}}]}}]}";
  }

  private static String openAiMore(int index, String arguments) {
    return "{'id':'x','choices':[{'index':0,'delta':{'tool_calls':[{'index':"
        + index
        + ",'function':{'arguments':'"
        + arguments
        + "'}}]}}]}";
  }

  // ---- Gemini

  private static Behaviour gemini(String lines) {
    return Behaviour.raw("text/event-stream", events(lines).getBytes(UTF_8));
  }

  private static String geminiCalls(String one, String other) {
    return "{'candidates':[{'content':{'role':'model','parts':[{'functionCall':{'name':'weather',"
        + "'args':{'city':'"
        + one
        + "'}},'thoughtSignature':'c2lnbmVk'}]}}]}\n"
        + "{'candidates':[{'content':{'role':'model','parts':[{'functionCall':{'name':'weather',"
        + "'args':{'city':'"
        + other
        + "'}}}]},'finishReason':'STOP'}]}";
  }

  private static String events(String lines) {
    return "data: " + lines.replace('\'', '"').replace("\n", "\n\ndata: ") + "\n\n";
  }

  // ---- Bedrock

  private static Behaviour bedrock(byte[]... events) {
    int size = 0;
    byte[] start = event("messageStart", "{'role':'assistant'}");
    byte[] end = event("metadata", "{'usage':{'inputTokens':9,'outputTokens':5}}");
    for (byte[] event : events) {
      size += event.length;
    }
    ByteBuffer all = ByteBuffer.allocate(start.length + size + end.length).put(start);
    for (byte[] event : events) {
      all.put(event);
    }
    return Behaviour.raw("application/vnd.amazon.eventstream", all.put(end).array());
  }

  private static byte[][] bedrockCalls(String first, String one, String second, String other) {
    return new byte[][] {
      bedrockCall(0, first),
      bedrockCall(1, second),
      bedrockMore(0, "{\\'city\\':"),
      bedrockMore(1, "{\\'city\\':\\'" + other),
      bedrockMore(0, "\\'" + one + "\\'}"),
      event("contentBlockStop", "{'contentBlockIndex':0}"),
      bedrockMore(1, "\\'}"),
      event("contentBlockStop", "{'contentBlockIndex':1}"),
      event("messageStop", "{'stopReason':'tool_use'}")
    };
  }

  private static byte[] bedrockCall(int index, String id) {
    return event(
        "contentBlockStart",
        "{'contentBlockIndex':"
            + index
            + ",'start':{'toolUse':{'toolUseId':'"
            + id
            + "','name':'weather'}}}");
  }

  private static byte[] bedrockMore(int index, String input) {
    return event(
        "contentBlockDelta",
        "{'contentBlockIndex':" + index + ",'delta':{'toolUse':{'input':'" + input + "'}}}");
  }

  private static byte[] event(String type, String payload) {
    byte[] headers = headers(":event-type", type, ":message-type", "event");
    byte[] body = payload.replace('\'', '"').getBytes(UTF_8);
    ByteBuffer message = ByteBuffer.allocate(16 + headers.length + body.length);
    message.putInt(message.capacity()).putInt(headers.length);
    message.putInt(checksum(message)).put(headers).put(body);
    return message.putInt(checksum(message)).array();
  }

  private static byte[] headers(String... pairs) {
    ByteBuffer all = ByteBuffer.allocate(256);
    for (int i = 0; i < pairs.length; i += 2) {
      byte[] name = pairs[i].getBytes(UTF_8);
      byte[] value = pairs[i + 1].getBytes(UTF_8);
      all.put((byte) name.length).put(name).put((byte) 7).putShort((short) value.length).put(value);
    }
    byte[] bytes = new byte[all.position()];
    all.flip().get(bytes);
    return bytes;
  }

  private static int checksum(ByteBuffer message) {
    CRC32 crc = new CRC32();
    crc.update(message.array(), 0, message.position());
    return (int) crc.getValue();
  }
}
