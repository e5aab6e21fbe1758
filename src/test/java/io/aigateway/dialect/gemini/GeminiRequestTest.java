package io.aigateway.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiRequestTest {
  private static final String HI = "'messages':[{'role':'user','content':'Hi'}]";
  private static final String TOOL =
      "'tools':[{'type':'function','function':{'name':'f','parameters':"
          + "{'type':'object','properties':{'a':{'type':'string'}}}}}]";

  @Test
  void saysAllInGeminisWords() {
    UpstreamRequest sent =
        write(
            "gemini-2.5-flash",
            "{'messages':[{'role':'system','content':'Be brief.'},"
                + "{'role':'user','content':[{'type':'text','text':'What?'},"
                + "{'type':'image_url','image_url':{'url':'data:image/jpg;base64,aGk='}},"
                + "{'type':'input_audio','input_audio':{'data':'aGk=','format':'wav'}},"
                + "{'type':'file','file':{'file_data':'data:application/pdf;base64,aGk='}}]},"
                + "{'role':'user','content':'And?'}],"
                + TOOL
                + ",'tool_choice':{'type':'function','function':{'name':'f'}},"
                + "'max_completion_tokens':9,'temperature':0.7,'top_p':0.9,'stop':'a','seed':7,"
                + "'n':2,'presence_penalty':0.5,'frequency_penalty':0,'logprobs':true,"
                + "'top_logprobs':2,'user':'u','logit_bias':{},'parallel_tool_calls':false}");

    assertThat(sent.path()).isEqualTo("/models/gemini-2.5-flash:generateContent");
    assertThat(sent.dropped()).containsExactly("parallel_tool_calls", "user", "logit_bias");
    assertThat(body(sent))
        .isEqualTo(
            json(
                "{'systemInstruction':{'parts':[{'text':'Be brief.'}]},"
                    + "'contents':[{'role':'user','parts':[{'text':'What?'},"
                    + "{'inlineData':{'mimeType':'image/jpeg','data':'aGk='}},"
                    + "{'inlineData':{'mimeType':'audio/wav','data':'aGk='}},"
                    + "{'inlineData':{'mimeType':'application/pdf','data':'aGk='}},"
                    + "{'text':'And?'}]}],"
                    + "'tools':[{'functionDeclarations':[{'name':'f','parametersJsonSchema':"
                    + "{'type':'object','properties':{'a':{'type':'string'}}}}]}],"
                    + "'toolConfig':{'functionCallingConfig':"
                    + "{'mode':'ANY','allowedFunctionNames':['f']}},"
                    + "'generationConfig':{'maxOutputTokens':9,'temperature':0.7,'topP':0.9,"
                    + "'stopSequences':['a'],'seed':7,'candidateCount':2,'presencePenalty':0.5,"
                    + "'responseLogprobs':true,'logprobs':2}}"));
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-flash,/models/gemini-2.5-flash",
    "models/gemini-2.5-pro,/models/gemini-2.5-pro",
    "tunedModels/mine,/tunedModels/mine",
    "a/../b?c#d,/models/a%2F..%2Fb%3Fc%23d",
    "'é x',/models/%C3%A9%20x",
    "..,/models/.."
  })
  void modelNeverLeavesItsPlaceInThePath(String name, String path) {
    assertThat(write(name, "{" + HI + "}").path()).isEqualTo(path + ":generateContent");
    assertThat(write(name, "{" + HI + ",'stream':true}").path())
        .isEqualTo(path + ":streamGenerateContent?alt=sse");
  }

  @Test
  void resultsStandFirstInTheTurnAfterTheirCalls() {
    UpstreamRequest sent =
        write(
            "gemini-2.5-flash",
            "{'messages':[{'role':'user','content':'Go'},{'role':'assistant','content':null,"
                + "'tool_calls':[{'id':'c1','type':'function','function':"
                + "{'name':'f','arguments':'{\\'a\\':1}'}},"
                + "{'id':'c2','type':'function','function':{'name':'g','arguments':''}}]},"
                + "{'role':'user','content':'Well?'},"
                + "{'role':'tool','tool_call_id':'c1','content':'2.50'},"
                + "{'role':'tool','tool_call_id':'c2','content':'14:05'}]}");

    assertThat(body(sent).path("contents"))
        .isEqualTo(
            json(
                "[{'role':'user','parts':[{'text':'Go'}]},"
                    + "{'role':'model','parts':["
                    + "{'functionCall':{'id':'c1','name':'f','args':{'a':1}}},"
                    + "{'functionCall':{'id':'c2','name':'g','args':{}}}]},"
                    + "{'role':'user','parts':["
                    + "{'functionResponse':{'id':'c1','name':'f','response':{'output':'2.50'}}},"
                    + "{'functionResponse':{'id':'c2','name':'g','response':{'output':'14:05'}}},"
                    + "{'text':'Well?'}]}]"));
  }

  @Test
  void failedResultSaysSoAndShowsItsPictures() {
    Content.Image image = new Content.Image(new Content.Source.Base64("image/png", "aGk="), null);
    JsonNode contents =
        contents(
            "gemini-2.5-flash",
            new Message(Role.ASSISTANT, List.of(new Content.ToolCall("c1", "f", "{}"))),
            new Message(
                Role.TOOL,
                List.of(
                    new Content.ToolResult("c1", List.of(new Content.Text("no"), image), true))));

    assertThat(contents.path(1).path("parts"))
        .isEqualTo(
            json(
                "[{'functionResponse':{'id':'c1','name':'f','response':{'error':'no'}}},"
                    + "{'inlineData':{'mimeType':'image/png','data':'aGk='}}]"));
  }

  @Test
  void signaturesComeBackToWhereTheyWere() {
    JsonNode contents =
        contents(
            "gemini-3-pro-preview",
            new Message(Role.USER, List.of(new Content.Text("Go"))),
            new Message(
                Role.ASSISTANT,
                List.of(
                    new Content.Thinking("hm", "gemini:AAAA", null),
                    new Content.Text("See."),
                    new Content.Thinking("", "gemini:CCCC", null),
                    new Content.ToolCall(Signatures.sealed("c1", "gemini", "AQI="), "f", "{}"),
                    new Content.ToolCall("c2", "f", "{}"),
                    new Content.Thinking("", "gemini:BBBB", null))));

    assertThat(contents.path(1).path("parts"))
        .isEqualTo(
            json(
                "[{'thought':true,'text':'hm'},{'text':'See.','thoughtSignature':'AAAA'},"
                    + "{'text':'','thoughtSignature':'CCCC'},"
                    + "{'functionCall':{'id':'c1','name':'f','args':{}},"
                    + "'thoughtSignature':'AQI='},"
                    + "{'functionCall':{'id':'c2','name':'f','args':{}}},"
                    + "{'text':'','thoughtSignature':'BBBB'}]"));
  }

  @Test
  void signatureOfACallSurvivesAnOpenAiCaller() {
    String answered =
        "{'candidates':[{'content':{'parts':[{'functionCall':{'id':'c1','name':'f','args':{}},"
            + "'thoughtSignature':'A+/='}]},'finishReason':'STOP'}]}";
    ChatReply reply = new GeminiProvider().read(Json.bytes(json(answered)));
    Envelope envelope = new Envelope("r", "gemini", "m", 1, false, 1, () -> 1);

    JsonNode message =
        json(new String(new OpenAiCaller().write(reply, envelope), StandardCharsets.UTF_8))
            .at("/choices/0/message");
    String id = message.at("/tool_calls/0/id").asText();
    JsonNode contents =
        body(write(
                "gemini-3-pro-preview",
                "{'messages':[{'role':'user','content':'Go'},"
                    + message
                    + ",{'role':'tool','tool_call_id':'"
                    + id
                    + "','content':'ok'}]}"))
            .path("contents");

    assertThat(contents.at("/1/parts/0"))
        .isEqualTo(
            json("{'functionCall':{'id':'c1','name':'f','args':{}},'thoughtSignature':'A+/='}"));
    assertThat(contents.at("/2/parts/0/functionResponse/id").asText()).isEqualTo("c1");
  }

  @Test
  void videosAreSentAsBytesOrByAddress() {
    JsonNode parts =
        body(write(
                "gemini-2.5-flash",
                "{'messages':[{'role':'user','content':["
                    + "{'type':'video_url','video_url':{'url':'data:video/webm;base64,aGk='}},"
                    + "{'type':'video_url','video_url':{'url':'https://a.b/c'}}]}]}"))
            .at("/contents/0/parts");

    assertThat(parts)
        .isEqualTo(
            json(
                "[{'inlineData':{'mimeType':'video/webm','data':'aGk='}},"
                    + "{'fileData':{'mimeType':'video/mp4','fileUri':'https://a.b/c'}}]"));
  }

  @Test
  void thoughtsOfOthersAreLeftOut() {
    Message spoken =
        new Message(
            Role.ASSISTANT,
            List.of(
                new Content.Thinking("hm", "sig", null),
                new Content.Thinking("", null, "secret"),
                new Content.Rest("openai", "audio", Json.object()),
                new Content.ToolCall("c1", "f", "{}")));

    assertThat(contents("gemini-2.5-pro", spoken).path(0).path("parts"))
        .isEqualTo(json("[{'functionCall':{'id':'c1','name':'f','args':{}}}]"));
    // Gemini 3 refuses a call without any signature
    assertThat(contents("gemini-3-pro-preview", spoken).at("/0/parts/0/thoughtSignature").asText())
        .isEqualTo("skip_thought_signature_validator");
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-flash,low,1024",
    "gemini-2.5-flash,medium,8192",
    "gemini-2.5-flash,high,24576",
    "gemini-flash-latest,low,1024",
    "gemini-2.5-flash,none,0",
    "gemini-2.5-pro,none,128"
  })
  void effortIsABudget(String model, String effort, int budget) {
    JsonNode thinking = thinking(model, effort);

    assertThat(thinking.path("thinkingBudget").asInt(-9)).isEqualTo(budget);
    assertThat(thinking.path("includeThoughts").asBoolean()).isEqualTo(!effort.equals("none"));
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-3-pro-preview,minimal,low",
    "gemini-3-pro-preview,medium,high",
    "gemini-3-flash-preview,medium,medium",
    "gemini-3-flash-preview,none,minimal",
    "gemini-3.1-pro-preview,high,high"
  })
  void effortIsALevelFromGemini3On(String model, String effort, String level) {
    assertThat(thinking(model, effort).path("thinkingLevel").asText()).isEqualTo(level);
  }

  @Test
  void budgetIsKeptWithinWhatTheModelTakes() {
    assertThat(thinking("gemini-2.5-pro", new Reasoning(true, null, 100_000)))
        .isEqualTo(json("{'includeThoughts':true,'thinkingBudget':32768}"));
    assertThat(thinking("gemini-2.5-flash-lite", new Reasoning(true, null, 100)))
        .isEqualTo(json("{'includeThoughts':true,'thinkingBudget':512}"));
    assertThat(thinking("gemini-3-pro-preview", new Reasoning(true, null, 2000)))
        .isEqualTo(json("{'includeThoughts':true,'thinkingBudget':2000}"));
  }

  @Test
  void modelsThatDoNotThinkAreNotAskedTo() {
    UpstreamRequest sent = write("gemini-2.0-flash", "{" + HI + ",'reasoning_effort':'low'}");

    assertThat(body(sent).has("generationConfig")).isFalse();
    assertThat(sent.dropped()).containsExactly("reasoning_effort");
  }

  @Test
  void formatIsAskedForInWordsWhereFunctionsStandInItsWay() {
    String format =
        "'response_format':{'type':'json_schema','json_schema':{'name':'s',"
            + "'schema':{'type':'object','properties':{'name':{'type':'string'}}}}}";
    String json =
        "{'responseMimeType':'application/json','responseJsonSchema':"
            + "{'type':'object','properties':{'name':{'type':'string'}}}}";

    JsonNode alone = body(write("gemini-2.5-flash", "{" + HI + "," + format + "}"));
    JsonNode beside = body(write("gemini-2.5-flash", "{" + HI + "," + TOOL + "," + format + "}"));
    JsonNode newer = body(write("gemini-3-pro", "{" + HI + "," + TOOL + "," + format + "}"));

    assertThat(alone.path("generationConfig")).isEqualTo(json(json));
    assertThat(beside.has("generationConfig")).isFalse();
    assertThat(beside.at("/systemInstruction/parts/0/text").asText()).contains("\"name\"");
    assertThat(newer.path("generationConfig")).isEqualTo(json(json));
    assertThat(
            body(write("gemini-2.5-pro", "{" + HI + ",'response_format':{'type':'json_object'}}"))
                .path("generationConfig"))
        .isEqualTo(json("{'responseMimeType':'application/json'}"));
  }

  @Test
  void schemasLoseOnlyWhatGeminiRefuses() {
    JsonNode schema =
        json(
            "{'$schema':'x','type':'object','properties':{"
                + "'const':{'const':'a'},'examples':{'exclusiveMinimum':0,'type':'integer',"
                + "'examples':[1]},'r':{'$ref':'#/$defs/d','description':'x'},"
                + "'f':{'type':'number','exclusiveMaximum':1.5,'default':{'$schema':1}}},"
                + "'$defs':{'d':{'type':['string','null']}},'additionalProperties':false}");

    assertThat(json(Schemas.reduced(schema).toString()))
        .isEqualTo(
            json(
                "{'type':'object','properties':{"
                    + "'const':{'enum':['a']},'examples':{'minimum':1,'type':'integer'},"
                    + "'r':{'$ref':'#/$defs/d'},"
                    + "'f':{'type':'number','maximum':1.5,'default':{'$schema':1}}},"
                    + "'$defs':{'d':{'type':['string','null']}},'additionalProperties':false}"));
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-flash,https://example.com/a.PNG?x=.pdf,image/png",
    "gemini-2.5-flash,https://example.com/a,image/jpeg",
    "gemini-2.0-flash,https://generativelanguage.googleapis.com/v1beta/files/abc,"
  })
  void addressesThatGeminiReadsItselfAreHandedOn(String model, String url, @Nullable String type) {
    JsonNode file = contents(model, image(url)).at("/0/parts/0/fileData");

    assertThat(file.path("fileUri").asText()).isEqualTo(url);
    assertThat(file.path("mimeType").textValue()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-flash,http://example.com/a.png",
    "gemini-2.0-flash,https://example.com/a.png",
    "gemini-2.5-flash,ftp://example.com/a.png"
  })
  void addressesThatNobodyFetchesAreRefused(String model, String url) {
    assertThatThrownBy(() -> contents(model, image(url)))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("messages"));
  }

  @Test
  void filesAreNamedByGeminisOwnIdsOnly() {
    assertThat(contents("m", file("files/abc")).at("/0/parts/0/fileData/fileUri").asText())
        .isEqualTo("https://generativelanguage.googleapis.com/v1beta/files/abc");
    assertThatThrownBy(() -> contents("m", file("file-abc"))).isInstanceOf(RequestException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "[{'type':'text','text':''}]"})
  void emptyConversationIsRefused(String content) {
    assertThatThrownBy(() -> write("m", "{'messages':[{'role':'user','content':" + content + "}]}"))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("messages"));
  }

  @Test
  void instructionsAloneAreWhatTheUserSays() {
    JsonNode body = body(write("m", "{'messages':[{'role':'system','content':'Sing.'}]}"));

    assertThat(body).isEqualTo(json("{'contents':[{'role':'user','parts':[{'text':'Sing.'}]}]}"));
  }

  private static Message image(String url) {
    return new Message(Role.USER, List.of(new Content.Image(new Content.Source.Url(url), null)));
  }

  private static Message file(String id) {
    return new Message(
        Role.USER, List.of(new Content.Document(new Content.Source.FileId(id), null)));
  }

  private static JsonNode thinking(String model, String effort) {
    return body(write(model, "{" + HI + ",'reasoning_effort':'" + effort + "'}"))
        .at("/generationConfig/thinkingConfig");
  }

  private static JsonNode thinking(String model, Reasoning reasoning) {
    return ThinkingConfig.of(reasoning, Model.of(model));
  }

  private static JsonNode contents(String model, Message... messages) {
    ChatRequest request =
        new ChatRequest(
            model,
            List.of(messages),
            List.of(),
            null,
            null,
            Sampling.UNSET,
            null,
            null,
            false,
            false,
            null,
            Map.of(),
            Map.of());
    return body(new GeminiProvider().write(request, new ModelDefaults(1))).path("contents");
  }

  /** Writes what an OpenAI caller asks. */
  private static UpstreamRequest write(String model, String body) {
    ObjectNode asked = (ObjectNode) json(body);
    asked.put("model", model);
    ChatRequest request = new OpenAiCaller().read(Json.bytes(asked));
    return new GeminiProvider().write(request, new ModelDefaults(1));
  }

  private static JsonNode body(UpstreamRequest sent) {
    return json(new String(sent.body(), StandardCharsets.UTF_8));
  }

  /** JSON written with single quotes. */
  private static JsonNode json(String text) {
    try {
      return Json.read(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
