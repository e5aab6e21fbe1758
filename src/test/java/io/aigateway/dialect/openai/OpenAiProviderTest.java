package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialectContract.Mutations;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseSplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OpenAiProviderTest {
  private static final String REPLY =
      """
      {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-x","choices":[
       {"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,
        "reasoning_content":"hm","tool_calls":[{"id":"call_1","type":"function",
        "function":{"name":"f","arguments":"{\\"a\\": 1}"}}]},
        "logprobs":{"content":[]},"finish_reason":"tool_calls"}],
       "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,
        "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":1},
        "completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":3}}}
      """;

  private final ProviderDialect dialect = new OpenAiProvider();

  @Test
  void requestSaysAllInOpenAisWords() throws JsonProcessingException {
    // given
    String body =
        """
        {"model":"gpt-oss-120b","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":[{"type":"text","text":"What?"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk=","detail":"low"}},
        {"type":"input_audio","input_audio":{"data":"aGk=","format":"wav"}},
        {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,aGk="}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",
        "function":{"name":"f","arguments":"{\\"a\\": 1}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"done"}],
        "tools":[{"type":"function","function":{"name":"f","description":"d",
        "parameters":{"type":"object"},"strict":true}}],
        "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
        "max_tokens":9,"temperature":0.70,"top_p":1,"stop":["a"],"seed":7,"n":2,
        "presence_penalty":0.5,"frequency_penalty":-0.5,"logprobs":true,"top_logprobs":2,
        "response_format":{"type":"json_schema","json_schema":{"name":"s",
        "schema":{"type":"object"},"strict":true}},"reasoning_effort":"low","user":"u",
        "stream":true,"stream_options":{"include_usage":true}}
        """;
    ChatRequest request = new OpenAiCaller().read(body.getBytes(UTF_8));
    // when
    UpstreamRequest sent = dialect.write(request, new ModelDefaults(100));
    // then
    assertThat(sent.path()).isEqualTo("/chat/completions");
    assertThat(sent.dropped()).isEmpty();
    assertThat(Json.read(sent.body())).isEqualTo(Json.read(body));
  }

  @Test
  void modelsThatThinkGetTheirOwnNameOfTheLimit() throws JsonProcessingException {
    Sampling sampling =
        new Sampling(null, null, 40, 9L, List.of(), null, null, null, null, null, null);
    for (String model : List.of("o1", "o3-mini", "gpt-5-nano", "openai/gpt-5")) {
      UpstreamRequest sent = write(model, sampling, null, user("x"));
      assertThat(Json.read(sent.body()).path("max_completion_tokens").asInt()).isEqualTo(9);
      assertThat(sent.dropped()).containsExactly("top_k");
    }
    for (String model : List.of("gpt-4o", "olmo", "llama-o1")) {
      UpstreamRequest sent = write(model, sampling, null, user("x"));
      assertThat(Json.read(sent.body()).path("max_tokens").asInt()).isEqualTo(9);
    }
  }

  @Test
  void budgetOfThinkingBecomesAnEffortWhereThereIsOne() throws JsonProcessingException {
    Reasoning reasoning = new Reasoning(true, null, 1024);
    UpstreamRequest sent = write("o3", Sampling.UNSET, reasoning, user("x"));
    assertThat(Json.read(sent.body()).path("reasoning_effort").asText()).isEqualTo("low");
    sent = write("gpt-4o", Sampling.UNSET, reasoning, user("x"));
    assertThat(Json.read(sent.body()).has("reasoning_effort")).isFalse();
    assertThat(sent.dropped()).containsExactly("thinking");
  }

  @Test
  void effortGoesOnlyToModelsThatCanThink() throws JsonProcessingException {
    Reasoning reasoning = new Reasoning(true, "max", null);
    UpstreamRequest sent = write("gpt-5", Sampling.UNSET, reasoning, user("x"));
    assertThat(Json.read(sent.body()).path("reasoning_effort").asText()).isEqualTo("high");
    sent = write("openai/gpt-4o", Sampling.UNSET, reasoning, user("x"));
    assertThat(Json.read(sent.body()).has("reasoning_effort")).isFalse();
    assertThat(sent.dropped()).containsExactly("reasoning_effort");
  }

  @Test
  void longNameOfAUserBecomesItsDigest() throws JsonProcessingException {
    assertThat(named("u".repeat(64))).isEqualTo("u".repeat(64));
    assertThat(named("u".repeat(65))).hasSize(64).isNotEqualTo(named("v".repeat(65)));
  }

  private static String named(String user) throws JsonProcessingException {
    ChatRequest request =
        new ChatRequest(
            "m",
            List.of(user("x")),
            List.of(),
            null,
            null,
            Sampling.UNSET,
            null,
            null,
            false,
            false,
            user,
            Map.of(),
            Map.of());
    byte[] body = new OpenAiProvider().write(request, new ModelDefaults(1)).body();
    return Json.read(body).path("user").asText();
  }

  @Test
  void whatAToolShowsFollowsTheLastResult() throws JsonProcessingException {
    // given
    Content image = new Content.Image(new Content.Source.Base64("image/png", "aGk="), null);
    UpstreamRequest sent =
        write(
            "gpt-4o",
            Sampling.UNSET,
            null,
            result("call_1", new Content.Text("see"), image),
            result("call_2", new Content.Text("b")),
            user("x"));
    // when
    JsonNode messages = Json.read(sent.body()).path("messages");
    // then
    assertThat(messages).hasSize(4);
    assertThat(messages.path(0).path("content").asText()).isEqualTo("see");
    assertThat(messages.path(1).path("tool_call_id").asText()).isEqualTo("call_2");
    assertThat(messages.path(2).path("role").asText()).isEqualTo("user");
    assertThat(messages.path(2).path("content").path(1).path("image_url").path("url").asText())
        .isEqualTo("data:image/png;base64,aGk=");
  }

  @Test
  void thinkingOfOthersIsLeftOut() throws JsonProcessingException {
    Message message =
        new Message(
            Role.ASSISTANT,
            List.of(new Content.Thinking("hm", "sig", null), new Content.Text("Hi")));
    UpstreamRequest sent = write("gpt-4o", Sampling.UNSET, null, message);
    assertThat(Json.text(Json.read(sent.body()).path("messages").path(0)))
        .isEqualTo("{\"role\":\"assistant\",\"content\":\"Hi\"}");
  }

  @Test
  void proofsInTheIdsOfCallsAreLeftOut() throws JsonProcessingException {
    String id = Signatures.sealed("c1", "elsewhere", "UFJPT0Y");
    Message call = new Message(Role.ASSISTANT, List.of(new Content.ToolCall(id, "f", "{}")));
    UpstreamRequest sent =
        write("gpt-4o", Sampling.UNSET, null, call, result(id, new Content.Text("a")));
    JsonNode messages = Json.read(sent.body()).path("messages");
    assertThat(messages.path(0).path("tool_calls").path(0).path("id").asText()).isEqualTo("c1");
    assertThat(messages.path(1).path("tool_call_id").asText()).isEqualTo("c1");
  }

  @Test
  void whatCanNotBeSaidIsRefusedByName() {
    Content page = new Content.Document(new Content.Source.Url("https://example.org/a"), null);
    Message message = new Message(Role.USER, List.of(page));
    assertThatThrownBy(() -> write("gpt-4o", Sampling.UNSET, null, user("x"), message))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(400);
              assertThat(e.error().param()).isEqualTo("messages[1].content");
            });
  }

  @Test
  void wholeAnswerIsRead() {
    ChatReply reply = dialect.read(REPLY.getBytes(UTF_8));
    assertThat(reply.id()).isEqualTo("chatcmpl-1");
    assertThat(reply.model()).isEqualTo("gpt-x");
    assertThat(reply.usage()).isEqualTo(new Usage(10, 5, 4, 0, 2, 1, 3));
    ChatReply.Choice choice = reply.choices().get(0);
    assertThat(choice.finish()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(choice.logprobs()).isNotNull();
    assertThat(choice.content())
        .containsExactly(
            new Content.Thinking("hm", null, null),
            new Content.Text("Hi"),
            new Content.ToolCall("call_1", "f", "{\"a\": 1}"));
  }

  @Test
  void formsOfOtherProvidersAreRead() {
    // given: a list of parts, a legacy call, DeepSeek's cache and a finish nobody knows
    String body =
        """
        {"choices":[{"message":{"content":[
         {"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"Hi"}],
         "function_call":{"name":"f","arguments":{"a":1}}},"finish_reason":"eos"}],
         "usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":6}}
        """;
    // when
    ChatReply reply = dialect.read(body.getBytes(UTF_8));
    // then
    List<Content> content = reply.choices().get(0).content();
    assertThat(content.get(0)).isEqualTo(new Content.Thinking("hm", null, null));
    assertThat(content.get(1)).isEqualTo(new Content.Text("Hi"));
    assertThat(((Content.ToolCall) content.get(2)).id()).startsWith("call_");
    assertThat(((Content.ToolCall) content.get(2)).arguments()).isEqualTo("{\"a\":1}");
    assertThat(reply.choices().get(0).finish()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(reply.usage()).isEqualTo(new Usage(10, 5, 6, 0, 0, 0, 0));
  }

  @Test
  void thinkingCountedBesideTheAnswerIsAdded() {
    String body =
        "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\"usage\":"
            + "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":22,"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":7}}}";
    assertThat(dialect.read(body.getBytes(UTF_8)).usage())
        .isEqualTo(new Usage(10, 12, 0, 0, 7, 0, 0));
  }

  @Test
  void answerWithAnErrorInItIsMalformed() {
    for (String body :
        List.of(
            "{\"error\":\"busy\",\"choices\":[{\"message\":{\"content\":\"x\"}}]}",
            "{\"choices\":[{\"error\":{\"code\":502},\"message\":{\"content\":\"x\"}}]}")) {
      assertThatThrownBy(() -> dialect.read(body.getBytes(UTF_8)))
          .isInstanceOf(MalformedReplyException.class)
          .hasMessage("an error in a 200");
    }
  }

  @Test
  void whatIsNoAnswerIsMalformed() {
    for (String body :
        List.of(
            "", "<html>", "[]", "{}", "{\"choices\":[]}", "{\"choices\":[7]}", "{\"choices\":[{")) {
      assertThatThrownBy(() -> dialect.read(body.getBytes(UTF_8)))
          .as(body)
          .isInstanceOf(MalformedReplyException.class);
    }
    assertThatThrownBy(() -> dialect.read("{\"error\":{\"message\":\"x\"}}".getBytes(UTF_8)))
        .hasMessage("an error in a 200");
  }

  @Test
  void streamIsRead() {
    assertThat(
            events(
                """
                : hello

                data: {"id":"","model":"","choices":[],"prompt_filter_results":[]}

                data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

                data: {"id":"c1","choices":[{"index":0,"delta":{"reasoning":"hm"}}]}

                data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hi"}},{"index":1,"delta":{"content":"Yo"}}]}

                data: {"id":"c1","choices":[{"index":0,"delta":{"refusal":"No"},"finish_reason":"stop"}]}

                data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                data: {"id":"c1","choices":[{"index":1,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}

                data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

                data: [DONE]

                """))
        .containsExactly(
            new ChatEvent.Ping(),
            new ChatEvent.Start("c1", "m"),
            new ChatEvent.Thinking(0, "hm"),
            new ChatEvent.Text(0, "Hi"),
            new ChatEvent.Text(1, "Yo"),
            new ChatEvent.Refusal(0, "No"),
            new ChatEvent.Finish(0, FinishReason.STOP, null),
            new ChatEvent.Finish(1, FinishReason.LENGTH, null),
            new ChatEvent.UsageReport(new Usage(1, 1)),
            new ChatEvent.UsageReport(new Usage(3, 2)),
            new ChatEvent.End());
  }

  @Test
  void partsOfToolCallsFindTheirCall() {
    // given: one call by index, one that repeats index 0 under another id
    assertThat(
            events(
                chunk(
                    "{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':''}}]}"),
                chunk("{'tool_calls':[{'index':0,'id':'a','function':{'arguments':'1'}}]}"),
                chunk(
                    "{'tool_calls':[{'index':0,'id':'b','function':{'name':'g','arguments':'2'}}]}"),
                chunk("{'tool_calls':[{'index':0,'function':{'arguments':'3'}}]}")))
        .containsExactly(
            new ChatEvent.Start("c1", null),
            new ChatEvent.ToolCallStart(0, 0, "a", "f"),
            new ChatEvent.ToolCallArguments(0, 0, "1"),
            new ChatEvent.ToolCallStart(0, 1, "b", "g"),
            new ChatEvent.ToolCallArguments(0, 1, "2"),
            new ChatEvent.ToolCallArguments(0, 1, "3"));
  }

  @Test
  void toolCallsWithoutIndexOrIdAreToldApart() {
    assertThat(
            events(
                chunk("{'tool_calls':[{'function':{'name':'f','arguments':'{}'}}]}"),
                chunk("{'tool_calls':[{'function':{'name':'g','arguments':'{'}}]}"),
                chunk("{'tool_calls':[{'function':{'arguments':'}'}}]}"),
                "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n"))
        .containsExactly(
            new ChatEvent.Start("c1", null),
            new ChatEvent.ToolCallStart(0, 0, "call_c1_0_0", "f"),
            new ChatEvent.ToolCallArguments(0, 0, "{}"),
            new ChatEvent.ToolCallStart(0, 1, "call_c1_0_1", "g"),
            new ChatEvent.ToolCallArguments(0, 1, "{"),
            new ChatEvent.ToolCallArguments(0, 1, "}"),
            new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null));
  }

  @Test
  void legacyFunctionCallIsAToolCall() {
    assertThat(
            events(
                chunk("{'function_call':{'name':'f','arguments':''}}"),
                chunk("{'function_call':{'arguments':'{}'}}"),
                "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"function_call\"}]}\n\n"))
        .containsExactly(
            new ChatEvent.Start("c1", null),
            new ChatEvent.ToolCallStart(0, 0, "call_c1_0_0", "f"),
            new ChatEvent.ToolCallArguments(0, 0, "{}"),
            new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null));
  }

  @Test
  void properEndWithoutReasonGetsOne() {
    assertThat(events(chunk("{'content':'Hi'}"), "data: [DONE]\n\n"))
        .endsWith(new ChatEvent.Finish(0, FinishReason.STOP, null), new ChatEvent.End());
  }

  @Test
  void cutStreamHasNoEnd() {
    assertThat(events(chunk("{'content':'Hi'}")))
        .noneMatch(event -> event instanceof ChatEvent.End || event instanceof ChatEvent.Finish);
  }

  @Test
  void errorInAStreamIsAFailure() {
    assertThat(
            events(
                "data: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\",\"code\":502}}\n\n"))
        .containsExactly(new ChatEvent.Failure("server_error", "busy", 502));
    assertThat(events("event: error\ndata: {\"message\":\"busy\"}\n\n"))
        .containsExactly(new ChatEvent.Failure(null, "busy", 0));
    assertThat(events("data: {\"error\":\"busy\"}\n\n"))
        .containsExactly(new ChatEvent.Failure(null, "busy", 0));
  }

  @Test
  void errorShapesAreUnderstood() {
    for (Map.Entry<String, ProviderError> shape :
        Map.of(
                "{'error':{'message':'m','type':'t','code':'c','param':'p'}}",
                new ProviderError("m", "t", "c", "p"),
                "{'error':{'message':'m','code':429}}",
                new ProviderError("m", null, "429", null),
                "{'error':'m'}",
                new ProviderError("m", null, null, null),
                "{'object':'error','message':'m','type':'t','code':1300,'param':null}",
                new ProviderError("m", "t", "1300", null),
                "{'detail':'m'}",
                new ProviderError("m", null, null, null),
                "{'detail':[{'loc':['body','model'],'msg':'bad'},{'msg':'worse'}]}",
                new ProviderError("body.model: bad; worse", null, null, null),
                "[{'error':{'message':'m'}}]",
                new ProviderError("m", null, null, null))
            .entrySet()) {
      byte[] body = shape.getKey().replace('\'', '"').getBytes(UTF_8);
      assertThat(dialect.error(400, body)).as(shape.getKey()).isEqualTo(shape.getValue());
    }
    for (String body : List.of("", "<html>", "[]", "{}", "7", "{\"error\":{}}", "{\"error\":{")) {
      assertThat(dialect.error(502, body.getBytes(UTF_8))).isEqualTo(ProviderError.UNKNOWN);
    }
  }

  @Property(tries = 500)
  void brokenAnswersAreMalformedAndNothingElse(@ForAll long seed) {
    byte[] body = Mutations.of(REPLY, seed);
    try {
      dialect.read(body);
    } catch (MalformedReplyException e) {
      assertThat(e).hasMessageNotContaining("jackson");
    }
    dialect.error(500, body);
    String chunk =
        REPLY
            .replace("\"message\"", "\"delta\"")
            .replace("\n", "")
            .replace("\"arguments\":", "\"arguments\": ");
    ProviderDialect.EventReader reader = dialect.events();
    for (int i = 0; i < 3; i++) {
      byte[] data = Mutations.of(chunk, seed + i);
      try {
        reader.read(new Frame(data, null, data), event -> assertThat(event).isNotNull());
      } catch (MalformedReplyException e) {
        assertThat(e).hasMessageNotContaining("jackson");
      }
    }
  }

  private UpstreamRequest write(
      String model, Sampling sampling, Reasoning reasoning, Message... messages) {
    ChatRequest request =
        new ChatRequest(
            model,
            List.of(messages),
            List.of(),
            null,
            null,
            sampling,
            null,
            reasoning,
            false,
            false,
            null,
            Map.of(),
            Map.of());
    return dialect.write(request, new ModelDefaults(100));
  }

  private static Message user(String text) {
    return new Message(Role.USER, List.of(new Content.Text(text)));
  }

  private static Message result(String id, Content... content) {
    return new Message(Role.TOOL, List.of(new Content.ToolResult(id, List.of(content), false)));
  }

  private static String chunk(String delta) {
    return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":"
        + delta.replace('\'', '"')
        + "}]}\n\n";
  }

  private List<ChatEvent> events(String... stream) {
    List<ChatEvent> events = new ArrayList<>();
    ProviderDialect.EventReader reader = dialect.events();
    SseSplitter splitter = new SseSplitter(1 << 20);
    splitter.feed(
        String.join("", stream).getBytes(UTF_8), frame -> reader.read(frame, events::add));
    return events;
  }

  @Test
  void modelsWithATemperatureOfTheirOwnAreAskedForNoOther() {
    for (String model : List.of("gpt-5", "gpt-5-mini-2025-08-07", "o3", "openai/o4-mini")) {
      UpstreamRequest sent = warm(model, "0.3");
      assertThat(new String(sent.body(), UTF_8)).doesNotContain("temperature");
      assertThat(sent.dropped()).contains("temperature");
      assertThat(warm(model, "1.0").dropped()).isEmpty();
    }
    for (String model : List.of("gpt-5.1", "gpt-4o", "gpt-5-chat-latest", "ollama3")) {
      assertThat(new String(warm(model, "0.3").body(), UTF_8)).contains("temperature");
    }
  }

  private static UpstreamRequest warm(String model, String temperature) {
    String asked =
        "{\"model\":\"m\",\"temperature\":"
            + temperature
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    return new OpenAiProvider()
        .write(
            new OpenAiCaller().read(asked.getBytes(UTF_8)).withModel(model), new ModelDefaults(9));
  }
}
