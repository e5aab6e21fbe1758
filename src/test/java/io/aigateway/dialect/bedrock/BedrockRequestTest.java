package io.aigateway.dialect.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Citation;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request must look like for Bedrock to take it. */
class BedrockRequestTest {
  private static final String CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
  private static final String LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
  private static final JsonNode CACHED = json("{'type':'ephemeral'}");
  private static final Tool WEATHER =
      new Tool("get_weather", " ", json("{'type':'object','properties':{'city':{}}}"), null);
  private static final ResponseFormat.JsonSchema CITY =
      new ResponseFormat.JsonSchema(
          "city of x", null, json("{'type':'object','properties':{'name':{}}}"), true);

  private final List<Message> messages = new ArrayList<>();
  private String model = CLAUDE;
  private List<Tool> tools = List.of();
  private @Nullable ToolChoice choice;
  private @Nullable Boolean parallel;
  private @Nullable BigDecimal temperature;
  private @Nullable BigDecimal topP;
  private @Nullable Integer topK;
  private @Nullable Long maxTokens;
  private List<String> stop = List.of();
  private @Nullable ResponseFormat format;
  private @Nullable Reasoning reasoning;
  private @Nullable String user;

  @Test
  void systemMessagesAreHoistedWhereverTheyStand() {
    say(Role.SYSTEM, "Be brief.");
    say(Role.USER, "Hi");
    say(Role.SYSTEM, "  ");
    say(Role.SYSTEM, "Speak French.");
    say(Role.USER, "there");

    assertThat(body().path("system"))
        .isEqualTo(json("[{'text':'Be brief.'},{'text':'Speak French.'}]"));
    assertThat(body().path("messages"))
        .isEqualTo(json("[{'role':'user','content':[{'text':'Hi'},{'text':'there'}]}]"));
  }

  @Test
  void instructionsAloneAreWhatTheUserSays() {
    say(Role.SYSTEM, "Tell a joke.");

    assertThat(body().has("system")).isFalse();
    assertThat(body().path("messages"))
        .isEqualTo(json("[{'role':'user','content':[{'text':'Tell a joke.'}]}]"));
  }

  @Test
  void nothingToSayIsRefused() {
    say(Role.USER, " ");

    assertThat(refusedParam()).isEqualTo("messages");
  }

  @Test
  void userHasTheFirstTurn() {
    say(Role.USER, " ");
    say(Role.ASSISTANT, "Hello.");
    say(Role.USER, "Hi");

    assertThat(body().path("messages").findValuesAsText("role"))
        .containsExactly("user", "assistant", "user");
    assertThat(body().at("/messages/0/content/0/text").asText()).isNotBlank();
  }

  @Test
  void beginningOfAnAnswerEndsWithoutWhiteSpace() {
    say(Role.USER, "Hi");
    say(Role.ASSISTANT, "Well, \n");

    assertThat(body().at("/messages/1/content")).isEqualTo(json("[{'text':'Well,'}]"));
  }

  @Test
  void resultsOfOneTurnAreInTheOneNextTurnAndFirstInIt() {
    toolRound();
    say(Role.USER, "And now?");
    tools = List.of(WEATHER);

    JsonNode next = body().at("/messages/2");

    assertThat(next.path("role").asText()).isEqualTo("user");
    assertThat(next.path("content"))
        .isEqualTo(
            json(
                "[{'toolResult':{'toolUseId':'call_A','content':[{'text':'21'}]}},"
                    + "{'toolResult':{'toolUseId':'call_B','content':[{'text':'(empty)'}],"
                    + "'status':'error'}},{'text':'And now?'}]"));
  }

  @Test
  void idsThatBedrockRefusesAreWrittenAnew() {
    String odd = "call/" + "x".repeat(80);
    say(Role.USER, "Hi");
    say(Role.ASSISTANT, new Content.ToolCall(odd, "get_weather", "{}"));
    say(Role.TOOL, new Content.ToolResult(odd, List.of(new Content.Text("21")), false));
    tools = List.of(WEATHER);

    String id = body().at("/messages/1/content/0/toolUse/toolUseId").asText();

    assertThat(id).matches("[a-zA-Z0-9_-]{1,64}");
    assertThat(body().at("/messages/2/content/0/toolResult/toolUseId").asText()).isEqualTo(id);
  }

  @Test
  void toolsHaveAnObjectSchemaAndNoBlankDescription() {
    say(Role.USER, "Hi");
    tools = List.of(WEATHER, new Tool("b", "B", json("{'properties':{}}"), null, CACHED));

    assertThat(body().path("toolConfig"))
        .isEqualTo(
            json(
                "{'tools':[{'toolSpec':{'name':'get_weather','inputSchema':{'json':"
                    + "{'type':'object','properties':{'city':{}}}}}},"
                    + "{'toolSpec':{'name':'b','description':'B','inputSchema':{'json':"
                    + "{'properties':{},'type':'object'}}}},"
                    + "{'cachePoint':{'type':'default'}}]}"));
  }

