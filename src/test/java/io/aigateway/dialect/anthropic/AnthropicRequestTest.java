package io.aigateway.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a request must look like for Anthropic to take it. */
class AnthropicRequestTest {
  private static final Tool WEATHER =
      new Tool("get_weather", null, json("{'type':'object'}"), null);
  private static final ResponseFormat.JsonSchema CITY =
      new ResponseFormat.JsonSchema(
          "city of x", null, json("{'type':'object','properties':{'name':{}}}"), true);

  private String model = "m-1";
  private final List<Message> messages = new ArrayList<>();
  private List<Tool> tools = List.of();
  private @Nullable ToolChoice choice;
  private @Nullable Boolean parallel;
  private @Nullable BigDecimal temperature;
  private @Nullable BigDecimal topP;
  private @Nullable Integer topK;
  private @Nullable Long maxTokens;
  private List<String> stop = List.of();
  private @Nullable Long seed;
  private @Nullable ResponseFormat format;
  private @Nullable Reasoning reasoning;
  private @Nullable String user;
  private Map<String, JsonNode> metadata = Map.of();

  @Test
  void systemMessagesAreHoistedWhereverTheyStand() {
    say(Role.SYSTEM, "Be brief.");
    say(Role.USER, "Hi");
    say(Role.SYSTEM, "  ");
    say(Role.SYSTEM, "Speak French.");
    say(Role.USER, "there");

    assertThat(body().path("system"))
        .isEqualTo(
            json("[{'type':'text','text':'Be brief.'},{'type':'text','text':'Speak French.'}]"));
    assertThat(body().path("messages"))
        .isEqualTo(
            json(
                "[{'role':'user','content':["
                    + "{'type':'text','text':'Hi'},{'type':'text','text':'there'}]}]"));
  }

  @Test
  void oneSystemTextIsAStringUnlessItIsCached() {
    say(Role.USER, "Hi");
    say(Role.SYSTEM, "Be brief.");
    assertThat(body().path("system")).isEqualTo(json("'Be brief.'"));

    messages.remove(1);
    say(Role.SYSTEM, new Content.Text("Be brief.", json("{'type':'ephemeral'}")));
    assertThat(body().path("system"))
        .isEqualTo(
            json("[{'type':'text','text':'Be brief.','cache_control':{'type':'ephemeral'}}]"));
  }

  @Test
  void systemMessagesHoldNothingButText() {
    say(Role.USER, "Hi");
    say(Role.SYSTEM, new Content.Image(new Content.Source.Base64("image/png", "AAAA"), null));

    assertThat(refused()).isEqualTo("messages");
  }

  @Test
  void systemTextAloneIsWhatTheUserSays() {
    say(Role.SYSTEM, "Say hello.");

    assertThat(body().has("system")).isFalse();
    assertThat(body().path("messages")).isEqualTo(json("[{'role':'user','content':'Say hello.'}]"));
  }

  @Test
  void requestWithoutAnyTextIsRefused() {
    say(Role.USER, " ");

    assertThat(refused()).isEqualTo("messages");
  }

  @Test
  void resultsOfATurnComeFirstInTheOneTurnAfterIt() {
    say(Role.USER, "Weather?");
    say(
        Role.ASSISTANT,
        new Content.Text(""),
        new Content.ToolCall("a", "get_weather", "{}"),
        new Content.ToolCall("b", "get_weather", ""));
    say(Role.TOOL, result("a", "21"));
    say(Role.USER, "And?");
    say(Role.TOOL, new Content.ToolResult("b", List.of(), true));

    assertThat(body().path("messages"))
        .isEqualTo(
            json(
                "[{'role':'user','content':'Weather?'},"
                    + "{'role':'assistant','content':["
                    + "{'type':'tool_use','id':'a','name':'get_weather','input':{}},"
                    + "{'type':'tool_use','id':'b','name':'get_weather','input':{}}]},"
                    + "{'role':'user','content':["
                    + "{'type':'tool_result','tool_use_id':'a','content':'21'},"
                    + "{'type':'tool_result','tool_use_id':'b','is_error':true},"
                    + "{'type':'text','text':'And?'}]}]"));
  }

