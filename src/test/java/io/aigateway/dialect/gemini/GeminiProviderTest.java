package io.aigateway.dialect.gemini;

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
import io.aigateway.dialect.Signatures;
import io.aigateway.error.TargetException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiProviderTest extends ProviderDialectContract {
  private static final String USAGE =
      "'usageMetadata':{'promptTokenCount':12,'candidatesTokenCount':5,'totalTokenCount':17},"
          + "'modelVersion':'m-1','responseId':'r1'}";
  private static final String CALLS =
      "{'functionCall':{'name':'get_weather','args':{'city':'Paris'}}},"
          + "{'functionCall':{'name':'get_time','args':{}}}";

  @Override
  protected ProviderDialect dialect() {
    return new GeminiProvider();
  }

  @Override
  protected String textReply() {
    return reply("{'text':'Hello there.'}", "STOP");
  }

  @Override
  protected List<String> textStream() {
    return List.of(piece("{'text':'Hello'}"), reply("{'text':' there.'}", "STOP"));
  }

  @Override
  protected String callsReply() {
    return reply(CALLS, "STOP");
  }

  @Override
  protected List<String> callsStream() {
    return List.of(piece(CALLS), reply("{'text':''}", "STOP"));
  }

  @Override
  protected @Nullable String replyFinished(FinishReason reason) {
    return switch (reason) {
      case STOP -> textReply();
      case LENGTH -> reply("{'text':'a'}", "MAX_TOKENS");
      case TOOL_CALLS -> callsReply();
      case CONTENT_FILTER ->
          json("{'candidates':[{'finishReason':'SAFETY','index':0}]," + USAGE).toString();
    };
  }

  @Override
  protected String errorBody(String message) {
    return json("{'error':{'code':404,'message':'" + message + "','status':'NOT_FOUND'}}")
        .toString();
  }

  @Override
  protected String errorEvent(String message) {
    return errorBody(message);
  }

  @Override
  protected JsonNode temperature(JsonNode body) {
    return body.at("/generationConfig/temperature");
  }

  @Override
  protected JsonNode stops(JsonNode body) {
    return body.at("/generationConfig/stopSequences");
  }

  @Override
  protected JsonNode tools(JsonNode body) {
    return body.at("/tools/0/functionDeclarations");
  }

  @Override
  protected boolean saysItsEnd() {
    return false;
  }

  @Test
  @Override
  protected void whatTheProviderCanNotDoIsRefusedByName() {
    assertThat(refusedParam(ask().say(Role.USER, "Hi").rest("web_search_options", "{}")))
        .isEqualTo("web_search_options");
  }

  @Test
  void credentialIsSentOnlyWhenThereIsOne() {
    assertThat(dialect().headers("")).isEmpty();
    assertThat(dialect().headers("k")).containsOnly(Map.entry("x-goog-api-key", "k"));
  }

  @Test
  void readsThoughtsAndKeepsTheSignatureOfTheTextWithThem() {
    String reply =
        reply("{'text':'2+2','thought':true},{'text':'4','thoughtSignature':'AQID'}", "STOP");

    assertThat(dialect().read(bytes(reply)).choices().get(0).content())
        .containsExactly(new Content.Thinking("2+2", "gemini:AQID", null), new Content.Text("4"));
  }

  @Test
  void readsThoughtsOfAStream() {
    List<ChatEvent> events =
        events(
            List.of(
                piece("{'text':'2+2','thought':true}"),
                reply("{'text':'4','thoughtSignature':'AQID'}", "STOP")));

    assertThat(events)
        .containsSubsequence(
            new ChatEvent.Thinking(0, "2+2"),
            new ChatEvent.ThinkingSignature(0, "gemini:AQID"),
            new ChatEvent.Text(0, "4"),
            new ChatEvent.Finish(0, FinishReason.STOP, null));
  }

  @Test
  void signatureOfACallRidesInItsId() {
    String call =
        "{'functionCall':{'id':'own1','name':'get_time','args':{}},'thoughtSignature':'AQID'}";

    assertThat(ids(reply(call, "STOP")))
        .containsExactly(Signatures.sealed("own1", "gemini", "AQID"));
    assertThat(events(List.of(reply(call, "STOP"))))
        .contains(
            new ChatEvent.ToolCallStart(
                0, 0, Signatures.sealed("own1", "gemini", "AQID"), "get_time"));
  }

  @Test
  void idsOfCallsAreTheSameForTheSameAnswerAndOthersForTheNext() {
    assertThat(ids(callsReply()))
        .isEqualTo(ids(callsReply()))
        .doesNotContainAnyElementsOf(ids(callsReply().replace("r1", "r2")));
  }

  @Test
  void idThatIsGivenTwiceIsMadeUpAnew() {
    String call = "{'functionCall':{'id':'same','name':'get_time'}}";

    assertThat(ids(reply(call + "," + call, "STOP"))).contains("same").doesNotHaveDuplicates();
  }

  @Test
  void blockedPromptIsAnAnswerThatAFilterTook() {
    String blocked =
        json("{'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'},"
                + "'usageMetadata':{'promptTokenCount':12,'totalTokenCount':12}}")
            .toString();

    ChatReply reply = dialect().read(bytes(blocked));

    assertThat(reply.choices().get(0).content()).isEmpty();
    assertThat(reply.choices().get(0).finish()).isEqualTo(FinishReason.CONTENT_FILTER);
    assertThat(reply.usage()).isEqualTo(new Usage(12, 0));
    assertThat(finishes(events(List.of(blocked))))
        .containsExactly(new ChatEvent.Finish(0, FinishReason.CONTENT_FILTER, null));
  }

  @ParameterizedTest
  @CsvSource({
    "RECITATION,CONTENT_FILTER",
    "BLOCKLIST,CONTENT_FILTER",
    "PROHIBITED_CONTENT,CONTENT_FILTER",
    "SPII,CONTENT_FILTER",
    "LANGUAGE,CONTENT_FILTER",
    "IMAGE_SAFETY,CONTENT_FILTER",
    "IMAGE_OTHER,CONTENT_FILTER",
    "SOMETHING_NEW,STOP"
  })
  void endsHaveOneMeaning(String word, FinishReason reason) {
    assertThat(dialect().read(bytes(reply("", word))).choices().get(0).finish()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE",
        "MALFORMED_RESPONSE",
        "NO_IMAGE",
        "OTHER"
      })
  void modelThatFailedGaveNoAnswer(String word) {
    for (String reply : List.of(reply("", word), reply("{'text':'The sum'}", word))) {
      assertThatThrownBy(() -> dialect().read(bytes(reply)))
          .isInstanceOfSatisfying(
              MalformedReplyException.class,
              e -> assertThat(e.kind()).isEqualTo(TargetException.Kind.NO_ANSWER))
          .hasMessageContaining(word);
      assertThatThrownBy(() -> events(List.of(reply))).isInstanceOf(MalformedReplyException.class);
    }
  }

  @Test
  void limitThatCutsACallIsALimit() {
    assertThat(dialect().read(bytes(reply(CALLS, "MAX_TOKENS"))).choices().get(0).finish())
        .isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void usageCountsThoughtsAndTheProvidersOwnTools() {
    String reply =
        json("{'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP'}],"
                + "'usageMetadata':{'promptTokenCount':20,'toolUsePromptTokenCount':3,"
                + "'candidatesTokenCount':5,'thoughtsTokenCount':7,'cachedContentTokenCount':4,"
                + "'promptTokensDetails':[{'modality':'TEXT','tokenCount':9},"
                + "{'modality':'AUDIO','tokenCount':11}],"
                + "'candidatesTokensDetails':[{'modality':'AUDIO','tokenCount':2}]}}")
            .toString();

    assertThat(dialect().read(bytes(reply)).usage()).isEqualTo(new Usage(23, 12, 4, 0, 7, 11, 2));
  }

  @Test
  void laterUsageReplacesEarlierAlsoAfterTheEnd() {
    List<ChatEvent> events =
        events(
            List.of(
                reply("{'text':'a'}", "STOP"),
                json("{'usageMetadata':{'promptTokenCount':12,'candidatesTokenCount':9}}")
                    .toString()));

    assertThat(finishes(events)).hasSize(1);
    assertThat(lastUsage(events)).isEqualTo(new Usage(12, 9));
  }

  @Test
  void readsSeveralAnswersAndTheirProbabilities() {
    String reply =
        json("{'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP',"
                + "'logprobsResult':{'chosenCandidates':[{'token':'a','logProbability':-0.5}],"
                + "'topCandidates':[{'candidates':[{'token':'a','logProbability':-0.5}]}]}},"
                + "{'content':{'parts':[{'text':'b'}]},'finishReason':'STOP','index':1}]}")
            .toString();

    ChatReply read = dialect().read(bytes(reply));

    assertThat(read.choices()).extracting(ChatReply.Choice::index).containsExactly(0, 1);
    assertThat(read.choices().get(0).logprobs())
        .isEqualTo(
            json(
                "{'content':[{'token':'a','logprob':-0.5,'bytes':[97],"
                    + "'top_logprobs':[{'token':'a','logprob':-0.5,'bytes':[97]}]}],"
                    + "'refusal':null}"));
  }

  @Test
  void partsThatOnlyGeminiKnowsAreKept() {
    JsonNode part = json("{'inlineData':{'mimeType':'audio/wav','data':'AAAA'}}");

    assertThat(
            dialect()
                .read(bytes(reply(part.toString().replace('"', '\''), "STOP")))
                .choices()
                .get(0)
                .content())
        .containsExactly(new Content.Rest("gemini", "inlineData", part));
  }

  @Test
  void picturesAreReadWithTheirSignatureAndDraftsOfThemAreNot() {
    String parts =
        "{'text':'Here:'},{'thought':true,'inlineData':{'mimeType':'image/png','data':'ZHJhZnQ='}},"
            + "{'inlineData':{'mimeType':'image/png','data':'"
            + PNG
            + "'},'thoughtSignature':'AQID'}";
    Content.Source picture = new Content.Source.Base64("image/png", PNG);

    assertThat(dialect().read(bytes(reply(parts, "STOP"))).choices().get(0).content())
        .containsExactly(
            new Content.Text("Here:"),
            new Content.Thinking("", "gemini:AQID", null),
            new Content.Image(picture, null));
    assertThat(events(List.of(reply(parts, "STOP"))))
        .containsSubsequence(
            new ChatEvent.Text(0, "Here:"),
            new ChatEvent.ThinkingSignature(0, "gemini:AQID"),
            new ChatEvent.Picture(0, picture))
        .noneMatch(event -> event.toString().contains("ZHJhZnQ="));
  }

  @Test
  void probabilitiesComeBeforeTheirWordsInAStream() {
    String piece =
        piece("{'text':'a'}")
            .replace(
                "\"index\":0",
                "\"index\":0,\"logprobsResult\":{\"chosenCandidates\":"
                    + "[{\"token\":\"a\",\"logProbability\":-0.5}]}");

    assertThat(events(List.of(piece)))
        .containsSubsequence(
            new ChatEvent.Logprobs(
                0, json("[{'token':'a','logprob':-0.5,'bytes':[97],'top_logprobs':[]}]")),
            new ChatEvent.Text(0, "a"));
  }

  @Test
  void answerWithoutCandidatesIsMalformed() {
    assertThatThrownBy(() -> dialect().read(bytes("{\"usageMetadata\":{\"promptTokenCount\":1}}")))
        .isInstanceOf(MalformedReplyException.class);
    assertThatThrownBy(() -> dialect().read(bytes("{\"candidates\":[{\"index\":0}]}")))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void errorsAreReadAlsoInAListAndWithTheTimeToWait() {
    String error =
        "{'error':{'code':429,'message':'slow','status':'RESOURCE_EXHAUSTED','details':["
            + "{'@type':'x'},{'@type':'type.googleapis.com/google.rpc.RetryInfo',"
            + "'retryDelay':'34.4s'}]}}";

    ProviderError read = dialect().error(429, bytes(json("[" + error + "]").toString()));

    assertThat(read)
        .isEqualTo(
            new ProviderError("slow", null, "RESOURCE_EXHAUSTED", null, Duration.ofSeconds(35)));
    assertThat(events(List.of(json(error).toString())))
        .containsExactly(new ChatEvent.Failure(null, "slow", 429));
  }

  private List<String> ids(String reply) {
    return dialect().read(bytes(reply)).choices().get(0).content().stream()
        .map(part -> ((Content.ToolCall) part).id())
        .toList();
  }

  private static String reply(String parts, String finish) {
    return json("{'candidates':[{'content':{'role':'model','parts':["
            + parts
            + "]},'finishReason':'"
            + finish
            + "','index':0}],"
            + USAGE)
        .toString();
  }

  private static String piece(String parts) {
    return json("{'candidates':[{'content':{'role':'model','parts':["
            + parts
            + "]},'index':0}],'usageMetadata':{'promptTokenCount':12,'totalTokenCount':12},"
            + "'modelVersion':'m-1','responseId':'r1'}")
        .toString();
  }
}