  @Test
  void choiceOfAToolIsSaidInBedrocksWords() {
    say(Role.USER, "Hi");
    tools = List.of(WEATHER);

    choice = new ToolChoice.Auto();
    assertThat(choiceSent()).isEqualTo(json("{'auto':{}}"));
    choice = new ToolChoice.Required();
    assertThat(choiceSent()).isEqualTo(json("{'any':{}}"));
    choice = new ToolChoice.Named("get_weather");
    assertThat(choiceSent()).isEqualTo(json("{'tool':{'name':'get_weather'}}"));
  }

  @Test
  void forbiddenToolsAreLeftOut() {
    say(Role.USER, "Hi");
    tools = List.of(WEATHER);
    choice = new ToolChoice.None();

    assertThat(body().has("toolConfig")).isFalse();
  }

  @Test
  void forbiddenToolsOfAConversationThatUsedThemAreNamedAndForbiddenInWords() {
    toolRound();
    tools = List.of(WEATHER);
    choice = new ToolChoice.None();

    assertThat(body().at("/toolConfig/tools")).hasSize(1);
    assertThat(choiceSent().isMissingNode()).isTrue();
    assertThat(body().path("system").toString()).contains("without calling any tool");
  }

  @Test
  void toolsThatAreNoLongerOfferedAreStillKnown() {
    toolRound();

    assertThat(body().at("/toolConfig/tools").findValuesAsText("name"))
        .containsExactly("get_weather", "get_time");
    assertThat(body().path("system").toString()).contains("without calling any tool");
  }

  @Test
  void hintForOneCallAtATimeIsNamedAsLeftOut() {
    say(Role.USER, "Hi");
    tools = List.of(WEATHER);
    parallel = false;

    assertThat(write().dropped()).containsExactly("parallel_tool_calls");
  }

  @ParameterizedTest
  @CsvSource({"image/png,png", "image/jpeg,jpeg", "image/jpg,jpeg", "image/gif,gif"})
  void imagesHaveAFormat(String mediaType, String expected) {
    say(Role.USER, new Content.Image(new Content.Source.Base64(mediaType, "AAAA"), null));

    assertThat(body().at("/messages/0/content/0"))
        .isEqualTo(json("{'image':{'format':'%s','source':{'bytes':'AAAA'}}}".formatted(expected)));
  }

  @Test
  void whatBedrockCanNotFetchOrReadIsRefused() {
    List<Content> parts =
        List.of(
            new Content.Image(new Content.Source.Url("https://example.com/a.png"), null),
            new Content.Image(new Content.Source.Base64("image/tiff", "AAAA"), null),
            new Content.Document(new Content.Source.FileId("f"), null),
            new Content.Document(new Content.Source.Base64("application/zip", "AAAA"), null),
            new Content.Audio("AAAA", "wav"));
    for (Content part : parts) {
      messages.clear();
      say(Role.USER, part);
      assertThat(refusedParam()).isEqualTo("messages");
    }
  }

  @Test
  void documentsHaveNamesThatBedrockTakesAndWordsBesideThem() {
    say(
        Role.USER,
        new Content.Document(new Content.Source.Base64("application/pdf", "AAAA"), "a/b  c.pdf"),
        new Content.Document(new Content.Source.Base64("text/csv", "AAAA"), "a-b c.pdf"),
        new Content.Document(new Content.Source.PlainText("é"), null));

    JsonNode content = body().at("/messages/0/content");

    assertThat(content.findValuesAsText("name"))
        .containsExactly("a-b c-pdf", "a-b c-pdf 2", "document");
    assertThat(content.findValuesAsText("format")).containsExactly("pdf", "csv", "txt");
    assertThat(content.at("/2/document/source/bytes").asText())
        .isEqualTo(Base64.getEncoder().encodeToString("é".getBytes(StandardCharsets.UTF_8)));
    assertThat(content.at("/3/text").asText()).isNotBlank();
  }

  @Test
  void cacheHintsBecomeCachePoints() {
    say(Role.SYSTEM, new Content.Text("Be brief.", CACHED));
    say(Role.USER, new Content.Text("Long.", json("{'type':'ephemeral','ttl':'1h'}")));

    assertThat(body().path("system"))
        .isEqualTo(json("[{'text':'Be brief.'},{'cachePoint':{'type':'default'}}]"));
    assertThat(body().at("/messages/0/content"))
        .isEqualTo(json("[{'text':'Long.'},{'cachePoint':{'type':'default','ttl':'1h'}}]"));
  }

