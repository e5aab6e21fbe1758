package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialectContract.Mutations;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.Signatures;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.SseSplitter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiPassThroughTest {
  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
  private static final String FIELD =
      ",\"x_gateway\":{\"provider\":\"demo\",\"model\":\"demo-1\",\"latency_ms\":12,"
          + "\"request_id\":\"r\"}";

  private final PassThrough dialect = new OpenAiPassThrough();

  @Test
  void requestThatNeedsNoChangeIsTheSameArray() {
    byte[] body = ("{\"model\":\"m\\u0031\"," + MESSAGES + "}").getBytes(UTF_8);
    assertThat(dialect.request(body, head(body), "m1").body()).isSameAs(body);
    byte[] stream =
        ("{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + MESSAGES
                + "}")
            .getBytes(UTF_8);
    assertThat(dialect.request(stream, head(stream), "m").body()).isSameAs(stream);
  }

  @Test
  void onlyTheModelsNameChanges() {
    // given
    String body =
        "\n{ \"t\" : 1.0, \"e\":1e2,\"model\" : \"a\" ,\"t\":2.50, \"é\":\"\\u00e9\",\"model\":\"b\","
            + MESSAGES
            + " } \n";
    // when
    String sent = sent(body, "x\"é");
    // then
    assertThat(sent)
        .isEqualTo(body.replace(": \"a\"", ": \"x\\\"é\"").replace(":\"b\"", ":\"x\\\"é\""));
  }

  @Test
  void proofsInTheIdsOfCallsAreTakenOut() {
    String id = Signatures.sealed("call_1", "elsewhere", "QUJD");
    String body =
        "{\"model\":\"a\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\" : \"%1$s\"}]},"
            + "{\"tool_call_id\":\"%1$s\",\"role\":\"tool\"}]}";
    assertThat(sent(body.formatted(id), "b"))
        .isEqualTo(body.formatted("call_1").replace("\"a\"", "\"b\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'content':'x__sig-elsewhere-QUJD'",
        "'content':'~id~:~x__sig-elsewhere-QUJD~'",
        "'id':'x__sig-else where'",
        "'xid':'x__sig-elsewhere-QUJD'",
        "'x__sig-a':1",
        "'id':'x__sig'"
      })
  void whatOnlyLooksLikeAProofStays(String field) {
    String body =
        "{\"model\":\"a\"," + MESSAGES + "," + field.replace('\'', '"').replace("~", "\\\"") + "}";
    assertThat(sent(body, "a")).isEqualTo(body);
  }

  @Test
  void doubledNamesAllBecomeTheOneThatIsSent() {
    String body = "{\"model\":\"a\",\"model\":\"b\"," + MESSAGES + "}";
    assertThat(sent(body, "b")).isEqualTo(body.replace("\"a\"", "\"b\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'stream_options':{'include_usage':false}|'stream_options':{'include_usage':true}",
        "'stream_options':{'include_usage' : null }|'stream_options':{'include_usage' : true }",
        "'stream_options': null|'stream_options': {'include_usage':true}",
        "'stream_options':{ }|'stream_options':{'include_usage':true }",
        "'stream_options':{ 'a':1}|'stream_options':{'include_usage':true, 'a':1}",
        "'stream_options':{'include_usage':true},'stream_options':{'a':1}|'stream_options':{'include_usage':true},'stream_options':{'include_usage':true,'a':1}",
      })
  void streamAsksForUsage(String options, String wanted) {
    String start = "{\"model\":\"m\",\"stream\":true," + MESSAGES + ",";
    assertThat(sent(start + options.replace('\'', '"') + " }\n", "m"))
        .isEqualTo(start + wanted.replace('\'', '"') + " }\n");
  }

  @Test
  void streamWithoutOptionsGetsThemBeforeItsEnd() {
    String body = "{\"model\":\"m\",\"stream\":true," + MESSAGES;
    assertThat(sent(body + " }\n", "m"))
        .isEqualTo(body + " ,\"stream_options\":{\"include_usage\":true}}\n");
  }

  @Test
  void wholeAnswersAskForNothing() {
    String body = "{\"model\":\"m\",\"stream\":false,\"stream_options\":null," + MESSAGES + "}";
    assertThat(sent(body, "m")).isEqualTo(body);
  }

  @Property(tries = 400)
  void whatHeadAcceptsCanBeEdited(@ForAll long seed) {
    String rich =
        "{\"model\":\"a\",\"stream\":true,\"stream_options\":{\"include_usage\":false,\"a\":{}},"
            + MESSAGES
            + ",\"x\":[1.0,{}]}";
    byte[] body = Mutations.of(rich, seed);
    RequestHead head;
    try {
      head = head(body);
    } catch (RequestException e) {
      return;
    }
    RequestHead edited = head(dialect.request(body, head, "other").body());
    assertThat(edited.model()).isEqualTo("other");
    assertThat(edited.streamUsage()).isEqualTo(head.stream() || head.streamUsage());
  }

  @Test
  void answerIsReadAndGetsTheGatewaysField() {
    // given
    String body =
        "{ \"id\":\"a\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"}\"},"
            + "\"finish_reason\":\"length\"}],\"model\":\"m\",\"usage\":{\"prompt_tokens\":3,"
            + "\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":1}}";
    byte[] bytes = (body + " }\n").getBytes(UTF_8);
    // then
    assertThat(dialect.inspect(bytes))
        .isEqualTo(new PassThrough.ReplyFacts(FinishReason.LENGTH, new Usage(3, 2, 1, 0, 0, 0, 0)));
    assertThat(new String(dialect.reply(bytes, envelope(false, 1)), UTF_8))
        .isEqualTo(body + " " + FIELD + "}\n");
  }

  @Test
  void answerWithAnErrorInItIsMalformed() {
    for (String body :
        List.of(
            "{\"error\":\"busy\",\"choices\":[{\"message\":{\"content\":\"x\"}}]}",
            "{\"choices\":[{\"error\":{\"code\":502},\"message\":{\"content\":\"x\"}}]}")) {
      assertThatThrownBy(() -> dialect.inspect(body.getBytes(UTF_8)))
          .isInstanceOf(MalformedReplyException.class)
          .hasMessage("an error in a 200");
    }
  }

  @Test
  void whatIsNoAnswerIsMalformed() {
    for (String body :
        List.of(
            "",
            "<html></html>",
            "[]",
            "{}",
            "null",
            "{\"choices\":{}}",
            "{\"choices\":[]",
            "{\"choices\":[7]}",
            "{\"choices\":[]}x")) {
      assertThatThrownBy(() -> dialect.inspect(body.getBytes(UTF_8)))
          .as(body)
          .isInstanceOf(MalformedReplyException.class);
    }
    assertThatThrownBy(() -> dialect.inspect("{\"error\":{\"message\":\"x\"}}".getBytes(UTF_8)))
        .isInstanceOf(MalformedReplyException.class)
        .hasMessage("an error in a 200");
  }

  @Test
  void framesTellWhatMustBeKnown() {
    assertThat(facts(delta("{'role':'assistant','content':''}")).content()).isFalse();
    for (String delta :
        List.of(
            "{'content':'x'}",
            "{'reasoning_content':'x'}",
            "{'reasoning':'x'}",
            "{'refusal':'x'}",
            "{'tool_calls':[{}]}",
            "{'function_call':{}}",
            "{'audio':{}}")) {
      assertThat(facts(delta(delta)).content()).as(delta).isTrue();
    }
    PassThrough.FrameFacts end =
        facts(
            "{'model':'m','choices':[{'delta':{},'finish_reason':'stop'},"
                + "{'delta':{},'finish_reason':'tool_calls'}],'usage':null}");
    assertThat(end.finishes()).isEqualTo(2);
    assertThat(end.finish()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(end.content()).isTrue();
    assertThat(end.usage()).isNull();
    assertThat(end.usageOnly()).isFalse();
    PassThrough.FrameFacts usage =
        facts("{'choices':[],'usage':{'prompt_tokens':3,'completion_tokens':2}}");
    assertThat(usage.usageOnly()).isTrue();
    assertThat(usage.usage()).isEqualTo(new Usage(3, 2));
    assertThat(facts("{'choices':[],'x_groq':{'usage':{'prompt_tokens':3}}}").usage())
        .isEqualTo(new Usage(3, 0));
    assertThat(facts("{'choices':[],'prompt_filter_results':[]}").usageOnly()).isFalse();
    assertThat(facts("{'error':{'message':'busy','code':529}}").failure())
        .isEqualTo(new ChatEvent.Failure(null, "busy", 529));
    assertThat(facts("[DONE]").end()).isTrue();
    assertThat(dialect.reader().read(frames(": ping\n\n").get(0)))
        .isEqualTo(PassThrough.FrameFacts.NOTHING);
  }

  @Test
  void frameOfNoOpenAiStreamIsMalformed() {
    for (String data : List.of("<html>", "[]", "{", "{\"choices\":7}", "{}{}", "7")) {
      assertThatThrownBy(() -> facts(data)).as(data).isInstanceOf(MalformedReplyException.class);
    }
  }

  @Test
  void streamPassesByteForByteButForTheLastFinish() {
    // given
    String one =
        "id: {1}\r\ndata:  {\"choices\":[{\"delta\":{\"content\":\"a\"}}], \"n\":1.0}\r\n\r\n";
    String ping = ": ping {}\n\n";
    String first = "data: {\"choices\":[{\"index\":1,\"finish_reason\":\"stop\"}]}\n\n";
    String last = "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}] ";
    String again = "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}\n\n";
    String usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n";
    String done = "data: [DONE]\n\n";
    String stream = one + ping + first + last + "}\nid: {}\n\n" + again + usage + done;
    // then
    String wanted = one + ping + first + last + FIELD + "}\nid: {}\n\n" + again;
    assertThat(passed(stream, envelope(false, 2))).isEqualTo(wanted + done);
    assertThat(passed(stream, envelope(true, 2))).isEqualTo(wanted + usage + done);
  }

  @Test
  void lastEventGetsTheBlankLineThatItLacks() {
    assertThat(passed("data: [DONE]", envelope(false, 1))).isEqualTo("data: [DONE]\n\n");
    assertThat(passed("data: [DONE]\n", envelope(false, 1))).isEqualTo("data: [DONE]\n\n");
    assertThat(passed("data: [DONE]\r\n", envelope(false, 1))).isEqualTo("data: [DONE]\r\n\r\n");
    assertThat(passed("data: [DONE]\r\r", envelope(false, 1))).isEqualTo("data: [DONE]\r\r");
    assertThat(passed("data: [DONE]\r\n\r\n\n", envelope(false, 1)))
        .isEqualTo("data: [DONE]\r\n\r\n\n");
  }

  @Property(tries = 500)
  void brokenFramesAreMalformedAndNothingElse(@ForAll long seed) {
    String chunk =
        "{\"id\":\"a\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},"
            + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"x\":{\"y\":1}},"
            + "\"x_groq\":{\"usage\":{}},\"error\":null}";
    byte[] data = Mutations.of(chunk, seed);
    Frame frame = new Frame(data, null, data);
    try {
      dialect.frames(envelope(false, 1)).write(frame, dialect.reader().read(frame));
    } catch (MalformedReplyException e) {
      assertThat(e).hasMessageNotContaining("jackson");
    }
    try {
      dialect.inspect(data);
    } catch (MalformedReplyException e) {
      assertThat(e).hasMessageNotContaining("jackson");
    }
  }

  private static RequestHead head(byte[] body) {
    return new OpenAiCaller().head(body);
  }

  private String sent(String body, String model) {
    byte[] bytes = body.getBytes(UTF_8);
    return new String(dialect.request(bytes, head(bytes), model).body(), UTF_8);
  }

  private PassThrough.FrameFacts facts(String data) {
    byte[] bytes = data.replace('\'', '"').getBytes(UTF_8);
    return dialect.reader().read(new Frame(bytes, null, bytes));
  }

  private static String delta(String delta) {
    return "{'choices':[{'index':0,'delta':" + delta + ",'finish_reason':null}]}";
  }

  private static Envelope envelope(boolean usage, int choices) {
    return new Envelope("r", "demo", "demo-1", 1, usage, choices, () -> 12L);
  }

  private static List<Frame> frames(String stream) {
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 20);
    splitter.feed(stream.getBytes(UTF_8), frames::add);
    splitter.end(frames::add);
    return frames;
  }

  private String passed(String stream, Envelope envelope) {
    PassThrough.FrameWriter writer = dialect.frames(envelope);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Frame frame : frames(stream)) {
      byte[] bytes = writer.write(frame, dialect.reader().read(frame));
      if (bytes != null) {
        all.writeBytes(bytes);
      }
    }
    return all.toString(UTF_8);
  }
}
