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
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.ToolChoice;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.CallerDialectContract;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiCallerTest extends CallerDialectContract {
  private static final String RICH =
      """
      {"model":"some-model","stream":true,"stream_options":{"include_usage":true},"n":2,
       "messages":[
        {"role":"developer","content":"Be brief.","name":"boss"},
        {"role":"user","content":[
          {"type":"text","text":"What is this?","cache_control":{"type":"ephemeral"}},
          {"type":"image_url","image_url":{"url":"data:image/PNG;base64,aGk=","detail":"low"}},
          {"type":"image_url","image_url":{"url":"https://example.org/a.png"}},
          {"type":"input_audio","input_audio":{"data":"aGk=","format":"wav"}},
          {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,aGk="}},
          {"type":"file","file":{"file_id":"file-1"}},
          {"type":"hologram","hologram":{"x":1}}]},
        {"role":"assistant","content":null,"reasoning_content":"Let me look.","tool_calls":[
          {"id":"call_1","type":"function","function":{"name":"look","arguments":"{\\"at\\": 1}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"a cat"}]},
        {"role":"assistant","content":[{"type":"refusal","refusal":"No."}],"refusal":"Never."}],
       "tools":[{"type":"function","function":{"name":"look","description":"Looks.",
         "parameters":{"type":"object","properties":{}},"strict":true}}],
       "tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,
       "temperature":0.70,"top_p":1,"seed":7,"presence_penalty":0.5,"frequency_penalty":-0.5,
       "logprobs":true,"top_logprobs":2,"max_tokens":5,"max_completion_tokens":9,
       "stop":["a","b"],"response_format":{"type":"json_schema","json_schema":{"name":"s",
         "schema":{"type":"object"},"strict":true}},
       "reasoning_effort":"low","user":"u","metadata":{"k":"v"},"service_tier":"auto",
       "logit_bias":{"50256":-100}}
      """;

  @Override
  protected CallerDialect dialect() {
    return new OpenAiCaller();
  }

  @Override
  protected String request() {
    return "{ \"messages\" : [ { \"role\":\"user\", \"content\":\"é你😀 \\\"model\\\"\" } ] ,"
        + " \"model\" :\t\"some-model\" }";
  }

  @Override
  protected String richRequest() {
    return RICH;
  }

  @Test
  void headKnowsEveryPlaceThatMayChange() {
    // given
    String body =
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true},\"model\":\"b\\u0062\","
            + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":true,"
            + "\"stream_options\": {\"x\":{}, \"include_usage\" : false , \"y\":[1]} }";
    byte[] bytes = body.getBytes(UTF_8);
    // when
    RequestHead head = new OpenAiCaller().head(bytes);
    // then
    assertThat(head.model()).isEqualTo("bb");
    assertThat(head.stream()).isTrue();
    assertThat(head.streamUsage()).isFalse();
    assertThat(head.modelSpans().stream().map(span -> at(body, span)))
        .containsExactly("\"a\"", "\"b\\u0062\"");
    assertThat(at(body, head.streamOptions()))
        .isEqualTo("{\"x\":{}, \"include_usage\" : false , \"y\":[1]}");
    assertThat(at(body, head.includeUsage())).isEqualTo("false");
  }

  @Test
  void laterStreamOptionsForgetEarlierOnes() {
    String body =
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true},"
            + "\"messages\":[{\"role\":\"user\"}],\"stream_options\":null}";
    RequestHead head = new OpenAiCaller().head(body.getBytes(UTF_8));
    assertThat(head.streamUsage()).isFalse();
    assertThat(at(body, head.streamOptions())).isEqualTo("null");
    assertThat(head.includeUsage()).isEqualTo(RequestHead.Span.ABSENT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'messages':[{'role':'user'}]}|model",
        "{'model':7,'messages':[{'role':'user'}]}|model",
        "{'model':'','messages':[{'role':'user'}]}|model",
        "{'model':null,'messages':[{'role':'user'}]}|model",
        "{'model':'m'}|messages",
        "{'model':'m','messages':[]}|messages",
        "{'model':'m','messages':null}|messages",
        "{'model':'m','messages':{'role':'user'}}|messages",
        "{'model':'m','messages':[{'role':'user'},7]}|messages[1]",
        "{'model':'m','messages':[{'content':'x'}]}|messages[0].role",
        "{'model':'m','messages':[{'role':{}}]}|messages[0].role",
        "{'model':'m','messages':[{'role':'user'}],'stream':'yes'}|stream",
        "{'model':'m','messages':[{'role':'user'}],'stream_options':true}|stream_options",
        "{'model':'m','messages':[{'role':'user'}],'stream_options':{'include_usage':1}}|stream_options.include_usage",
        "{'model':'m','messages':[{'role':'user'}],'n':0}|n",
        "{'model':'m','messages':[{'role':'user'}],'n':1.0}|n",
        "{'model':'m','messages':[{'role':'user'}],'n':99999999999999999999}|n",
      })
  void headNamesTheWrongField(String body, String param) {
    assertThat(refusal(() -> new OpenAiCaller().head(json(body))).param()).isEqualTo(param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'messages':[{'role':'user'}]|messages[0].content",
        "'messages':[{'role':'user','content':7}]|messages[0].content",
        "'messages':[{'role':'king','content':'x'}]|messages[0].role",
        "'messages':[{'role':'user','content':[{'text':'x'}]}]|messages[0].content[0].type",
        "'messages':[{'role':'user','content':[{'type':'text'}]}]|messages[0].content[0].text",
        "'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:x'}}]}]|messages[0].content[0].image_url.url",
        "'messages':[{'role':'user','content':[{'type':'file','file':{}}]}]|messages[0].content[0].file.file_data",
        "'messages':[{'role':'tool','content':'x'}]|messages[0].tool_call_id",
        "'messages':[{'role':'assistant','tool_calls':[{'id':'a'}]}]|messages[0].tool_calls[0].function",
        "'messages':[{'role':'assistant','tool_calls':[{'id':'a','function':{'arguments':'x'}}]}]|messages[0].tool_calls[0].function.name",
        "'messages':[{'role':'user','content':'x'}],'temperature':'hot'|temperature",
        "'messages':[{'role':'user','content':'x'}],'max_tokens':0|max_tokens",
        "'messages':[{'role':'user','content':'x'}],'max_completion_tokens':1.5|max_completion_tokens",
        "'messages':[{'role':'user','content':'x'}],'stop':[1]|stop",
        "'messages':[{'role':'user','content':'x'}],'tools':[{'type':'custom'}]|tools[0].type",
        "'messages':[{'role':'user','content':'x'}],'tools':[{'function':{}}]|tools[0].function.name",
        "'messages':[{'role':'user','content':'x'}],'tool_choice':'maybe'|tool_choice",
        "'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'f'}}],'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function','function':{'name':'f'}},{'type':'function','function':{'name':'g'}}]}}|tool_choice.allowed_tools.tools",
        "'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'f'}}],'tool_choice':{'type':'custom','custom':{'name':'f'}}|tool_choice.type",
        "'messages':[{'role':'user','content':'x'}],'response_format':{'type':'xml'}|response_format.type",
        "'messages':[{'role':'user','content':'x'}],'metadata':[]|metadata",
      })
  void readNamesTheWrongField(String fields, String param) {
    byte[] body = json("{'model':'m'," + fields + "}");
    assertThat(refusal(() -> new OpenAiCaller().read(body)).param()).isEqualTo(param);
  }

  @Test
  void placeOfABrokenByteIsTold() {
    ApiError error =
        refusal(() -> new OpenAiCaller().head("{\n  \"model\": tru }".getBytes(UTF_8)));
    assertThat(error.message()).startsWith("The body is not valid JSON (line 2, column ");
    assertThat(error.param()).isNull();
  }

  @Test
  void everyFieldFindsItsPlace() throws JsonProcessingException {
    // when
    ChatRequest request = new OpenAiCaller().read(RICH.getBytes(UTF_8));
    // then
    assertThat(request.messages().stream().map(Message::role))
        .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT);
    assertThat(request.messages().get(0).name()).isEqualTo("boss");
    assertThat(request.messages().get(1).content())
        .containsExactly(
            new Content.Text("What is this?", Json.read("{\"type\":\"ephemeral\"}")),
            new Content.Image(new Content.Source.Base64("image/png", "aGk="), "low"),
            new Content.Image(new Content.Source.Url("https://example.org/a.png"), null),
            new Content.Audio("aGk=", "wav"),
            new Content.Document(new Content.Source.Base64("application/pdf", "aGk="), "a.pdf"),
            new Content.Document(new Content.Source.FileId("file-1"), null),
            new Content.Rest(
                "openai", "hologram", Json.read("{\"type\":\"hologram\",\"hologram\":{\"x\":1}}")));
    assertThat(request.messages().get(2).content())
        .containsExactly(
            new Content.Thinking("Let me look.", null, null),
            new Content.ToolCall("call_1", "look", "{\"at\": 1}"));
    assertThat(request.messages().get(3).content())
        .containsExactly(
            new Content.ToolResult("call_1", List.of(new Content.Text("a cat")), false));
    assertThat(request.messages().get(4).content())
        .containsExactly(new Content.Refusal("No."), new Content.Refusal("Never."));
    assertThat(request.tools()).hasSize(1);
    assertThat(request.tools().get(0).strict()).isTrue();
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("look"));
    assertThat(request.parallelToolCalls()).isFalse();
    assertThat(request.sampling().temperature()).isEqualTo(new BigDecimal("0.70"));
    assertThat(request.sampling().maxTokens()).isEqualTo(9);
    assertThat(request.sampling().stop()).containsExactly("a", "b");
    assertThat(request.sampling().choices()).isEqualTo(2);
    assertThat(request.responseFormat()).isInstanceOf(ResponseFormat.JsonSchema.class);
    assertThat(request.reasoning()).isNotNull();
    assertThat(request.stream()).isTrue();
    assertThat(request.streamUsage()).isTrue();
    assertThat(request.user()).isEqualTo("u");
    assertThat(request.rest()).containsOnlyKeys("service_tier", "logit_bias");
  }

  @Test
  void legacyFunctionsBecomeTools() {
    // given
    byte[] body =
        json(
            "{'model':'m','functions':[{'name':'f'}],'function_call':{'name':'f'},'stop':'x',"
                + "'response_format':{'type':'text'},'messages':["
                + "{'role':'assistant','content':null,"
                + "'function_call':{'name':'f','arguments':'{}'}},"
                + "{'role':'function','name':'f','content':'1'}]}");
    // when
    ChatRequest request = new OpenAiCaller().read(body);
    // then
    assertThat(request.tools().get(0).name()).isEqualTo("f");
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("f"));
    assertThat(request.sampling().stop()).containsExactly("x");
    assertThat(request.responseFormat()).isNull();
    Content.ToolCall call = (Content.ToolCall) request.messages().get(0).content().get(0);
    Content.ToolResult result = (Content.ToolResult) request.messages().get(1).content().get(0);
    assertThat(result.id()).isEqualTo(call.id());
  }

  @Test
  void allowedToolsNarrowTheTools() {
    byte[] body =
        json(
            "{'model':'m','messages':[{'role':'user','content':'x'}],"
                + "'tools':[{'type':'function','function':{'name':'a'}},"
                + "{'type':'function','function':{'name':'b'}}],"
                + "'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'required',"
                + "'tools':[{'type':'function','function':{'name':'b'}}]}}}");
    ChatRequest request = new OpenAiCaller().read(body);
    assertThat(request.tools()).hasSize(1);
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Required());
  }

  @Test
  void answerHasOpenAisForm() throws JsonProcessingException {
    // given
    ChatReply reply =
        new ChatReply(
            "chatcmpl-1",
            "gpt-x",
            List.of(
                new ChatReply.Choice(
                    0,
                    List.of(
                        new Content.Thinking("hm", null, null),
                        new Content.ToolCall("call_1", "f", "")),
                    FinishReason.TOOL_CALLS,
                    null,
                    null)),
            new Usage(10, 5, 4, 0, 2, 0, 0));
    // when
    byte[] bytes = new OpenAiCaller().write(reply, ENVELOPE);
    // then
    assertThat(new String(bytes, UTF_8))
        .isEqualTo(
            "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1750000000,"
                + "\"model\":\"gpt-x\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + "\"content\":null,\"refusal\":null,\"reasoning_content\":\"hm\",\"tool_calls\":"
                + "[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                + "\"arguments\":\"{}\"}}]},\"logprobs\":null,\"finish_reason\":\"tool_calls\"}],"
                + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":4},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":2}},"
                + "\"x_gateway\":{\"provider\":\"demo\",\"model\":\"demo-1\",\"latency_ms\":12,"
                + "\"request_id\":\"req-1\"}}");
    assertThat(Json.read(bytes).isObject()).isTrue();
  }

  @Test
  void streamHasOpenAisOrder() throws JsonProcessingException {
    // when
    List<String> data =
        data(
            frames(
                new ChatEvent.Start("chatcmpl-9", "gpt-x"),
                new ChatEvent.Start("chatcmpl-8", "other"),
                new ChatEvent.Thinking(0, "hm"),
                new ChatEvent.Text(0, "Hi"),
                new ChatEvent.Text(0, ""),
                new ChatEvent.ToolCallStart(0, 0, "call_1", "f"),
                new ChatEvent.ToolCallArguments(0, 0, "{\"a\":"),
                new ChatEvent.ToolCallArguments(0, 0, "1}"),
                new ChatEvent.UsageReport(new Usage(1, 1)),
                new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null),
                new ChatEvent.Finish(0, FinishReason.STOP, null),
                new ChatEvent.UsageReport(new Usage(3, 2)),
                new ChatEvent.End()));
    // then
    assertThat(data).hasSize(9);
    assertThat(data.get(0))
        .isEqualTo(
            "{\"id\":\"chatcmpl-9\",\"object\":\"chat.completion.chunk\",\"created\":1750000000,"
                + "\"model\":\"gpt-x\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                + "\"content\":\"\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}]}");
    assertThat(delta(data.get(1))).isEqualTo("{\"reasoning_content\":\"hm\"}");
    assertThat(delta(data.get(2))).isEqualTo("{\"content\":\"Hi\"}");
    assertThat(delta(data.get(3)))
        .isEqualTo(
            "{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}");
    assertThat(delta(data.get(4)))
        .isEqualTo("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":\"}}]}");
    JsonNode finish = Json.read(data.get(6));
    assertThat(finish.path("choices").path(0).path("finish_reason").asText())
        .isEqualTo("tool_calls");
    assertThat(finish.path("x_gateway").path("provider").asText()).isEqualTo("demo");
    JsonNode usage = Json.read(data.get(7));
    assertThat(usage.path("choices").isEmpty()).isTrue();
    assertThat(usage.path("usage").path("prompt_tokens").asLong()).isEqualTo(3);
    assertThat(data.get(8)).isEqualTo("[DONE]");
  }

  @Test
  void usageIsShownOnlyWhenAsked() {
    // given
    Envelope envelope = new Envelope("r", "demo", "m", 1, false, 1, () -> 1L);
    // when
    List<String> data =
        data(
            frames(
                envelope,
                new ChatEvent.Text(0, "Hi"),
                new ChatEvent.Finish(0, FinishReason.STOP, null),
                new ChatEvent.UsageReport(new Usage(3, 2)),
                new ChatEvent.End()));
    // then
    assertThat(data).hasSize(4).noneMatch(chunk -> chunk.contains("\"usage\""));
    assertThat(data.get(0)).contains("\"id\":\"chatcmpl-r\"", "\"role\":\"assistant\"");
  }

  @Test
  void gatewaysFieldWaitsForTheLastChoice() {
    // given
    Envelope envelope = new Envelope("r", "demo", "m", 1, false, 2, () -> 1L);
    // when
    List<String> data =
        data(
            frames(
                envelope,
                new ChatEvent.Start("a", "m"),
                new ChatEvent.Text(1, "one"),
                new ChatEvent.Finish(1, FinishReason.STOP, null),
                new ChatEvent.Text(0, "zero"),
                new ChatEvent.Finish(0, FinishReason.LENGTH, null),
                new ChatEvent.End()));
    // then
    assertThat(data.stream().filter(chunk -> chunk.contains("\"role\""))).hasSize(2);
    assertThat(data.stream().filter(chunk -> chunk.contains("x_gateway")))
        .singleElement()
        .asString()
        .contains("\"finish_reason\":\"length\"");
  }

  @Test
  void callWithoutArgumentsGetsAnEmptyObject() {
    List<String> data =
        data(
            frames(
                new ChatEvent.Start("a", "m"),
                new ChatEvent.ToolCallStart(0, 0, "call_1", "f"),
                new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null),
                new ChatEvent.End()));
    assertThat(data.get(2)).contains("\"arguments\":\"{}\"");
  }

  @Test
  void errorHasAllFourKeys() {
    ApiError error = new ApiError(404, "invalid_request_error", "model_not_found", "No.");
    assertThat(new String(new OpenAiCaller().error(error, "r"), UTF_8))
        .isEqualTo(
            "{\"error\":{\"message\":\"No.\",\"type\":\"invalid_request_error\",\"param\":null,"
                + "\"code\":\"model_not_found\"}}");
    assertThat(new String(new OpenAiCaller().errorEvent(error, "r"), UTF_8))
        .startsWith("data: {\"error\":{")
        .endsWith("}}\n\n");
  }

  private static ApiError refusal(Runnable reading) {
    ApiError[] error = new ApiError[1];
    assertThatThrownBy(reading::run)
        .isInstanceOfSatisfying(RequestException.class, e -> error[0] = e.error());
    assertThat(error[0].status()).isEqualTo(400);
    return error[0];
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }

  private static String at(String body, RequestHead.Span span) {
    return body.substring(span.start(), span.end());
  }

  private static List<String> data(List<Frame> frames) {
    return frames.stream().map(frame -> new String(frame.data(), UTF_8)).toList();
  }

  private static String delta(String chunk) throws JsonProcessingException {
    return Json.text(Json.read(chunk).path("choices").path(0).path("delta"));
  }

  @Test
  void thinkingIsReadInAllWordsThatClientsHaveForIt() {
    assertThat(thinking("'reasoning_effort':'low'")).isEqualTo(new Reasoning(true, "low", null));
    assertThat(thinking("'reasoning_effort':'none'")).isEqualTo(new Reasoning(false, "none", null));
    assertThat(thinking("'reasoning':{'effort':'high','max_tokens':900}"))
        .isEqualTo(new Reasoning(true, "high", 900));
    assertThat(thinking("'reasoning':{'enabled':false}"))
        .isEqualTo(new Reasoning(false, null, null));
    assertThat(thinking("'reasoning':{'exclude':true}")).isNull();
    assertThat(thinking("'thinking':{'type':'enabled','budget_tokens':2000}"))
        .isEqualTo(new Reasoning(true, null, 2000));
    assertThat(thinking("'thinking':{'type':'disabled'}"))
        .isEqualTo(new Reasoning(false, null, null));
    assertThat(refusal(() -> thinking("'thinking':true")).param()).isEqualTo("thinking");
  }

  @Test
  void extensionsThatSeveralProvidersHaveAreRead() {
    ChatRequest request =
        new OpenAiCaller()
            .read(
                json(
                    "{'model':'m','top_k':40,'user':'old','safety_identifier':'new','messages':"
                        + "[{'role':'system','content':'x','cache_control':{'type':'ephemeral'}}]}"));

    assertThat(request.sampling().topK()).isEqualTo(40);
    assertThat(request.user()).isEqualTo("new");
    assertThat(request.rest()).isEmpty();
    assertThat(request.messages().get(0).content().get(0).toString()).contains("ephemeral");
  }

  private static @Nullable Reasoning thinking(String field) {
    return new OpenAiCaller()
        .read(json("{'model':'m','messages':[{'role':'user','content':'x'}]," + field + "}"))
        .reasoning();
  }
}