  @Test
  void modelsWithoutACacheGetNoCachePoints() {
    model = LLAMA;
    say(Role.USER, new Content.Text("Long.", CACHED));

    assertThat(body().toString()).doesNotContain("cachePoint");
    assertThat(write().dropped()).containsExactly("cache_control");
  }

  @Test
  void thoughtsGoBackWithTheirProof() {
    say(Role.USER, "Hi");
    say(
        Role.ASSISTANT,
        new Content.Thinking("2+2", "s", null),
        new Content.Thinking("", null, "d"),
        new Content.Thinking("unsigned", null, null),
        new Content.Thinking("another's", "gemini:s", null),
        new Content.Text("4"));
    say(Role.USER, "Sure?");

    assertThat(body().at("/messages/1/content"))
        .isEqualTo(
            json(
                "[{'reasoningContent':{'reasoningText':{'text':'2+2','signature':'s'}}},"
                    + "{'reasoningContent':{'redactedContent':'d'}},{'text':'4'}]"));
  }

  @Test
  void samplingIsSaidInBedrocksWords() {
    say(Role.USER, "Hi");
    temperature = new BigDecimal("0.3");
    topP = new BigDecimal("0.9");
    topK = 7;
    maxTokens = 300L;
    stop = List.of("END", " ");

    assertThat(body().path("inferenceConfig"))
        .isEqualTo(json("{'maxTokens':300,'temperature':0.3,'topP':0.9,'stopSequences':['END']}"));
    assertThat(body().path("additionalModelRequestFields")).isEqualTo(json("{'top_k':7}"));
    assertThat(body().path("additionalModelResponseFieldPaths"))
        .isEqualTo(json("['/stop_sequence']"));
    assertThat(write().dropped()).containsExactly("stop");
  }

  @Test
  void whatNobodySaidIsNotSent() {
    say(Role.USER, "Hi");

    assertThat(body().properties()).extracting(Map.Entry::getKey).containsExactly("messages");
  }

  @Test
  void fieldsOfClaudeAreNotSentToOthers() {
    model = LLAMA;
    say(Role.USER, "Hi");
    topK = 7;
    user = "u";
    stop = List.of("END");
    temperature = new BigDecimal("1.5");
    reasoning = new Reasoning(true, "high", null);

    assertThat(body().has("additionalModelRequestFields")).isFalse();
    assertThat(body().has("additionalModelResponseFieldPaths")).isFalse();
    assertThat(body().at("/inferenceConfig/temperature").decimalValue()).isEqualByComparingTo("1");
    assertThat(write().dropped())
        .containsExactly("reasoning_effort", "temperature", "top_k", "user");
  }

  @Test
  void thinkingHasRoomBelowTheLimit() {
    say(Role.USER, "Hi");
    reasoning = new Reasoning(true, null, 2000);
    maxTokens = 1000L;
    temperature = new BigDecimal("0.3");
    topP = new BigDecimal("0.5");
    topK = 7;

    assertThat(body().path("additionalModelRequestFields"))
        .isEqualTo(json("{'thinking':{'type':'enabled','budget_tokens':2000}}"));
    assertThat(body().path("inferenceConfig")).isEqualTo(json("{'maxTokens':3000}"));
    assertThat(write().dropped()).containsExactly("temperature", "top_p", "top_k");
  }

