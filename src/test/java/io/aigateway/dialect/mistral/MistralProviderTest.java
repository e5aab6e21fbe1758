package io.aigateway.dialect.mistral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Role;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderDialectContract;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.error.RequestException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MistralProviderTest extends ProviderDialectContract {
  private static final String USAGE =
      "'usage':{'prompt_tokens':12,'completion_tokens':5,'total_tokens':17}";
  private static final String CALLS =
      "'tool_calls':[{'id':'aaaaaaaa1','function':{'name':'get_weather',"
          + "'arguments':'{~city~:~Paris~}'},'index':0},"
          + "{'id':'aaaaaaaa2','function':{'name':'get_time','arguments':'{}'},'index':1}]";
  private static final String HI = "'messages':[{'role':'user','content':'Hi'}]";

  @Override
  protected ProviderDialect dialect() {
    return new MistralProvider();
  }

  @Override
  protected String textReply() {
    return reply("{'role':'assistant','content':'Hello there.','tool_calls':null}", "stop");
  }

  @Override
  protected List<String> textStream() {
    return List.of(
        piece("{'role':'assistant','content':''}", "null", ""),
        piece("{'content':'Hello'}", "null", ""),
        piece("{'content':' there.'}", "'stop'", "," + USAGE),
        "[DONE]");
  }

  @Override
  protected String callsReply() {
    return reply("{'role':'assistant','content':''," + CALLS + "}", "tool_calls");
  }

  @Override
  protected List<String> callsStream() {
    return List.of(
        piece("{'role':'assistant','content':''}", "null", ""),
        piece("{'content':''," + CALLS + "}", "'tool_calls'", "," + USAGE),
        "[DONE]");
  }

  @Override
  protected @Nullable String replyFinished(FinishReason reason) {
    return switch (reason) {
      case STOP -> textReply();
      case LENGTH -> reply("{'content':'a'}", "model_length");
      case TOOL_CALLS -> callsReply();
      case CONTENT_FILTER -> null;
    };
  }

  @Override
  protected String errorBody(String message) {
    return json("{'object':'error','message':'"
            + message
            + "','type':'invalid_model','param':null,'code':'1500','raw_status_code':404}")
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
    return body.path("stop");
  }

  /** Arguments are JSON inside text, pictures are data URLs. */
  @Override
  protected String said(JsonNode body) {
    StringBuilder all = new StringBuilder(body.toString().replace("data:image/png;base64,", ""));
    for (JsonNode arguments : body.findValues("arguments")) {
      all.append(arguments.asText());
    }
    return all.toString();
  }

  @Test
  @Override
  protected void whatTheProviderCanNotDoIsRefusedByName() {
    assertThat(refusedParam(ask().say(Role.USER, "Hi").logprobs())).isEqualTo("logprobs");
    assertThat(refusedParam(ask().say(Role.USER, "Hi").rest("web_search_options", "{}")))
        .isEqualTo("web_search_options");
    assertThat(refusedBy("{" + HI + ",'logprobs':true}")).isEqualTo("logprobs");
    assertThat(refusedBy("{" + HI + ",'modalities':['audio']}")).isEqualTo("modalities");
  }

  @Test
  void requestOfAnOpenAiCallerKeepsAllThatMistralMayKnow() {
    UpstreamRequest sent =
        adapted(
            "{'model':'mistral/x','safe_prompt':true,'some_new_field':{'x':1},'seed':7,"
                + "'max_completion_tokens':9,'n':2,'stream':true,'metadata':{'a':'b'},"
                + "'stream_options':{'include_usage':true},'user':'u','store':false,"
                + "'service_tier':'auto','logprobs':null,'tools':[],'tool_choice':'auto',"
                + "'messages':[{'role':'developer','content':'Be brief.','name':'n'},"
                + "{'role':'user','content':[{'type':'document_url','document_url':'https://a.b'}]},"
                + "{'role':'assistant','content':'So','prefix':true,'refusal':null,"
                + "'annotations':[],'reasoning_content':'hm'}]}");

    assertThat(sent.path()).isEqualTo("/chat/completions");
    assertThat(sent.dropped())
        .containsExactly("messages.name", "messages.reasoning_content", "service_tier", "user");
    assertThat(body(sent))
        .isEqualTo(
            json(
                "{'model':'m-1','safe_prompt':true,'some_new_field':{'x':1},'random_seed':7,"
                    + "'max_tokens':9,'n':2,'stream':true,'metadata':{'a':'b'},"
                    + "'messages':[{'role':'system','content':'Be brief.'},"
                    + "{'role':'user','content':["
                    + "{'type':'document_url','document_url':'https://a.b'}]},"
                    + "{'role':'assistant','content':'So','prefix':true}]}"));
  }

  @Test
  void partsAreSaidInMistralsWords() {
    UpstreamRequest sent =
        adapted(
            "{'messages':[{'role':'user','content':["
                + "{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},"
                + "{'type':'image_url','image_url':{'url':'https://a.b'}},"
                + "{'type':'input_audio','input_audio':{'data':'aGk=','format':'wav'}},"
                + "{'type':'file','file':{'file_id':'f1'}},"
                + "{'type':'file','file':{'filename':'a.pdf','file_data':'data:x'}}]},"
                + "{'role':'assistant','content':null,'refusal':'No.'},"
                + "{'role':'assistant','content':[{'type':'refusal','refusal':'No.'}]}]}");

    assertThat(body(sent).path("messages"))
        .isEqualTo(
            json(
                "[{'role':'user','content':[{'type':'text','text':'a'},"
                    + "{'type':'image_url','image_url':{'url':'https://a.b'}},"
                    + "{'type':'input_audio','input_audio':'aGk='},"
                    + "{'type':'file','file_id':'f1'},"
                    + "{'type':'document_url','document_url':'data:x','document_name':'a.pdf'}]},"
                    + "{'role':'assistant','content':'No.'},"
                    + "{'role':'assistant','content':[{'type':'text','text':'No.'}]}]"));
  }

  @Test
  void toolsHaveParametersAndTheWordForAnyOfThem() {
    JsonNode body =
        body(
            adapted(
                "{"
                    + HI
                    + ",'tool_choice':'required','tools':[{'type':'function','function':"
                    + "{'name':'f'},'cache_control':{}}]}"));

    assertThat(body.path("tool_choice").asText()).isEqualTo("any");
    assertThat(body.at("/tools/0"))
        .isEqualTo(
            json(
                "{'type':'function','function':{'name':'f','parameters':"
                    + "{'type':'object','properties':{}}}}"));
  }

  @Test
  void idsOfOtherProvidersCallsBecomeMistrals() {
    String id = "call_PTLP8xhu3uwZk4l3nlnrrJha";
    JsonNode messages =
        body(adapted(
                "{'messages':[{'role':'assistant','tool_calls':[{'id':'"
                    + id
                    + "','function':{'name':'f','arguments':''}}]},"
                    + "{'role':'tool','tool_call_id':'"
                    + id
                    + "','content':'a'}]}"))
            .path("messages");

    assertThat(messages.at("/0/tool_calls/0/id").asText())
        .matches("[a-zA-Z0-9]{9}")
        .isEqualTo(messages.at("/1/tool_call_id").asText());
    assertThat(messages.at("/0/tool_calls/0/function/arguments").asText()).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"D681PevKs", "call_1", ""})
  void idsOfMistralAndOfTheCallerItselfStay(String id) {
    assertThat(CallIds.of(id)).isEqualTo(id);
  }

  @Test
  void differentIdsStayDifferent() {
    assertThat(CallIds.of("toolu_01A")).isNotEqualTo(CallIds.of("toolu_01B"));
    assertThat(CallIds.of("x8i00o1q")).matches("[a-zA-Z0-9]{9}");
  }

  @Test
  void limitsOfMistralAreKept() {
    UpstreamRequest sent = adapted("{" + HI + ",'temperature':2,'seed':-1}");

    assertThat(body(sent).path("temperature").decimalValue()).isEqualByComparingTo("1.5");
    assertThat(body(sent).has("random_seed")).isFalse();
    assertThat(sent.dropped()).containsExactly("seed", "temperature");
  }

  @ParameterizedTest
  @CsvSource({"none,none", "minimal,none", "low,high", "medium,high", "high,high"})
  void effortIsOnOrOff(String effort, String sent) {
    assertThat(
            body(adapted("{" + HI + ",'reasoning_effort':'" + effort + "'}"))
                .path("reasoning_effort")
                .asText())
        .isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages':[],'functions':[{}]}",
        "{'messages':[{'role':'function','name':'f','content':'a'}]}",
        "{'messages':['x']}",
        "{'messages':[],'tool_choice':{'type':'allowed_tools'}}",
        "[]"
      })
  void oldAndBrokenFormsGoThroughTheNeutralModel(String body) {
    assertThat(dialect().adapt("openai", bytes(json(body).toString()), "m-1")).isNull();
    assertThat(dialect().adapt("anthropic", bytes("{}"), "m-1")).isNull();
    assertThat(dialect().straightLines()).containsExactly("embeddings");
  }

  @Test
  void listsOfPartsBecomeThoughtsAndText() {
    String thinking = "{'type':'thinking','thinking':[{'type':'text','text':'2+2'}],'closed':true}";
    String reply = reply("{'content':[" + thinking + ",{'type':'text','text':'4'}]}", "stop");

    ChatReply read = dialect().read(bytes(reply));

    assertThat(read.choices().get(0).content())
        .containsExactly(new Content.Thinking("2+2", null, null), new Content.Text("4"));
    assertThat(events(List.of(piece("{'content':[" + thinking + "]}", "null", ""))))
        .contains(new ChatEvent.Thinking(0, "2+2"));
  }

  @Test
  void answerThatFinishedWithAnErrorHasFailed() {
    assertThatThrownBy(() -> dialect().read(bytes(reply("{'content':'a'}", "error"))))
        .isInstanceOf(MalformedReplyException.class);
    assertThat(events(List.of(piece("{'content':'a'}", "'error'", ""))))
        .containsExactly(new ChatEvent.Failure(null, "the provider reported an error", 0));
    assertThat(events(List.of(piece("{'content':'~error~'}", "'stop'", ""))))
        .contains(new ChatEvent.Text(0, "\"error\""));
  }

  @Test
  void cachedTokensAreCounted() {
    String reply =
        textReply().replace("\"total_tokens\"", "\"num_cached_tokens\":4,\"total_tokens\"");

    assertThat(dialect().read(bytes(reply)).usage()).isEqualTo(new Usage(12, 5, 4, 0, 0, 0, 0));
  }

  @Test
  void errorsHaveSeveralShapes() {
    assertThat(
            dialect()
                .error(
                    422,
                    bytes(
                        json("{'detail':[{'loc':['body','seed'],'msg':'Extra','type':'x'}]}")
                            .toString()))
                .message())
        .isEqualTo("body.seed: Extra");
    assertThat(dialect().error(401, bytes("{\"message\":\"Unauthorized\"}")))
        .isEqualTo(new ProviderError("Unauthorized", null, null, null));
    assertThat(events(List.of(errorEvent("no"))))
        .containsExactly(new ChatEvent.Failure("invalid_model", "no", 404));
  }

  private @Nullable String refusedBy(String body) {
    String[] param = new String[1];
    assertThatThrownBy(() -> adapted(body))
        .isInstanceOfSatisfying(RequestException.class, e -> param[0] = e.error().param());
    return param[0];
  }

  private UpstreamRequest adapted(String body) {
    return Objects.requireNonNull(dialect().adapt("openai", bytes(json(body).toString()), "m-1"));
  }

  private static JsonNode body(UpstreamRequest sent) {
    return json(new String(sent.body(), StandardCharsets.UTF_8));
  }

  private static String reply(String message, String finish) {
    return quoted(
        json(
            "{'id':'r1','object':'chat.completion','created':1,'model':'m-1','choices':[{"
                + "'index':0,'message':"
                + message
                + ",'finish_reason':'"
                + finish
                + "'}],"
                + USAGE
                + "}"));
  }

  private static String piece(String delta, String finish, String more) {
    return quoted(
        json(
            "{'id':'r1','object':'chat.completion.chunk','created':1,'model':'m-1','choices':[{"
                + "'index':0,'delta':"
                + delta
                + ",'finish_reason':"
                + finish
                + "}]"
                + more
                + "}"));
  }

  /** Quotes inside texts are written as ~. */
  private static String quoted(JsonNode node) {
    return node.toString().replace("~", "\\\"");
  }
}
