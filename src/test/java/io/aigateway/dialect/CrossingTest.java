package io.aigateway.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.ObjectMappers;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.ResponseStreamEvent;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.anthropic.AnthropicCaller;
import io.aigateway.dialect.anthropic.AnthropicProvider;
import io.aigateway.dialect.bedrock.AwsCredentials;
import io.aigateway.dialect.bedrock.BedrockProvider;
import io.aigateway.dialect.gemini.GeminiProvider;
import io.aigateway.dialect.mistral.MistralProvider;
import io.aigateway.dialect.ollama.OllamaProvider;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.dialect.responses.ResponsesCaller;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseSplitter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a thing on its way through two dialects, there and back? */
class CrossingTest {
  private static final OpenAiCaller OPENAI = new OpenAiCaller();
  private static final AnthropicCaller ANTHROPIC = new AnthropicCaller();
  private static final ResponsesCaller RESPONSES = new ResponsesCaller();

  private static final String PLAIN =
      "{'model':'m','messages':[{'role':'user','content':'x'}],'input':'x'}";
  private static final String CHUNK = "{'id':'c','model':'m','choices':[{'index':0,'delta':";

  private static final String LIKELY =
      "[{'token':'Hi','logprob':-0.1,'bytes':[72,105],'top_logprobs':[]}]";
  private static final String HALF =
      "[{'token':'h','logprob':-0.2,'bytes':[240],'top_logprobs':[]}]";

  private static final String PICTURE =
      "{'type':'image_url','index':0,'image_url':{'url':'data:image/png;base64,aGk='}}";
  private static final String GEMINI_PICTURE =
      "{'candidates':[{'content':{'role':'model','parts':[{'text':'Here:'},"
          + "{'inlineData':{'mimeType':'image/png','data':'aGk='},'thoughtSignature':'AQID'}]},"
          + "'finishReason':'STOP','index':0}]}";

  private static ProviderDialect bedrock() {
    return new BedrockProvider(AwsCredentials.ofDefaultChain(Clock.systemUTC()));
  }

  private static Envelope envelope(String request) {
    return new Envelope("req-1", "p", "m", 1L, true, 1, () -> bytes(request), () -> 1L);
  }

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(bytes(text));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The provider's whole answer as the caller gets it. */
  private static JsonNode whole(
      ProviderDialect provider, String answer, CallerDialect caller, String request)
      throws JsonProcessingException {
    return Json.read(caller.write(provider.read(bytes(answer)), envelope(request)));
  }