  @Test
  void idsOfCallsAreMadeToFitInCallAndResultAlike() {
    say(Role.USER, "Weather?");
    say(
        Role.ASSISTANT,
        new Content.ToolCall("a.1", "get_weather", "{}"),
        new Content.ToolCall("a:1", "get_weather", "{}"),
        new Content.ToolCall("", "get_weather", "{}"));
    say(Role.TOOL, result("a:1", "two"));
    say(Role.TOOL, result("a.1", "one"));
    say(Role.TOOL, result("", "three"));
    say(Role.ASSISTANT, new Content.ToolCall("a.1", "get_weather", "{}"));
    say(Role.TOOL, result("a.1", "again"));

    JsonNode turns = body().path("messages");
    assertThat(turns.path(1).path("content").findValuesAsText("id"))
        .containsExactly("a_1", "a_1_2", "call");
    assertThat(turns.path(2).path("content").findValuesAsText("tool_use_id"))
        .containsExactly("a_1_2", "a_1", "call");
    assertThat(turns.path(3).path("content").findValuesAsText("id")).containsExactly("a_1_3");
    assertThat(turns.path(4).path("content").findValuesAsText("tool_use_id"))
        .containsExactly("a_1_3");
  }

  @Test
  void prefillIsKeptWithoutItsTrailingSpace() {
    say(Role.USER, "Count.");
    say(Role.ASSISTANT, "One, two, \n");

    assertThat(body().path("messages").path(1))
        .isEqualTo(json("{'role':'assistant','content':'One, two,'}"));
  }

  @Test
  void picturesAndFilesKeepTheirSource() {
    say(
        Role.USER,
        new Content.Image(new Content.Source.Base64("image/jpg", "AAAA"), "low"),
        new Content.Image(new Content.Source.Url("https://example.com/a.png"), null),
        new Content.Document(new Content.Source.Base64("application/pdf", "JVBERg=="), "a.pdf"),
        new Content.Document(new Content.Source.Url("https://example.com/a.pdf"), null),
        new Content.Document(new Content.Source.Base64("text/csv", "YTti"), null),
        new Content.Document(new Content.Source.PlainText("notes"), null));

    assertThat(body().path("messages").path(0).path("content"))
        .isEqualTo(
            json(
                "[{'type':'image','source':"
                    + "{'type':'base64','media_type':'image/jpeg','data':'AAAA'}},"
                    + "{'type':'image','source':{'type':'url','url':'https://example.com/a.png'}},"
                    + "{'type':'document','source':{'type':'base64',"
                    + "'media_type':'application/pdf','data':'JVBERg=='},'title':'a.pdf'},"
                    + "{'type':'document','source':"
                    + "{'type':'url','url':'https://example.com/a.pdf'}},"
                    + "{'type':'document','source':"
                    + "{'type':'text','media_type':'text/plain','data':'a;b'}},"
                    + "{'type':'document','source':"
                    + "{'type':'text','media_type':'text/plain','data':'notes'}}]"));
  }

  @Test
  void filesOfAnotherProviderAreRefused() {
    say(Role.USER, new Content.Document(new Content.Source.FileId("file-1"), null));

    assertThat(refused()).isEqualTo("messages");
  }

  @Test
  void thoughtsGoBackOnlyWithTheirProof() {
    say(Role.USER, "2+2?");
    say(
        Role.ASSISTANT,
        new Content.Thinking("hm", null, null),
        new Content.Thinking("2+2", "s", null),
        new Content.Thinking("", null, "d"),
        new Content.Text("4"));
    say(Role.USER, "Why?");

    assertThat(body().path("messages").path(1).path("content"))
        .isEqualTo(
            json(
                "[{'type':'thinking','thinking':'2+2','signature':'s'},"
                    + "{'type':'redacted_thinking','data':'d'},{'type':'text','text':'4'}]"));
  }