  @Test
  void modelDoesNotThinkWhereClaudeWouldRefuseTo() {
    toolRound();
    tools = List.of(WEATHER);
    reasoning = new Reasoning(true, "low", null);

    assertThat(body().has("additionalModelRequestFields")).isFalse();
    assertThat(write().dropped()).containsExactly("reasoning_effort");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "anthropic.claude-v2:1",
        "anthropic.claude-instant-v1",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0"
      })
  void oldClaudesDoNotThink(String old) {
    assertThat(ModelFamily.of(old).thinks()).isFalse();
    assertThat(ModelFamily.of("us.anthropic.claude-3-7-sonnet-20250219-v1:0").thinks()).isTrue();
  }

  @Test
  void schemaIsAForcedTool() {
    say(Role.USER, "Hi");
    format = CITY;

    assertThat(choiceSent()).isEqualTo(json("{'tool':{'name':'json_answer__city_of_x'}}"));
    assertThat(body().at("/toolConfig/tools/0/toolSpec/inputSchema/json")).isEqualTo(CITY.schema());
    assertThat(body().has("system")).isFalse();
  }

  @Test
  void schemaStandsInTheSystemTextWhereNoToolCanBeForced() {
    model = LLAMA;
    say(Role.USER, "Hi");
    format = CITY;

    assertThat(body().has("toolConfig")).isFalse();
    assertThat(body().path("system").toString()).contains("JSON schema");
  }

  private void toolRound() {
    say(Role.USER, "Weather and time?");
    say(
        Role.ASSISTANT,
        new Content.ToolCall("call_A", "get_weather", "{\"city\":\"Paris\"}"),
        new Content.ToolCall("call_B", "get_time", ""));
    say(Role.TOOL, new Content.ToolResult("call_A", List.of(new Content.Text("21")), false));
    say(Role.TOOL, new Content.ToolResult("call_B", List.of(new Content.Text("")), true));
  }

  private void say(Role role, String text) {
    say(role, new Content.Text(text));
  }

  private void say(Role role, Content... content) {
    messages.add(new Message(role, List.of(content)));
  }

  private JsonNode choiceSent() {
    return body().path("toolConfig").path("toolChoice");
  }

  private JsonNode body() {
    try {
      return Json.read(write().body());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private @Nullable String refusedParam() {
    RequestException refusal = catchThrowableOfType(RequestException.class, this::write);
    assertThat(refusal.error().status()).isEqualTo(400);
    return refusal.error().param();
  }

  private UpstreamRequest write() {
    Sampling sampling =
        new Sampling(temperature, topP, topK, maxTokens, stop, null, null, null, null, null, null);
    ChatRequest request =
        new ChatRequest(
            model, messages, tools, choice, parallel, sampling, format, reasoning, false, false,
            user, Map.of(), Map.of());
    return new RequestWriter(request, new ModelDefaults(4096)).write("/x");
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void documentsThatShallBeCitedSaySo() {
    Content.Document document =
        new Content.Document(new Content.Source.PlainText("x"), "t", "Old.", true, null);
    say(Role.USER, document);

    assertThat(body().at("/messages/0/content/0/document/citations/enabled").asBoolean()).isTrue();
    assertThat(body().at("/messages/0/content/0/document/context").asText()).isEqualTo("Old.");

    model = LLAMA;
    assertThat(body().at("/messages/0/content/0/document").has("citations")).isFalse();
    assertThat(write().dropped()).contains("messages.citations");
  }

  @Test
  void citationsOfATurnGoBack() {
    Citation citation = new Citation(Citation.Kind.CHARACTERS, 0, 2, 6, "late", "a", null);
    say(Role.USER, new Content.Text("When?"));
    say(Role.ASSISTANT, new Content.Text("Late.", List.of(citation), null));
    say(Role.USER, new Content.Text("Why?"));

    assertThat(body().at("/messages/1/content/0"))
        .isEqualTo(
            json(
                "{'citationsContent':{'content':[{'text':'Late.'}],'citations':[{'title':'a',"
                    + "'sourceContent':[{'text':'late'}],'location':{'documentChar':"
                    + "{'documentIndex':0,'start':2,'end':6}}}]}}"));
  }

  @Test
  void failedToolIsToldInWordsToModelsWithoutAStatus() {
    say(Role.USER, new Content.Text("Go"));
    say(
        Role.ASSISTANT,
        new Content.ToolCall("c1", "f", "{}"),
        new Content.ToolCall("c2", "f", "{}"));
    say(Role.TOOL, new Content.ToolResult("c1", List.of(new Content.Text("no")), true));
    say(Role.TOOL, new Content.ToolResult("c2", List.of(), true));
    assertThat(body().at("/messages/2/content/0/toolResult/status").asText()).isEqualTo("error");

    model = LLAMA;
    JsonNode results = body().at("/messages/2/content");
    assertThat(results.findValues("status")).isEmpty();
    assertThat(results.findValuesAsText("text")).containsExactly("Error: no", "Error");
  }

  @Test
  void answerIsHeldToItsSchemaWhereTheModelCanDoThat() throws JsonProcessingException {
    say(Role.USER, "Which city?");
    format =
        new ResponseFormat.JsonSchema(
            "city of x",
            null,
            json("{'type':'object','properties':{'city':{'type':'string'}}}"),
            null);

    JsonNode schema = body().at("/outputConfig/textFormat/structure/jsonSchema");
    assertThat(schema.path("name").asText()).isEqualTo("city_of_x");
    assertThat(
            Json.read(schema.path("schema").asText()).path("additionalProperties").asBoolean(true))
        .isFalse();
    assertThat(body().has("toolConfig")).isFalse();
  }

  @Test
  void newestModelsGetNoBudgetAndNoTemperature() {
    say(Role.USER, "Hi");
    model = "us.anthropic.claude-opus-4-7";
    reasoning = new Reasoning(true, "high", null);
    temperature = new BigDecimal("0.2");
    topK = 5;

    assertThat(body().path("additionalModelRequestFields"))
        .isEqualTo(
            json(
                "{'thinking':{'type':'adaptive','display':'summarized'},"
                    + "'output_config':{'effort':'high'}}"));
    assertThat(body().path("inferenceConfig").has("temperature")).isFalse();
    assertThat(write().dropped()).containsExactly("temperature", "top_k");
  }
}