  /** The data of a stream's events as the caller gets them, without the end mark. */
  private static List<JsonNode> streamed(
      ProviderDialect provider, CallerDialect caller, String request, String... pieces)
      throws JsonProcessingException {
    CallerDialect.EventWriter writer = caller.events(envelope(request));
    ProviderDialect.EventReader reader = provider.events();
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 20);
    List<ChatEvent> events = new ArrayList<>();
    for (String piece : pieces) {
      byte[] data = bytes(piece);
      reader.read(new Frame(data, null, data), events::add);
    }
    if (!(events.get(events.size() - 1) instanceof ChatEvent.End)) {
      events.add(new ChatEvent.End());
    }
    for (ChatEvent event : events) {
      byte[] written = writer.write(event);
      if (written != null) {
        splitter.feed(written, frames::add);
      }
    }
    List<JsonNode> all = new ArrayList<>();
    for (Frame frame : frames) {
      if (!frame.isBlank() && frame.data()[0] == '{') {
        all.add(Json.read(frame.data()));
      }
    }
    return all;
  }

  private static UpstreamRequest asked(
      CallerDialect caller, String request, ProviderDialect provider, String model) {
    UpstreamRequest adapted = provider.adapt(caller.name(), bytes(request), model);
    return adapted != null
        ? adapted
        : provider.write(caller.read(bytes(request)).withModel(model), new ModelDefaults(4096));
  }

  private static JsonNode body(
      CallerDialect caller, String request, ProviderDialect provider, String model)
      throws JsonProcessingException {
    return Json.read(asked(caller, request, provider, model).body());
  }

  private static JsonNode last(List<JsonNode> events) {
    return events.get(events.size() - 1);
  }

  // ---- how likely words are

  @Test
  void probabilitiesComeWithTheirWords() throws JsonProcessingException {
    String[] stream = {
      CHUNK + "{'role':'assistant','content':''},'logprobs':{'content':[]}}]}",
      CHUNK + "{'content':'Hi'},'logprobs':{'content':" + LIKELY + ",'refusal':null}}]}",
      CHUNK + "{'content':''},'logprobs':{'content':" + HALF + "}}]}",
      CHUNK + "{'content':'!'},'logprobs':{'content':" + LIKELY + "}}]}",
      CHUNK + "{'content':''},'logprobs':{'content':" + HALF + "}}]}",
      CHUNK + "{},'finish_reason':'stop'}]}"
    };
    List<JsonNode> responses = streamed(new OpenAiProvider(), RESPONSES, PLAIN, stream);
    List<JsonNode> deltas =
        responses.stream()
            .filter(event -> event.path("type").asText().equals("response.output_text.delta"))
            .toList();
    assertThat(deltas.get(0).path("logprobs")).isEqualTo(json(LIKELY));
    assertThat(deltas.get(1).path("logprobs")).hasSize(2);
    assertThat(last(responses).at("/response/output/0/content/0/logprobs")).hasSize(4);

    List<JsonNode> chunks = streamed(new OpenAiProvider(), OPENAI, PLAIN, stream);
    assertThat(chunks.get(1).at("/choices/0/logprobs/content")).isEqualTo(json(LIKELY));
    assertThat(chunks.get(2).at("/choices/0/logprobs/content")).hasSize(2);
    assertThat(chunks.get(3).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(chunks.get(3).at("/choices/0/logprobs/content")).isEqualTo(json(HALF));

    assertThat(streamed(new OpenAiProvider(), ANTHROPIC, PLAIN, stream))
        .extracting(event -> event.path("type").asText())
        .containsExactly(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
  }

  @Test
  void wholeAnswerHasItsProbabilities() throws JsonProcessingException {
    String answer =
        "{'choices':[{'message':{'content':'Hi'},'logprobs':{'content':"
            + LIKELY
            + "},'finish_reason':'stop'}]}";

    assertThat(
            whole(new OpenAiProvider(), answer, RESPONSES, PLAIN)
                .at("/output/0/content/0/logprobs"))
        .isEqualTo(json(LIKELY));
  }

  // ---- pictures

  @Test
  void picturesOfAModelReachEveryCaller() throws JsonProcessingException {
    GeminiProvider gemini = new GeminiProvider();
    JsonNode block =
        json("{'type':'image','source':{'type':'base64','media_type':'image/png','data':'aGk='}}");

    assertThat(whole(gemini, GEMINI_PICTURE, OPENAI, PLAIN).at("/choices/0/message/images/0"))
        .isEqualTo(json(PICTURE));
    assertThat(whole(gemini, GEMINI_PICTURE, ANTHROPIC, PLAIN).at("/content/2")).isEqualTo(block);
    JsonNode item = whole(gemini, GEMINI_PICTURE, RESPONSES, PLAIN).at("/output/2");
    assertThat(item.path("type").asText()).isEqualTo("image_generation_call");
    assertThat(item.path("result").asText()).isEqualTo("aGk=");

    assertThat(
            streamed(gemini, OPENAI, PLAIN, GEMINI_PICTURE).get(2).at("/choices/0/delta/images/0"))
        .isEqualTo(json(PICTURE));
    assertThat(streamed(gemini, ANTHROPIC, PLAIN, GEMINI_PICTURE))
        .anyMatch(event -> event.path("content_block").equals(block));
    assertThat(last(streamed(gemini, RESPONSES, PLAIN, GEMINI_PICTURE)).at("/response/output/2"))
        .isEqualTo(item);
  }

  @Test
  void picturesOfProvidersOfOpenAisDialectReachOtherCallers() throws JsonProcessingException {
    String answer =
        "{'choices':[{'message':{'content':'Here:','images':["
            + PICTURE
            + "]},'finish_reason':'stop'}]}";
    String piece = CHUNK + "{'content':'','images':[" + PICTURE + "]},'finish_reason':'stop'}]}";

    assertThat(
            whole(new OpenAiProvider(), answer, ANTHROPIC, PLAIN)
                .at("/content/1/source/data")
                .asText())
        .isEqualTo("aGk=");
    assertThat(
            last(streamed(new OpenAiProvider(), RESPONSES, PLAIN, piece))
                .at("/response/output/0/result")
                .asText())
        .isEqualTo("aGk=");
  }

  @Test
  void streamWithAPictureIsWhatOpenAisClientAccumulates() throws JsonProcessingException {
    ResponseAccumulator accumulator = ResponseAccumulator.createWithSnapshots();
    String asked = "{'model':'m','input':'x'}";
    for (JsonNode event : streamed(new GeminiProvider(), RESPONSES, asked, GEMINI_PICTURE)) {
      ResponseStreamEvent read =
          ObjectMappers.jsonMapper().readValue(Json.text(event), ResponseStreamEvent.class);
      read.validate();
      accumulator.accumulate(read);
    }
    assertThat(accumulator.response().output().get(2).asImageGenerationCall().result())
        .contains("aGk=");
  }

  @Test
  void pictureComesBackToGeminiWithItsSignature() throws JsonProcessingException {
    String wanted =
        "[{'text':'Here:'},{'inlineData':{'mimeType':'image/png','data':'aGk='},"
            + "'thoughtSignature':'AQID'}]";
    JsonNode message = whole(new GeminiProvider(), GEMINI_PICTURE, ANTHROPIC, PLAIN);
    String next =
        "{'model':'m','max_tokens':9,'messages':[{'role':'user','content':'x'},{'role':'assistant',"
            + "'content':"
            + message.path("content")
            + "},{'role':'user','content':'bluer'}]}";
    assertThat(
            body(ANTHROPIC, next, new GeminiProvider(), "gemini-3-pro-image")
                .at("/contents/1/parts"))
        .isEqualTo(json(wanted));

    JsonNode output = whole(new GeminiProvider(), GEMINI_PICTURE, RESPONSES, PLAIN).path("output");
    String items = output.toString().replaceFirst("]$", ",{'role':'user','content':'bluer'}]");
    assertThat(
            body(
                    RESPONSES,
                    "{'model':'m','input':" + items + "}",
                    new GeminiProvider(),
                    "gemini-3-pro-image")
                .at("/contents/0/parts"))
        .isEqualTo(json(wanted));

    String chat =
        "{'model':'m','modalities':['image','text'],'messages':[{'role':'user','content':'x'},"
            + "{'role':'assistant','content':'Here:','images':["
            + PICTURE
            + "]},{'role':'user','content':'bluer'}]}";
    JsonNode body = body(OPENAI, chat, new GeminiProvider(), "gemini-2.5-flash-image");
    assertThat(body.at("/contents/1/parts/1/inlineData/data").asText()).isEqualTo("aGk=");
    assertThat(body.at("/generationConfig/responseModalities")).isEqualTo(json("['IMAGE','TEXT']"));
    assertThat(asked(OPENAI, chat, new GeminiProvider(), "gemini-2.5-flash-image").dropped())
        .isEmpty();
  }

  @Test
  void whereAModelCanNotDrawThatIsToldByName() {
    String chat = "{'model':'m','modalities':['image'],'messages':[{'role':'user','content':'x'}]}";
    assertThatThrownBy(() -> asked(OPENAI, chat, new AnthropicProvider(), "claude-sonnet-4-5"))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("modalities"));
    String spoken = chat.replace("image", "audio");
    assertThatThrownBy(() -> asked(OPENAI, spoken, new GeminiProvider(), "gemini-2.5-flash"))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("modalities"));
    String shown =
        "{'model':'m','messages':[{'role':'user','content':'x'},{'role':'assistant','content':'',"
            + "'images':["
            + PICTURE
            + "]},{'role':'user','content':'y'}]}";
    for (ProviderDialect provider : List.of(new AnthropicProvider(), bedrock())) {
      assertThatThrownBy(() -> asked(OPENAI, shown, provider, "claude-sonnet-4-5"))
          .isInstanceOfSatisfying(
              RequestException.class, e -> assertThat(e.error().param()).isEqualTo("messages"));
    }
  }

  // ---- what was found

  @Test
  void searchResultsAreSaidToEveryProvider() throws JsonProcessingException {
    String found =
        "{'type':'search_result','source':'https://a.example','title':'A page','content':[{'type':"
            + "'text','text':'It is so.'}],'citations':{'enabled':true},"
            + "'cache_control':{'type':'ephemeral'}}";
    String asked =
        "{'model':'m','max_tokens':9,'messages':[{'role':'user','content':["
            + found
            + ",{'type':'text','text':'Is it?'}]},{'role':'assistant','content':[{'type':"
            + "'tool_use','id':'t1','name':'f','input':{}}]},{'role':'user','content':[{'type':"
            + "'tool_result','tool_use_id':'t1','content':["
            + found
            + "]}]}],'tools':[{'name':'f','input_schema':{'type':'object'}}]}";
    String text = "A page\\nhttps://a.example\\n\\nIt is so.";

    JsonNode bedrock = body(ANTHROPIC, asked, bedrock(), "anthropic.claude-sonnet-4-5-v1:0");
    JsonNode block =
        json(
            "{'searchResult':{'source':'https://a.example','title':'A page',"
                + "'content':[{'text':'It is so.'}],'citations':{'enabled':true}}}");
    assertThat(bedrock.at("/messages/0/content/0")).isEqualTo(block);
    assertThat(bedrock.at("/messages/0/content/1").has("cachePoint")).isTrue();
    assertThat(bedrock.at("/messages/2/content/0/toolResult/content/0")).isEqualTo(block);
    assertThat(bedrock.at("/messages/2/content/1").has("cachePoint")).isTrue();

    assertThat(
            body(ANTHROPIC, asked, new AnthropicProvider(), "claude-opus-4-5")
                .at("/messages/0/content/0"))
        .isEqualTo(json(found));
    assertThat(body(ANTHROPIC, asked, new OpenAiProvider(), "gpt-4o").toString())
        .contains("'text':'".replace('\'', '"') + text, "\"content\":\"" + text);
    assertThat(body(ANTHROPIC, asked, new GeminiProvider(), "gemini-2.5-pro").toString())
        .contains("{\"text\":\"" + text, "{\"output\":\"" + text);
    assertThat(body(ANTHROPIC, asked, new OllamaProvider(), "llama3.2").toString())
        .contains(text + "Is it?", "\"content\":\"" + text + "\"");
    assertThat(asked(ANTHROPIC, asked, new MistralProvider(), "mistral-large-latest").dropped())
        .contains("cache_control", "messages.citations");
  }

  @Test
  void whatTheWholeRequestShallKeepIsSaidWhereThatCanBeSaid() throws JsonProcessingException {
    String asked =
        "{'model':'m','max_tokens':9,'cache_control':{'type':'ephemeral','ttl':'1h'},'messages':["
            + "{'role':'user','content':'x'}]}";
    JsonNode point = json("{'cachePoint':{'type':'default','ttl':'1h'}}");

    for (CallerDialect caller : List.of(ANTHROPIC, OPENAI)) {
      UpstreamRequest sent = asked(caller, asked, bedrock(), "anthropic.claude-sonnet-4-5-v1:0");
      assertThat(Json.read(sent.body()).at("/messages/0/content/1")).isEqualTo(point);
      assertThat(sent.dropped()).isEmpty();
    }
    UpstreamRequest claude = asked(OPENAI, asked, new AnthropicProvider(), "claude-sonnet-4-5");
    assertThat(Json.read(claude.body()).path("cache_control").path("ttl").asText()).isEqualTo("1h");
    assertThat(claude.dropped()).isEmpty();
    assertThat(asked(ANTHROPIC, asked, bedrock(), "meta.llama3-3-70b-instruct-v1:0").dropped())
        .containsExactly("cache_control");
    assertThat(asked(ANTHROPIC, asked, new GeminiProvider(), "gemini-2.5-pro").dropped())
        .containsExactly("cache_control");
  }

  @Test
  void hintInsideAResultHoldsForTheResult() throws JsonProcessingException {
    String asked =
        "{'model':'m','max_tokens':9,'messages':[{'role':'user','content':'x'},{'role':'assistant',"
            + "'content':[{'type':'tool_use','id':'t1','name':'f','input':{}}]},{'role':'user',"
            + "'content':[{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text',"
            + "'text':'r','cache_control':{'type':'ephemeral'}}]}]}],"
            + "'tools':[{'name':'f','input_schema':{'type':'object'}}]}";

    assertThat(
            body(ANTHROPIC, asked, bedrock(), "anthropic.claude-sonnet-4-5-v1:0")
                .at("/messages/2/content/1"))
        .isEqualTo(json("{'cachePoint':{'type':'default'}}"));
  }

  // ---- the words before tools

  @Test
  void callerOfFunctionsIsToldOfOneFunctionCall() throws JsonProcessingException {
    String asked =
        "{'model':'m','max_tokens':9,'messages':[{'role':'user','content':'x'}],"
            + "'functions':[{'name':'f','parameters':{'type':'object'}}]}";
    String answer =
        "{'type':'message','content':[{'type':'tool_use','id':'t1','name':'f','input':{'a':1}},"
            + "{'type':'tool_use','id':'t2','name':'f','input':{'a':2}}],'stop_reason':'tool_use'}";
    JsonNode choice = whole(new AnthropicProvider(), answer, OPENAI, asked).at("/choices/0");
    assertThat(choice.at("/message/function_call"))
        .isEqualTo(json("{'name':'f','arguments':'#'}".replace("#", "{\\\"a\\\":1}")));
    assertThat(choice.path("message").has("tool_calls")).isFalse();
    assertThat(choice.path("finish_reason").asText()).isEqualTo("function_call");

    List<JsonNode> chunks =
        streamed(
            new AnthropicProvider(),
            OPENAI,
            asked,
            "{'type':'message_start','message':{'usage':{'input_tokens':1}}}",
            "{'type':'content_block_start','index':0,'content_block':{'type':'tool_use','id':'t1',"
                + "'name':'f','input':{}}}",
            "{'type':'content_block_delta','index':0,'delta':{'type':'input_json_delta',"
                + "'partial_json':'{}'}}",
            "{'type':'content_block_stop','index':0}",
            "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'t2',"
                + "'name':'f','input':{}}}",
            "{'type':'content_block_stop','index':1}",
            "{'type':'message_delta','delta':{'stop_reason':'tool_use'}}",
            "{'type':'message_stop'}");
    assertThat(chunks.get(1).at("/choices/0/delta"))
        .isEqualTo(json("{'function_call':{'name':'f','arguments':''}}"));
    assertThat(chunks.get(2).at("/choices/0/delta"))
        .isEqualTo(json("{'function_call':{'arguments':'{}'}}"));
    assertThat(chunks.get(3).at("/choices/0/finish_reason").asText()).isEqualTo("function_call");

    assertThat(
            body(OPENAI, asked, new AnthropicProvider(), "claude-sonnet-4-5").path("tool_choice"))
        .isEqualTo(json("{'type':'auto','disable_parallel_tool_use':true}"));
  }

  @Test
  void toolsThatAreOnlyMentionedChangeNothing() throws JsonProcessingException {
    String asked =
        "{'model':'m','messages':[{'role':'user','content':'say #functions#'}],'tools':[]}"
            .replace("#", "\\\"");
    String answer =
        "{'type':'message','content':[{'type':'tool_use','id':'t1','name':'f','input':{}}],"
            + "'stop_reason':'tool_use'}";

    assertThat(
            whole(new AnthropicProvider(), answer, OPENAI, asked)
                .at("/choices/0/message/tool_calls/0/id")
                .asText())
        .isEqualTo("t1");
  }

  // ---- ends

  @Test
  void answerThatBrokeOffIsNone() {
    for (String word : List.of("error", "abort", "insufficient_system_resource")) {
      String answer = "{'choices':[{'message':{'content':'Hi'},'finish_reason':'" + word + "'}]}";
      assertThatThrownBy(() -> new OpenAiProvider().read(bytes(answer)))
          .isInstanceOfSatisfying(
              MalformedReplyException.class,
              e -> assertThat(e.kind()).isEqualTo(TargetException.Kind.MALFORMED));
      assertThatThrownBy(
              () ->
                  streamed(
                      new OpenAiProvider(),
                      ANTHROPIC,
                      PLAIN,
                      CHUNK + "{'content':''},'finish_reason':'" + word + "'}]}"))
          .isInstanceOf(MalformedReplyException.class);
    }
    assertThatThrownBy(
            () ->
                bedrock()
                    .read(
                        bytes(
                            "{'output':{'message':{'content':[]}},"
                                + "'stopReason':'malformed_tool_use'}")))
        .isInstanceOfSatisfying(
            MalformedReplyException.class,
            e -> assertThat(e.kind()).isEqualTo(TargetException.Kind.NO_ANSWER));
  }

  // ---- thoughts to providers of OpenAI's dialect

  private static ProviderDialect variant(String name) {
    return new OpenAiProvider().at(new Place("localhost", "", "", name));
  }

  private static String anthropicLoop(String thought) {
    return "{'model':'m','max_tokens':9,'top_k':3,'thinking':{'type':'enabled','budget_tokens':2000},"
        + "'system':[{'type':'text','text':'S','cache_control':{'type':'ephemeral'}}],'messages':["
        + "{'role':'user','content':'x'},{'role':'assistant','content':["
        + thought
        + "{'type':'tool_use','id':'t1','name':'f','input':{}}]},{'role':'user','content':[{'type':"
        + "'tool_result','tool_use_id':'t1','content':'r'}]}],"
        + "'tools':[{'name':'f','input_schema':{'type':'object'}}]}";
  }

  @Test
  void deepSeekGetsItsThoughtsBack() throws JsonProcessingException {
    String answer =
        "{'choices':[{'message':{'content':'','reasoning_content':'hm','tool_calls':[{'id':'t1',"
            + "'type':'function','function':{'name':'f','arguments':'{}'}}]},"
            + "'finish_reason':'tool_calls'}]}";
    JsonNode thought = whole(variant("deepseek"), answer, ANTHROPIC, PLAIN).at("/content/0");
    UpstreamRequest sent =
        asked(ANTHROPIC, anthropicLoop(thought + ","), variant("deepseek"), "deepseek-chat");
    JsonNode body = Json.read(sent.body());

    assertThat(body.at("/messages/2/reasoning_content").asText()).isEqualTo("hm");
    assertThat(body.path("thinking")).isEqualTo(json("{'type':'enabled'}"));
    assertThat(sent.dropped())
        .containsExactlyInAnyOrder("thinking.budget_tokens", "top_k", "cache_control");

    // one that was lost on the way, and one of another model's
    for (String other :
        List.of("", "{'type':'thinking','thinking':'claude','signature':'c2ln'},")) {
      JsonNode said = body(ANTHROPIC, anthropicLoop(other), variant("deepseek"), "deepseek-chat");
      assertThat(said.at("/messages/2/reasoning_content").textValue()).isEmpty();
    }
    assertThat(body(ANTHROPIC, anthropicLoop(thought + ","), variant(""), "gpt-4o").toString())
        .doesNotContain("reasoning_content", "\"thinking\"");
  }

  @Test
  void thinkingOfDeepSeekCanBeSwitchedOff() throws JsonProcessingException {
    String off =
        "{'model':'m','max_tokens':9,'thinking':{'type':'disabled'},'messages':[{'role':'user',"
            + "'content':'x'}]}";
    assertThat(body(ANTHROPIC, off, variant("deepseek"), "deepseek-chat").path("thinking"))
        .isEqualTo(json("{'type':'disabled'}"));
    String low = "{'model':'m','input':'x','reasoning':{'effort':'low'}}";
    JsonNode body = body(RESPONSES, low, variant("deepseek"), "deepseek-chat");
    assertThat(body.path("thinking")).isEqualTo(json("{'type':'enabled'}"));
    assertThat(body.path("reasoning_effort").asText()).isEqualTo("low");
  }

  @Test
  void schemaThatDeepSeekDoesNotKnowIsSaidInWords() throws JsonProcessingException {
    String asked =
        "{'model':'m','input':'x','text':{'format':{'type':'json_schema','name':'n','schema':"
            + "{'type':'object','properties':{'probe':{'type':'string'}}}}}}";
    JsonNode body = body(RESPONSES, asked, variant("deepseek"), "deepseek-chat");

    assertThat(body.path("response_format")).isEqualTo(json("{'type':'json_object'}"));
    assertThat(body.at("/messages/0/content").asText()).contains("JSON", "probe");
    assertThat(body(RESPONSES, asked, variant(""), "gpt-4o").at("/response_format/type").asText())
        .isEqualTo("json_schema");
  }

  @Test
  void openRouterGetsTheProofsOfItsThoughtsBack() throws JsonProcessingException {
    String first = "{'type':'reasoning.text','text':'h','format':'f','index':0}";
    String more = "{'type':'reasoning.text','text':'m','index':0}";
    String end = "{'type':'reasoning.text','text':null,'signature':'c2ln','index':0}";
    String hidden = "{'type':'reasoning.encrypted','data':'E','id':'t1','index':1}";
    String call =
        "'tool_calls':[{'index':0,'id':'t1','type':'function','function':{'name':'f',"
            + "'arguments':'{}'}}]";
    JsonNode wanted =
        json(
            "[{'type':'reasoning.text','text':'hm','format':'f','index':0,'signature':'c2ln'},"
                + hidden
                + "]");
    List<JsonNode> events =
        streamed(
            variant("openrouter"),
            ANTHROPIC,
            PLAIN,
            CHUNK + "{'reasoning':'h','reasoning_details':[" + first + "]}}]}",
            CHUNK + "{'reasoning':'m','reasoning_details':[" + more + "]}}]}",
            CHUNK + "{'content':'','reasoning_details':[" + end + "]}}]}",
            CHUNK + "{'content':null,'reasoning_details':[" + hidden + "]," + call + "}}]}",
            CHUNK + "{'content':''},'finish_reason':'tool_calls'}]}");
    String signature = "";
    for (JsonNode event : events) {
      signature += event.at("/delta/signature").asText();
    }
    String thought = "{'type':'thinking','thinking':'hm','signature':'" + signature + "'},";
    UpstreamRequest sent =
        asked(
            ANTHROPIC, anthropicLoop(thought), variant("openrouter"), "anthropic/claude-opus-4.5");
    JsonNode body = Json.read(sent.body());

    assertThat(body.at("/messages/2/reasoning_details")).isEqualTo(wanted);
    assertThat(body.path("reasoning")).isEqualTo(json("{'max_tokens':2000}"));
    assertThat(body.at("/messages/0/content/0/cache_control/type").asText()).isEqualTo("ephemeral");
    assertThat(body.path("top_k").asInt()).isEqualTo(3);
    assertThat(sent.dropped()).isEmpty();

    for (ProviderDialect other :
        List.of(new AnthropicProvider(), bedrock(), new GeminiProvider(), variant("deepseek"))) {
      assertThat(body(ANTHROPIC, anthropicLoop(thought), other, "m").toString())
          .as(other.name())
          .doesNotContain("openrouter", "c2ln");
    }

    String whole =
        "{'choices':[{'message':{'content':null,'reasoning':'hm','reasoning_details':"
            + wanted
            + ","
            + call
            + "},'finish_reason':'tool_calls'}]}";
    JsonNode items = whole(variant("openrouter"), whole, RESPONSES, PLAIN).path("output");
    String next = "{'model':'m','input':" + items + "}";
    assertThat(
            body(RESPONSES, next, variant("openrouter"), "anthropic/claude-opus-4.5")
                .at("/messages/0/reasoning_details"))
        .isEqualTo(wanted);
  }

  @Test
  void wordsOfOpenRoutersThoughtsWithoutAProofAreGivenBack() throws JsonProcessingException {
    String thought = "{'type':'thinking','thinking':'hm','signature':''},";
    JsonNode body =
        body(ANTHROPIC, anthropicLoop(thought), variant("openrouter"), "deepseek/deepseek-r1");

    assertThat(body.at("/messages/2/reasoning").asText()).isEqualTo("hm");
    assertThatThrownBy(() -> variant("other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deepseek, openrouter");
  }

  // ---- odd forms

  @Test
  void argumentsThatProxiesGiveAsTextStayTheText() throws JsonProcessingException {
    String answer =
        "{'output':{'message':{'content':[{'toolUse':{'toolUseId':'t','name':'f','input':'#'}},"
            + "{'image':{'format':'png','source':{'bytes':'aGk='}}}]}},'stopReason':'tool_use'}";
    JsonNode message =
        whole(bedrock(), answer.replace("#", "{\\\"a\\\":1}"), OPENAI, PLAIN)
            .at("/choices/0/message");

    assertThat(message.at("/tool_calls/0/function/arguments").asText()).isEqualTo("{\"a\":1}");
    assertThat(message.at("/images/0")).isEqualTo(json(PICTURE));
  }

  @Test
  void cacheOfEveryProviderIsCounted() throws JsonProcessingException {
    for (String details :
        List.of(
            "'prompt_tokens_details':{'cached_tokens':20,'cache_write_tokens':30}",
            "'prompt_tokens_details':{'cached_tokens':20,'cache_creation_input_tokens':30}",
            "'cached_tokens':20,'cache_creation_input_tokens':30",
            "'cache_read_input_tokens':20,'cache_creation_input_tokens':30,"
                + "'prompt_tokens_details':{'cached_tokens':20}",
            "'prompt_cache_hit_tokens':20,'prompt_cache_miss_tokens':80,"
                + "'input_tokens_details':{'cache_write_tokens':30}")) {
      String answer =
          "{'choices':[{'message':{'content':'Hi'},'finish_reason':'stop'}],'usage':{"
              + "'prompt_tokens':100,'completion_tokens':4,"
              + details
              + "}}";
      assertThat(whole(new OpenAiProvider(), answer, ANTHROPIC, PLAIN).path("usage"))
          .as(details)
          .isEqualTo(
              json(
                  "{'input_tokens':50,'cache_creation_input_tokens':30,"
                      + "'cache_read_input_tokens':20,'output_tokens':4}"));
    }
  }

  @Test
  void pagesThatClaudeFoundAreAnnotations() throws JsonProcessingException {
    String answer =
        "{'type':'message','content':[{'type':'text','text':'So.','citations':[{'type':"
            + "'web_search_result_location','url':'https://a.example','title':'A','cited_text':"
            + "'w','encrypted_index':'E'}]}],'stop_reason':'end_turn'}";

    assertThat(
            whole(new AnthropicProvider(), answer, OPENAI, PLAIN)
                .at("/choices/0/message/annotations/0/url_citation/url")
                .asText())
        .isEqualTo("https://a.example");
  }

  @Test
  void whatStandsBehindAnErrorIsTold() {
    ProviderError error =
        new OpenAiProvider()
            .error(
                400,
                bytes(
                    "{'error':{'message':'Provider returned error','code':400,'metadata':{'raw':"
                        + "'{#type#:#error#,#error#:{#message#:#prompt is too long: 3 > 2#}}'}}}"
                            .replace("#", "\\\"")));
    assertThat(error.message()).isEqualTo("Provider returned error: prompt is too long: 3 > 2");
    assertThat(ErrorClass.code(error)).isEqualTo("context_length_exceeded");

    ProviderError page =
        new OpenAiProvider()
            .error(
                502,
                bytes(
                    "{'error':{'message':'Provider returned error','metadata':{'raw':'<html>'}}}"));
    assertThat(page.message()).isEqualTo("Provider returned error");
  }
}