  @Test
  void partsOfOtherDialectsAreRefusedFromTheUserAndLeftOutFromTheModel() {
    JsonNode own = json("{'type':'hologram','title':'t'}");
    say(Role.USER, new Content.Rest("anthropic", "hologram", own));
    say(Role.ASSISTANT, new Content.Rest("openai", "audio", own), new Content.Text("a"));
    assertThat(body().path("messages").path(0).path("content").path(0)).isEqualTo(own);
    assertThat(body().path("messages").path(1).path("content").asText()).isEqualTo("a");

    say(Role.USER, new Content.Rest("openai", "odd", own));
    assertThat(refused()).isEqualTo("messages");
  }

  @Test
  void schemasOfToolsAreAlwaysObjects() {
    say(Role.USER, "Hi");
    tools =
        List.of(
            new Tool("a", "", null, true),
            new Tool("b", "d", json("{'properties':{'x':{}}}"), null),
            new Tool("c", null, json("true"), null, json("{'type':'ephemeral'}")));

    assertThat(body().path("tools"))
        .isEqualTo(
            json(
                "[{'name':'a','input_schema':{'type':'object','properties':{}}},"
                    + "{'name':'b','description':'d',"
                    + "'input_schema':{'properties':{'x':{}},'type':'object'}},"
                    + "{'name':'c','input_schema':{'type':'object','properties':{}},"
                    + "'cache_control':{'type':'ephemeral'}}]"));
    assertThat(dropped()).isEmpty();
  }

  @Test
  void strictToolsAreHeldToTheirSchemas() {
    say(Role.USER, "Hi");
    model = "claude-sonnet-4-5";
    JsonNode schema =
        json(
            "{'type':'object','properties':{'a':{'type':'integer','minimum':1}},'required':['a'],"
                + "'additionalProperties':false}");
    tools =
        List.of(
            new Tool("held", null, schema, true),
            new Tool("free", null, schema, false),
            new Tool("open", null, json("{'type':'object','properties':{'x':{}}}"), true));

    assertThat(body().at("/tools/0"))
        .isEqualTo(
            json(
                "{'name':'held','input_schema':{'type':'object','properties':{'a':{"
                    + "'type':'integer','description':'(minimum: 1)'}},'required':['a'],"
                    + "'additionalProperties':false},'strict':true}"));
    assertThat(body().at("/tools/1/input_schema")).isEqualTo(schema);
    assertThat(body().at("/tools/1").has("strict")).isFalse();
    assertThat(body().at("/tools/2").has("strict")).isFalse();
    assertThat(dropped()).containsExactly("tools.strict");

    model = "claude-sonnet-4-0";
    assertThat(body().at("/tools/0/input_schema")).isEqualTo(schema);
    assertThat(dropped()).containsExactly("tools.strict");
  }

  @Test
  void strictToolsAreHeldAsFarAsClaudeTakesThem() {
    say(Role.USER, "Hi");
    model = "claude-opus-4-6";
    JsonNode optional =
        json(
            "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string'},"
                + "'c':{'type':'string'},'d':{'type':'string'},'e':{'type':'string'}}}");
    tools = Collections.nCopies(6, new Tool("f", null, optional, true));
    assertThat(body().path("tools").findValues("strict")).hasSize(4);
    assertThat(dropped()).containsExactly("tools.strict");

    JsonNode union =
        json("{'type':'object','properties':{'a':{'type':['string','null']}},'required':['a']}");
    tools = Collections.nCopies(18, new Tool("f", null, union, true));
    assertThat(body().path("tools").findValues("strict")).hasSize(16);

    JsonNode plain =
        json("{'type':'object','properties':{'a':{'type':'string'}},'required':['a']}");
    tools = Collections.nCopies(22, new Tool("f", null, plain, true));
    assertThat(body().path("tools").findValues("strict")).hasSize(20);
  }

  @Test
  void toolChoiceIsSaidInAnthropicsWords() {
    say(Role.USER, "Hi");
    tools = List.of(WEATHER);

    assertThat(body().has("tool_choice")).isFalse();
    assertThat(choose(new ToolChoice.Auto())).isEqualTo(json("{'type':'auto'}"));
    assertThat(choose(new ToolChoice.Required())).isEqualTo(json("{'type':'any'}"));
    assertThat(choose(new ToolChoice.None())).isEqualTo(json("{'type':'none'}"));
    assertThat(choose(new ToolChoice.Named("get_weather")))
        .isEqualTo(json("{'type':'tool','name':'get_weather'}"));

    parallel = false;
    assertThat(choose(new ToolChoice.None())).isEqualTo(json("{'type':'none'}"));
    assertThat(choose(null)).isEqualTo(json("{'type':'auto','disable_parallel_tool_use':true}"));

    tools = List.of();
    assertThat(choose(new ToolChoice.Auto()).isMissingNode()).isTrue();
  }

