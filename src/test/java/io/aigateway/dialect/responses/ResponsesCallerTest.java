package io.aigateway.dialect.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.ObjectMappers;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseOutputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.ToolChoice;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.CallerDialectContract;
import io.aigateway.dialect.Envelope;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesCallerTest extends CallerDialectContract {
  private static final String RICH =
      """
      {"model":"some-model","instructions":"be brief","stream":true,"store":false,
       "input":[
         {"role":"developer","content":"rules"},
         {"type":"message","role":"user","content":[{"type":"input_text","text":"look"},
           {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"},
           {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"}]},
         {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}]},
         {"type":"message","id":"msg_1","role":"assistant","status":"completed",
           "content":[{"type":"output_text","text":"calling","annotations":[]}]},
         {"type":"function_call","call_id":"c1","name":"f","arguments":"{\\"a\\":1}"},
         {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
         {"type":"function_call_output","call_id":"c1","output":"one"},
         {"type":"function_call_output","call_id":"c2",
           "output":[{"type":"input_text","text":"two"}]}],
       "tools":[{"type":"function","name":"f","description":"d",
         "parameters":{"type":"object"},"strict":true},{"type":"function","name":"g"}],
       "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":true,
       "text":{"format":{"type":"json_schema","name":"s","schema":{"type":"object"},"strict":true},
         "verbosity":"low"},
       "reasoning":{"effort":"low","summary":"auto"},"max_output_tokens":99,"temperature":0.70,
       "top_p":0.5,"metadata":{"k":"v"},"user":"u","service_tier":"auto",
       "include":["reasoning.encrypted_content"]}
      """;

  @Override
  protected CallerDialect dialect() {
    return new ResponsesCaller();
  }

  @Override
  protected String request() {
    return "{ \"input\" : \"é你😀 \\\"model\\\"\" , \"model\" :\t\"some-model\" }";
  }

  @Override
  protected String richRequest() {
    return RICH;
  }

  @Test
  void everythingThatIsAskedIsRead() {
    ChatRequest request = dialect().read(RICH.getBytes(UTF_8));
    List<Message> messages = request.messages();
    assertThat(messages.stream().map(Message::role))
        .containsExactly(Role.SYSTEM, Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL);
    assertThat(messages.get(0).text()).isEqualTo("be brief");
    assertThat(messages.get(2).content())
        .containsExactly(
            new Content.Text("look"),
            new Content.Image(new Content.Source.Base64("image/png", "AAAA"), "low"),
            new Content.Document(new Content.Source.Base64("application/pdf", "BBBB"), "a.pdf"));
    assertThat(messages.get(3).content())
        .containsExactly(
            new Content.Thinking("hm", null, null),
            new Content.Text("calling"),
            new Content.ToolCall("c1", "f", "{\"a\":1}"),
            new Content.ToolCall("c2", "g", "{}"));
    assertThat(messages.get(5).content())
        .containsExactly(new Content.ToolResult("c2", List.of(new Content.Text("two")), false));
    assertThat(request.tools()).hasSize(2);
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("f"));
    assertThat(request.responseFormat()).isInstanceOf(ResponseFormat.JsonSchema.class);
    assertThat(request.reasoning()).hasFieldOrPropertyWithValue("effort", "low");
    assertThat(request.sampling().maxTokens()).isEqualTo(99);
    assertThat(request.rest()).containsOnlyKeys("service_tier", "text.verbosity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'model':'m'}|input",
        "{'model':'m','input':[]}|input",
        "{'model':'m','input':7}|input",
        "{'model':'m','input':['x']}|input[0]",
        "{'model':'m','input':[{'role':'boss','content':'x'}]}|input[0].role",
        "{'model':'m','input':[{'role':'user'}]}|input[0].content",
        "{'model':'m','input':[{'role':'user','content':[{'type':'video'}]}]}|input[0].content[0].type",
        "{'model':'m','input':[{'type':'web_search_call'}]}|input[0].type",
        "{'model':'m','input':[{'type':'item_reference','id':'x'}]}|input[0].type",
        "{'model':'m','input':'x','previous_response_id':'resp_1'}|previous_response_id",
        "{'model':'m','input':'x','conversation':'conv_1'}|conversation",
        "{'model':'m','input':'x','background':true}|background",
        "{'model':'m','input':'x','prompt':{'id':'p'}}|prompt",
        "{'model':'m','input':'x','tools':[{'type':'function','name':'f'},{'type':'web_search'}]}|tools[1].type",
        "{'model':'m','input':'x','tools':[{'type':'function'}]}|tools[0].name",
        "{'model':'m','input':'x','tool_choice':{'type':'web_search'}}|tool_choice.type",
        "{'model':'m','input':'x','tools':[{'type':'function','name':'f'}],'tool_choice':{'type':'allowed_tools','mode':'auto','tools':[{'type':'function','name':'g'}]}}|tool_choice.tools",
        "{'model':'m','input':'x','tools':[{'type':'function','name':'f'}],'tool_choice':{'type':'allowed_tools','tools':[{'type':'function','name':'f'}]}}|tool_choice.mode",
        "{'model':'m','input':'x','text':{'format':{'type':'xml'}}}|text.format.type",
        "{'model':'m','input':'x','max_output_tokens':0}|max_output_tokens",
        "{'model':'m','input':'x','metadata':[]}|metadata",
      })
  void whatCannotBeDoneIsNamed(String body, String param) {
    assertThatThrownBy(() -> dialect().read(body.replace('\'', '"').getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo(param));
  }

  @Test
  void allowedToolsAreTheOnlyOnes() {
    String body =
        "{'model':'m','input':'x','tools':[{'type':'function','name':'f'},{'type':'function',"
            + "'name':'g'}],'tool_choice':{'type':'allowed_tools','mode':'required','tools':"
            + "[{'type':'function','name':'g'}]}}";
    ChatRequest request = dialect().read(body.replace('\'', '"').getBytes(UTF_8));
    assertThat(request.tools()).singleElement().hasFieldOrPropertyWithValue("name", "g");
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Required());
  }

  @Test
  void proofOfAThoughtComesBackUnchanged() throws JsonProcessingException {
    ChatReply reply =
        reply(
            FinishReason.STOP,
            new Content.Thinking("hm", "c2ln+/=", null),
            new Content.Thinking("", null, "hidden"),
            new Content.Text("done"));
    JsonNode output = Json.read(dialect().write(reply, envelope())).path("output");
    String next = "{\"model\":\"m\",\"input\":" + Json.text(output) + "}";
    ChatRequest request = dialect().read(next.getBytes(UTF_8));
    assertThat(request.messages()).hasSize(1);
    assertThat(request.messages().get(0).content())
        .containsExactly(
            new Content.Thinking("hm", "c2ln+/=", null),
            new Content.Thinking("", null, "hidden"),
            new Content.Text("done"));
  }

  @Test
  void wholeResponseIsWhatOpenAisClientExpects() throws JsonProcessingException {
    ChatReply reply =
        reply(
            FinishReason.TOOL_CALLS,
            new Content.Thinking("hm", null, null),
            new Content.Text("Hi"),
            new Content.ToolCall("c1", "f", ""));
    byte[] bytes = dialect().write(reply, envelope());
    Response response =
        ObjectMappers.jsonMapper().readValue(new String(bytes, UTF_8), Response.class);
    response.validate();
    assertThat(response.status()).contains(ResponseStatus.COMPLETED);
    assertThat(response.output()).hasSize(3);
    assertThat(response.output().get(0).asReasoning().summary().get(0).text()).isEqualTo("hm");
    assertThat(response.output().get(1).asMessage().content().get(0).asOutputText().text())
        .isEqualTo("Hi");
    assertThat(response.output().get(2).asFunctionCall().arguments()).isEqualTo("{}");
    assertThat(response.usage().orElseThrow().inputTokensDetails().cachedTokens()).isEqualTo(4);
    assertThat(response.usage().orElseThrow().totalTokens()).isEqualTo(15);
    assertThat(response.tools()).hasSize(2);
    assertThat(response.temperature()).contains(0.7);
    assertThat(response.instructions().orElseThrow().asString()).isEqualTo("be brief");
  }

  @ParameterizedTest
  @CsvSource({"LENGTH,max_output_tokens", "CONTENT_FILTER,content_filter"})
  void cutAnswerIsIncompleteAndSaysWhy(FinishReason finish, String reason)
      throws JsonProcessingException {
    JsonNode json = Json.read(dialect().write(reply(finish, new Content.Text("Hi")), envelope()));
    assertThat(json.path("status").asText()).isEqualTo("incomplete");
    assertThat(json.at("/incomplete_details/reason").asText()).isEqualTo(reason);
    assertThat(json.at("/output/0/status").asText()).isEqualTo("incomplete");
  }

  @Test
  void streamIsWhatOpenAisClientAccumulates() throws JsonProcessingException {
    List<Frame> frames =
        frames(
            envelope(),
            new ChatEvent.Start(null, "answering"),
            new ChatEvent.Thinking(0, "h"),
            new ChatEvent.Thinking(0, "m"),
            new ChatEvent.ThinkingSignature(0, "sig"),
            new ChatEvent.Text(0, "H"),
            new ChatEvent.Text(0, "i"),
            new ChatEvent.Refusal(0, "no"),
            new ChatEvent.ToolCallStart(0, 0, "c1", "f"),
            new ChatEvent.ToolCallStart(0, 1, "c2", "g"),
            new ChatEvent.ToolCallArguments(0, 0, "{\"a\""),
            new ChatEvent.ToolCallArguments(0, 1, "{\"b\":2}"),
            new ChatEvent.ToolCallArguments(0, 0, ":1}"),
            new ChatEvent.ToolCallStart(0, 2, "c3", "g"),
            new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null),
            new ChatEvent.UsageReport(new Usage(10, 5, 4, 0, 2, 0, 0)),
            new ChatEvent.End());
    ResponseAccumulator accumulator = ResponseAccumulator.createWithSnapshots();
    Map<Long, JsonNode> added = new HashMap<>();
    int sequence = 0;
    for (Frame frame : frames) {
      JsonNode json = Json.read(frame.data());
      assertThat(json.path("type").asText()).isEqualTo(frame.event());
      assertThat(json.path("sequence_number").asInt()).isEqualTo(sequence++);
      if (json.has("item")) {
        JsonNode known = added.putIfAbsent(json.path("output_index").asLong(), json.path("item"));
        assertThat(known == null).isEqualTo(frame.event().endsWith("added"));
        if (known != null) {
          assertThat(json.at("/item/id")).isEqualTo(known.path("id"));
        }
      } else if (json.has("item_id")) {
        assertThat(json.path("item_id"))
            .isEqualTo(added.get(json.path("output_index").asLong()).path("id"));
      }
      ResponseStreamEvent event =
          ObjectMappers.jsonMapper()
              .readValue(new String(frame.data(), UTF_8), ResponseStreamEvent.class);
      event.validate();
      accumulator.accumulate(event);
    }
    Response response = accumulator.response();
    List<ResponseOutputItem> output = response.output();
    assertThat(output).hasSize(5);
    assertThat(output.get(0).asReasoning().summary().get(0).text()).isEqualTo("hm");
    assertThat(output.get(1).asMessage().content().get(0).asOutputText().text()).isEqualTo("Hi");
    assertThat(output.get(1).asMessage().content().get(1).asRefusal().refusal()).isEqualTo("no");
    assertThat(output.get(2).asFunctionCall().arguments()).isEqualTo("{\"a\":1}");
    assertThat(output.get(3).asFunctionCall().arguments()).isEqualTo("{\"b\":2}");
    assertThat(output.get(4).asFunctionCall().arguments()).isEqualTo("{}");
    assertThat(response.usage().orElseThrow().outputTokensDetails().reasoningTokens()).isEqualTo(2);
    assertThat(accumulator.reconstructedResponse().output()).hasSize(5);
  }

  @Test
  void eventsComeInOpenAisOrder() {
    List<String> types = new ArrayList<>();
    for (Frame frame :
        frames(
            envelope(),
            new ChatEvent.Text(0, "a"),
            new ChatEvent.Finish(0, FinishReason.LENGTH, null),
            new ChatEvent.End())) {
      types.add(String.valueOf(frame.event()).substring("response.".length()));
    }
    assertThat(types)
        .containsExactly(
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "incomplete");
  }

  @Test
  void brokenStreamEndsWithAnErrorInItsPlace() throws JsonProcessingException {
    CallerDialect.EventWriter writer = dialect().events(envelope());
    writer.write(new ChatEvent.Text(0, "a"));
    byte[] bytes = writer.failed(new ApiError(502, "upstream_error", null, "broke off"));
    List<Frame> frames = split(Objects.requireNonNull(bytes));
    assertThat(frames).singleElement().hasFieldOrPropertyWithValue("event", "error");
    JsonNode json = Json.read(frames.get(0).data());
    assertThat(json.path("sequence_number").asInt()).isEqualTo(5);
    assertThat(json.path("message").asText()).isEqualTo("broke off");
    assertThat(json.at("/error/type").asText()).isEqualTo("upstream_error");
  }

  private static ChatReply reply(FinishReason finish, Content... content) {
    return new ChatReply(
        null,
        null,
        List.of(new ChatReply.Choice(0, List.of(content), finish, null, null)),
        new Usage(10, 5, 4, 0, 2, 0, 0));
  }

  private static Envelope envelope() {
    return new Envelope(
        "req-1", "demo", "demo-1", 1_750_000_000L, true, 1, () -> RICH.getBytes(UTF_8), () -> 12L);
  }

  @Test
  void pagesThatATextRestsOnAreItsAnnotations() throws JsonProcessingException {
    Citation page = new Citation(Citation.Kind.WEB, 0, 3, 7, "", "A page", "https://a.example/x");
    JsonNode whole =
        Json.read(
            dialect()
                .write(
                    reply(FinishReason.STOP, new Content.Text("It is so.", List.of(page), null)),
                    envelope()));
    assertThat(whole.at("/output/0/content/0/annotations/0").toString())
        .isEqualTo(
            "{\"type\":\"url_citation\",\"start_index\":3,\"end_index\":7,"
                + "\"title\":\"A page\",\"url\":\"https://a.example/x\"}");

    List<Frame> frames =
        frames(
            envelope(),
            new ChatEvent.Text(0, "It is so."),
            new ChatEvent.Cited(0, page),
            new ChatEvent.Finish(0, FinishReason.STOP, null),
            new ChatEvent.End());
    JsonNode added = Json.read(frames.get(5).data());
    assertThat(added.path("type").asText()).isEqualTo("response.output_text.annotation.added");
    assertThat(added.path("annotation")).isEqualTo(whole.at("/output/0/content/0/annotations/0"));
    JsonNode completed = Json.read(frames.get(frames.size() - 1).data());
    assertThat(completed.at("/response/output/0/content/0/annotations/0"))
        .isEqualTo(added.path("annotation"));
  }

  @Test
  void whatIsLeftOutIsNamedInThisDialectsWords() {
    assertThat(dialect().parameter("reasoning_effort")).isEqualTo("reasoning.effort");
    assertThat(dialect().parameter("messages.name")).isEqualTo("input.name");
    assertThat(dialect().parameter("temperature")).isEqualTo("temperature");
  }
}
