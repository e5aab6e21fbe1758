package io.aigateway.dialect.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.ToolChoice;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.CallerDialectContract;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicCallerTest extends CallerDialectContract {
  private static final String RICH =
      """
      {"model":"some-model","stream":true,"max_tokens":9,
       "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
       "messages":[
        {"role":"user","content":[
          {"type":"text","text":"What is this?","cache_control":{"type":"ephemeral"}},
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},
          {"type":"image","source":{"type":"url","url":"https://example.org/a.png"}},
          {"type":"image","source":{"type":"file","file_id":"file_1"}},
          {"type":"document","title":"a","source":{"type":"base64",
            "media_type":"application/pdf","data":"aGk="}},
          {"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi"}},
          {"type":"document","source":{"type":"content","content":[
            {"type":"text","text":"one"},{"type":"text","text":"two"}]}},
          {"type":"search_result","source":"x","title":"t","content":[
            {"type":"text","text":"it is so"}],"citations":{"enabled":true}},
          {"type":"hologram","x":1}]},
        {"role":"assistant","content":[
          {"type":"thinking","thinking":"Let me look.","signature":"sig"},
          {"type":"redacted_thinking","data":"secret"},
          {"type":"text","text":"I look."},
          {"type":"tool_use","id":"toolu_1","name":"look","input":{"at":1.50}}]},
        {"role":"user","content":[
          {"type":"text","text":"Well?"},
          {"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[
            {"type":"text","text":"a cat"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}}]}]},
        {"role":"assistant","content":"A cat"}],
       "tools":[{"name":"look","description":"Looks.","input_schema":{"type":"object"},
         "cache_control":{"type":"ephemeral"}},
         {"type":"custom","name":"b","input_schema":{"type":"object"}}],
       "tool_choice":{"type":"tool","name":"look","disable_parallel_tool_use":true},
       "temperature":0.70,"top_p":1,"top_k":7,"stop_sequences":["a","b"],
       "thinking":{"type":"enabled","budget_tokens":2048},
       "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"a":1}}},
       "metadata":{"user_id":"u"},"service_tier":"auto"}
      """;

  @Override
  protected CallerDialect dialect() {
    return new AnthropicCaller();
  }

  @Override
  protected String request() {
    return "{ \"messages\" : [ { \"role\":\"user\", \"content\":\"é你😀 \\\"model\\\"\" } ] ,"
        + " \"max_tokens\":5 , \"model\" :\t\"some-model\" }";
  }

  @Override
  protected String richRequest() {
    return RICH;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'max_tokens':1,'messages':[{'role':'user'}]}|model",
        "{'model':7,'max_tokens':1,'messages':[{'role':'user'}]}|model",
        "{'model':' ','max_tokens':1,'messages':[{'role':'user'}]}|model",
        "{'model':'m','max_tokens':1}|messages",
        "{'model':'m','max_tokens':1,'messages':{}}|messages",
        "{'model':'m','max_tokens':1,'messages':[]}|messages",
        "{'model':'m','max_tokens':1,'messages':['x']}|messages[0]",
        "{'model':'m','max_tokens':1,'messages':[{}]}|messages[0].role",
        "{'model':'m','max_tokens':1,'messages':[{'role':1}]}|messages[0].role",
        "{'model':'m','messages':[{'role':'user'}]}|max_tokens",
        "{'model':'m','max_tokens':0,'messages':[{'role':'user'}]}|max_tokens",
        "{'model':'m','max_tokens':1.5,'messages':[{'role':'user'}]}|max_tokens",
        "{'model':'m','max_tokens':99999999999999999999,'messages':[]}|max_tokens",
        "{'model':'m','max_tokens':1,'stream':1,'messages':[{'role':'user'}]}|stream",
      })
  void headNamesTheFieldThatIsWrong(String body, String param) {
    assertThatThrownBy(() -> dialect().head(json(body)))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(400);
              assertThat(e.error().param()).isEqualTo(param);
            });
  }

  @Test
  void countingNeedsNoLimitAndNeverStreams() {
    byte[] body = json("{'model':'m','stream':true,'messages':[{'role':'user'}]}");
    assertThat(dialect().head(body, Operation.COUNT_TOKENS).stream()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'tools':[{'type':'web_search_20250305','name':'w'}]|tools[0].type",
        "'tools':[{'name':'w'}]|tools[0].input_schema",
        "'tools':{}|tools",
        "'tool_choice':'auto'|tool_choice",
        "'tool_choice':{'type':'some'}|tool_choice.type",
        "'tool_choice':{'type':'tool'}|tool_choice.name",
        "'mcp_servers':[{'type':'url'}]|mcp_servers",
        "'container':'c'|container",
        "'thread':{'type':'create'}|thread",
        "'thinking':{'type':'deep'}|thinking.type",
        "'thinking':{'type':'enabled','budget_tokens':'x'}|thinking.budget_tokens",
        "'stop_sequences':'x'|stop_sequences",
        "'stop_sequences':[1]|stop_sequences",
        "'metadata':{'user_id':1}|metadata.user_id",
        "'output_format':{'type':'xml'}|output_format.type",
        "'output_config':{'format':{'type':'json_schema'}}|output_config.format.schema",
        "'system':7|system",
        "'system':[{'type':'text'}]|system[0].text",
        "'temperature':'hot'|temperature",
      })
  void readNamesTheFieldThatIsWrong(String field, String param) {
    String body = "{'model':'m','max_tokens':1,'messages':[{'role':'user','content':'x'}]," + field;
    assertThatThrownBy(() -> dialect().read(json(body + "}")))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo(param));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'role':'user'}|messages[0].content",
        "{'role':'judge','content':'x'}|messages[0].role",
        "{'role':'user','content':[7]}|messages[0].content[0]",
        "{'role':'user','content':[{'type':'image'}]}|messages[0].content[0].source",
        "{'role':'user','content':[{'type':'image','source':{'type':'ftp'}}]}|messages[0].content[0].source.type",
        "{'role':'assistant','content':[{'type':'tool_use','id':'a','name':'f','input':'x'}]}|messages[0].content[0].input",
        "{'role':'user','content':[{'type':'tool_result'}]}|messages[0].content[0].tool_use_id",
      })
  void readNamesTheBlockThatIsWrong(String message, String param) {
    String body = "{'model':'m','max_tokens':1,'messages':[" + message + "]}";
    assertThatThrownBy(() -> dialect().read(json(body)))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo(param));
  }

  @Test
  void everythingThatCanBeAskedIsRead() throws JsonProcessingException {
    // when
    ChatRequest request = dialect().read(RICH.getBytes(UTF_8));
    // then
    JsonNode hint = Json.read("{\"type\":\"ephemeral\"}");
    assertThat(request.messages().stream().map(Message::role))
        .containsExactly(
            Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.USER, Role.ASSISTANT);
    assertThat(request.messages().get(0).content())
        .containsExactly(new Content.Text("Be brief.", hint));
    assertThat(request.messages().get(1).content())
        .containsExactly(
            new Content.Text("What is this?", hint),
            new Content.Image(new Content.Source.Base64("image/png", "aGk="), null),
            new Content.Image(new Content.Source.Url("https://example.org/a.png"), null),
            new Content.Image(new Content.Source.FileId("file_1"), null),
            new Content.Document(new Content.Source.Base64("application/pdf", "aGk="), "a"),
            new Content.Document(new Content.Source.PlainText("hi"), null),
            new Content.Document(new Content.Source.PlainText("one\ntwo"), null),
            new Content.SearchResult("x", "t", List.of("it is so"), true, null),
            new Content.Rest(
                "anthropic", "hologram", Json.read("{\"type\":\"hologram\",\"x\":1}")));
    assertThat(request.messages().get(2).content())
        .containsExactly(
            new Content.Thinking("Let me look.", "sig", null),
            new Content.Thinking("", null, "secret"),
            new Content.Text("I look."),
            new Content.ToolCall("toolu_1", "look", "{\"at\":1.50}"));
    assertThat(request.messages().get(3).content())
        .containsExactly(
            new Content.ToolResult(
                "toolu_1",
                List.of(
                    new Content.Text("a cat"),
                    new Content.Image(new Content.Source.Base64("image/png", "aGk="), null)),
                true));
    assertThat(request.messages().get(4).content()).containsExactly(new Content.Text("Well?"));
    assertThat(request.tools()).hasSize(2);
    assertThat(request.tools().get(0).cacheControl()).isEqualTo(hint);
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("look"));
    assertThat(request.parallelToolCalls()).isFalse();
    assertThat(request.sampling().temperature()).isEqualTo(new BigDecimal("0.70"));
    assertThat(request.sampling().topK()).isEqualTo(7);
    assertThat(request.sampling().maxTokens()).isEqualTo(9);
    assertThat(request.sampling().stop()).containsExactly("a", "b");
    assertThat(request.reasoning()).isEqualTo(new Reasoning(true, "low", 2048));
    assertThat(request.responseFormat()).isInstanceOf(ResponseFormat.JsonSchema.class);
    assertThat(request.user()).isEqualTo("u");
    assertThat(request.metadata()).isEmpty();
    assertThat(request.rest()).containsOnlyKeys("service_tier");
  }

  @Test
  void threeTurnsOfToolsReachAnOpenAiProviderInItsOrder() throws JsonProcessingException {
    // given
    String body =
        """
        {"model":"m","max_tokens":5,"system":"Be brief.","messages":[
         {"role":"user","content":"Weather and time in Paris?"},
         {"role":"assistant","content":[{"type":"text","text":"I look."},
          {"type":"tool_use","id":"a","name":"weather","input":{"city":"Paris"}},
          {"type":"tool_use","id":"b","name":"time","input":{}}]},
         {"role":"user","content":[
          {"type":"tool_result","tool_use_id":"a","content":"21"},
          {"type":"tool_result","tool_use_id":"b","is_error":true},
          {"type":"text","text":"Go on."}]},
         {"role":"assistant","content":[
          {"type":"tool_use","id":"c","name":"time","input":{"city":"Paris"}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"c",
          "content":[{"type":"text","text":"noon"}]}]}],
         "tools":[{"name":"weather","input_schema":{"type":"object"}},
          {"name":"time","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"}}
        """;
    // when
    ChatRequest request = dialect().read(body.getBytes(UTF_8));
    JsonNode sent = Json.read(new OpenAiProvider().write(request, new ModelDefaults(1)).body());
    // then
    assertThat(sent.path("messages").findValuesAsText("role"))
        .containsExactly(
            "system", "user", "assistant", "tool", "tool", "user", "assistant", "tool");
    JsonNode calls = sent.path("messages").path(2).path("tool_calls");
    assertThat(calls.findValuesAsText("id")).containsExactly("a", "b");
    assertThat(calls.findValuesAsText("arguments")).containsExactly("{\"city\":\"Paris\"}", "{}");
    assertThat(sent.path("messages").findValuesAsText("tool_call_id"))
        .containsExactly("a", "b", "c");
    assertThat(sent.path("messages").path(3).path("content").asText()).isEqualTo("21");
    assertThat(sent.path("messages").path(7).path("content").asText()).isEqualTo("noon");
    assertThat(sent.path("tool_choice").asText()).isEqualTo("required");
  }

  @Test
  void answerHasAnthropicsForm() {
    // given
    ChatReply reply =
        new ChatReply(
            "chatcmpl-1",
            "gpt-x",
            List.of(
                new ChatReply.Choice(
                    0,
                    List.of(
                        new Content.Thinking("hm", "sig", null),
                        new Content.Thinking("", null, "secret"),
                        new Content.Text("Hi"),
                        new Content.Text(""),
                        new Content.ToolCall("call_1", "f", "{\"a\": 1.0}"),
                        new Content.ToolCall("call_2", "f", ""),
                        new Content.ToolCall("call_3", "f", "{oops")),
                    FinishReason.TOOL_CALLS,
                    null,
                    null)),
            new Usage(10, 5, 4, 1, 2, 0, 0));
    // when
    byte[] bytes = dialect().write(reply, ENVELOPE);
    // then
    assertThat(new String(bytes, UTF_8))
        .isEqualTo(
            "{\"id\":\"chatcmpl-1\",\"type\":\"message\",\"role\":\"assistant\","
                + "\"model\":\"gpt-x\",\"content\":["
                + "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"sig\"},"
                + "{\"type\":\"redacted_thinking\",\"data\":\"secret\"},"
                + "{\"type\":\"text\",\"text\":\"Hi\"},"
                + "{\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"f\",\"input\":{\"a\":1.0}},"
                + "{\"type\":\"tool_use\",\"id\":\"call_2\",\"name\":\"f\",\"input\":{}},"
                + "{\"type\":\"tool_use\",\"id\":\"call_3\",\"name\":\"f\","
                + "\"input\":{\"arguments\":\"{oops\"}}],"
                + "\"stop_reason\":\"tool_use\",\"stop_sequence\":null,"
                + "\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":1,"
                + "\"cache_read_input_tokens\":4,\"output_tokens\":5},"
                + "\"x_gateway\":{\"provider\":\"demo\",\"model\":\"demo-1\",\"latency_ms\":12,"
                + "\"request_id\":\"req-1\"}}");
  }

  @ParameterizedTest
  @CsvSource({
    "STOP,,end_turn",
    "STOP,END,stop_sequence",
    "LENGTH,,max_tokens",
    "TOOL_CALLS,,tool_use",
    "CONTENT_FILTER,,refusal"
  })
  void reasonToEndIsSaidInAnthropicsWords(FinishReason finish, String stop, String word)
      throws JsonProcessingException {
    ChatReply.Choice choice =
        new ChatReply.Choice(0, List.of(new Content.Text("x")), finish, stop, null);
    JsonNode json =
        Json.read(dialect().write(new ChatReply("a", "m", List.of(choice), null), ENVELOPE));
    assertThat(json.path("stop_reason").asText()).isEqualTo(word);
    assertThat(json.path("stop_sequence").textValue()).isEqualTo(stop);
    assertThat(json.path("usage").path("input_tokens").isInt()).isTrue();
  }

  @Test
  void refusalInWordsIsARefusal() throws JsonProcessingException {
    ChatReply.Choice choice =
        new ChatReply.Choice(0, List.of(new Content.Refusal("No.")), FinishReason.STOP, null, null);
    JsonNode json =
        Json.read(dialect().write(new ChatReply("a", "m", List.of(choice), null), ENVELOPE));
    assertThat(json.path("content").path(0).path("text").asText()).isEqualTo("No.");
    assertThat(json.path("stop_reason").asText()).isEqualTo("refusal");
  }

  @ParameterizedTest
  @CsvSource({
    "400,invalid_request_error",
    "401,authentication_error",
    "402,billing_error",
    "403,permission_error",
    "404,not_found_error",
    "405,invalid_request_error",
    "413,request_too_large",
    "422,invalid_request_error",
    "429,rate_limit_error",
    "500,api_error",
    "502,api_error",
    "503,overloaded_error",
    "504,timeout_error",
    "529,overloaded_error"
  })
  void errorTypeFollowsTheStatus(int status, String type) throws JsonProcessingException {
    JsonNode json =
        Json.read(dialect().error(new ApiError(status, "some_error", null, "m"), "req-1"));
    assertThat(json.path("type").asText()).isEqualTo("error");
    assertThat(json.path("error").path("type").asText()).isEqualTo(type);
    assertThat(json.path("request_id").asText()).isEqualTo("req-1");
  }

  @Test
  void errorNamesTheFieldInItsMessage() throws JsonProcessingException {
    JsonNode json = Json.read(dialect().error(ApiError.invalid("n", "too big"), "req-1"));
    assertThat(json.path("error").path("message").asText()).isEqualTo("n: too big");
  }

  @Test
  void clientsThatLeaveTheConversationHereAreToldToSendAllOfIt() throws JsonProcessingException {
    String body =
        "{'model':'m','max_tokens':1,'messages':[{'role':'user','content':'x'}],"
            + "'thread':{'type':'continue','previous_message_id':'msg_1'}}";
    assertThatThrownBy(() -> dialect().read(json(body)))
        .isInstanceOfSatisfying(
            RequestException.class,
            e ->
                assertThat(new String(dialect().error(e.error(), "r"), UTF_8))
                    .contains(
                        "\"details\":{\"error_code\":\"thread_unsupported_request\","
                            + "\"unsupported\":[\"thread\"]}"));
  }

  @Test
  void errorEventHasItsName() {
    byte[] bytes = dialect().errorEvent(new ApiError(502, "upstream_error", null, "m"), "req-1");
    assertThat(split(bytes).get(0).event()).isEqualTo("error");
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