  @Test
  void limitOfTokensIsAlwaysSaid() {
    say(Role.USER, "Hi");
    assertThat(body().path("max_tokens").asLong()).isEqualTo(4096);

    maxTokens = 77L;
    assertThat(body().path("max_tokens").asLong()).isEqualTo(77);
  }

  @Test
  void samplingThatAnthropicRefusesIsLeftOutAndNamed() {
    say(Role.USER, "Hi");
    temperature = new BigDecimal("1.5");
    topP = new BigDecimal("0.9");
    topK = 5;
    stop = List.of("END", " \n");
    seed = 7L;

    assertThat(body().path("temperature").decimalValue()).isEqualByComparingTo("1");
    assertThat(body().has("top_p")).isFalse();
    assertThat(body().path("top_k").asInt()).isEqualTo(5);
    assertThat(body().path("stop_sequences")).isEqualTo(json("['END']"));
    assertThat(dropped()).containsExactly("temperature", "top_p", "stop", "seed");
  }

  @Test
  void topPIsSentWhenThereIsNoTemperature() {
    say(Role.USER, "Hi");
    topP = new BigDecimal("0.9");

    assertThat(body().path("top_p").decimalValue()).isEqualByComparingTo("0.9");
    assertThat(dropped()).isEmpty();
  }

  @Test
  void userIsSaidInTheMetadata() {
    say(Role.USER, "Hi");
    metadata = Map.of("user_id", json("'u0'"));
    assertThat(body().path("metadata")).isEqualTo(json("{'user_id':'u0'}"));
    assertThat(dropped()).isEmpty();

    user = "u1";
    assertThat(body().path("metadata")).isEqualTo(json("{'user_id':'u1'}"));
    assertThat(dropped()).containsExactly("metadata");
  }

  @Test
  void namedBudgetMakesRoomForTheAnswer() {
    say(Role.USER, "Hi");
    reasoning = new Reasoning(true, null, 5000);
    maxTokens = 1000L;
    temperature = new BigDecimal("0.2");
    topK = 5;
    topP = new BigDecimal("0.5");

    assertThat(body().path("thinking")).isEqualTo(json("{'type':'enabled','budget_tokens':5000}"));
    assertThat(body().path("max_tokens").asLong()).isEqualTo(6000);
    assertThat(body().has("temperature")).isFalse();
    assertThat(dropped()).containsExactly("temperature", "top_p", "top_k");
  }

  @Test
  void effortStaysBelowTheCallersLimit() {
    say(Role.USER, "Hi");
    reasoning = new Reasoning(true, "high", null);
    maxTokens = 8000L;
    assertThat(body().path("thinking").path("budget_tokens").asLong()).isEqualTo(4000);
    assertThat(body().path("max_tokens").asLong()).isEqualTo(8000);

    maxTokens = 100L;
    assertThat(body().path("thinking").path("budget_tokens").asLong()).isEqualTo(1024);
    assertThat(body().path("max_tokens").asLong()).isEqualTo(1124);
  }

  @Test
  void thinkingGivesWayWhereAnthropicRefusesIt() {
    say(Role.USER, "Weather?");
    reasoning = new Reasoning(true, "low", null);
    tools = List.of(WEATHER);
    choice = new ToolChoice.Required();
    assertThat(body().has("thinking")).isFalse();
    assertThat(dropped()).containsExactly("reasoning_effort");

    choice = null;
    assertThat(body().has("thinking")).isTrue();

    say(Role.ASSISTANT, new Content.ToolCall("a", "get_weather", "{}"));
    say(Role.TOOL, result("a", "21"));
    assertThat(body().has("thinking")).isFalse();
    assertThat(dropped()).containsExactly("reasoning_effort");
  }

  @Test
  void thinkingThatIsSwitchedOffIsNotAsked() {
    say(Role.USER, "Hi");
    reasoning = new Reasoning(false, null, null);
    assertThat(body().has("thinking")).isFalse();

    reasoning = new Reasoning(true, "none", null);
    assertThat(body().has("thinking")).isFalse();
    assertThat(dropped()).isEmpty();
  }

  @Test
  void answerInJsonIsForcedAsATool() {
    say(Role.USER, "Which city?");
    format = CITY;

    assertThat(body().at("/tools/0/name").asText()).isEqualTo("json_answer__city_of_x");
    assertThat(body().at("/tools/0/input_schema")).isEqualTo(CITY.schema());
    assertThat(body().path("tool_choice"))
        .isEqualTo(
            json(
                "{'type':'tool','name':'json_answer__city_of_x',"
                    + "'disable_parallel_tool_use':true}"));
    assertThat(body().has("system")).isFalse();
  }

  @Test
  void answerInJsonIsSaidInTheSystemTextWhenNoToolCanBeForced() {
    say(Role.USER, "Which city?");
    format = CITY;
    tools = List.of(WEATHER);
    assertThat(body().path("system").asText()).contains("{\"type\":\"object\",\"properties\"");
    assertThat(body().path("tools")).hasSize(1);

    tools = List.of();
    reasoning = new Reasoning(true, "low", null);
    assertThat(body().path("system").asText()).contains("JSON schema");
    assertThat(body().has("tool_choice")).isFalse();

    reasoning = null;
    format = new ResponseFormat.JsonObject();
    assertThat(body().path("system").asText()).contains("one JSON object");
  }

  @Test
  void answerIsHeldToItsSchemaWhereTheModelCanDoThat() {
    say(Role.USER, "Which city?");
    model = "claude-sonnet-4-5";
    format =
        new ResponseFormat.JsonSchema(
            "city of x",
            null,
            json("{'type':'object','properties':{'city':{'type':'string'}}}"),
            null);
    tools = List.of(WEATHER);

    assertThat(body().at("/output_config/format/type").asText()).isEqualTo("json_schema");
    assertThat(body().at("/output_config/format/schema/additionalProperties").asBoolean(true))
        .isFalse();
    assertThat(body().has("system")).isFalse();
    assertThat(body().path("tools")).hasSize(1);
  }

  @Test
  void newestModelsGetNoBudgetAndNoTemperature() {
    say(Role.USER, "Hi");
    model = "claude-opus-4-7";
    reasoning = new Reasoning(true, "high", null);
    temperature = new BigDecimal("0.2");
    topP = new BigDecimal("1");
    topK = 5;

    assertThat(body().path("thinking"))
        .isEqualTo(json("{'type':'adaptive','display':'summarized'}"));
    assertThat(body().path("output_config")).isEqualTo(json("{'effort':'high'}"));
    assertThat(body().path("max_tokens").asLong()).isEqualTo(4096 + 16384);
    assertThat(body().has("temperature")).isFalse();
    assertThat(body().has("top_p")).isFalse();
    assertThat(dropped()).containsExactly("temperature", "top_k");
  }

  private JsonNode choose(@Nullable ToolChoice value) {
    choice = value;
    return body().path("tool_choice");
  }

  private void say(Role role, String text) {
    say(role, new Content.Text(text));
  }

  private void say(Role role, Content... content) {
    messages.add(new Message(role, List.of(content)));
  }

  private static Content.ToolResult result(String id, String text) {
    return new Content.ToolResult(id, List.of(new Content.Text(text)), false);
  }

  private JsonNode body() {
    try {
      return Json.read(written().body());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> dropped() {
    return written().dropped();
  }

  private @Nullable String refused() {
    return catchThrowableOfType(RequestException.class, this::written).error().param();
  }

  private UpstreamRequest written() {
    Sampling sampling =
        new Sampling(temperature, topP, topK, maxTokens, stop, seed, null, null, null, null, null);
    ChatRequest request =
        new ChatRequest(
            model, messages, tools, choice, parallel, sampling, format, reasoning, false, false,
            user, metadata, Map.of());
    return new AnthropicProvider().write(request, new ModelDefaults(4096));
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
