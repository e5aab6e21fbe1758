package io.aigateway.dialect.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialectContract.Mutations;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Frame;
import io.aigateway.wire.SseSplitter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AnthropicPassThroughTest {
  private static final String FIELD =
      ",\"x_gateway\":{\"provider\":\"demo\",\"model\":\"demo-1\",\"latency_ms\":12,"
          + "\"request_id\":\"r\"}";
  private static final String BODY =
      "\n{ \"t\" : 1.0, \"e\":1e2,\"model\" : \"a\" ,\"max_tokens\":5, \"é\":\"\\u00e9\","
          + "\"betas\":[], \"messages\":[{\"role\":\"user\",\"content\":\"x\"}] } \n";

  private final PassThrough dialect = new AnthropicPassThrough();

  @Test
  void requestThatNeedsNoChangeIsTheSameArray() {
    byte[] body = BODY.getBytes(UTF_8);
    assertThat(dialect.request(body, head(body), "a").body()).isSameAs(body);
  }

  @Test
  void onlyTheModelsNameChanges() {
    byte[] body = BODY.getBytes(UTF_8);
    UpstreamRequest sent = dialect.request(body, head(body), "x\"é", Operation.CHAT);
    assertThat(sent.path()).isEqualTo("/v1/messages");
    assertThat(new String(sent.body(), UTF_8)).isEqualTo(BODY.replace(": \"a\"", ": \"x\\\"é\""));
  }

  @Test
  void proofsOfOtherProvidersStayHere() {
    String body =
        "{\"model\":\"a\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":["
            + "{\"type\":\"tool_use\",\"id\":\"call_1__sig-QUJD\"},"
            + "{\"tool_use_id\":\"call_1__sig-QUJD\",\"text\":\"call_1__sig-QUJD\"}]}]}";
    byte[] bytes = body.getBytes(UTF_8);
    assertThat(new String(dialect.request(bytes, head(bytes), "a").body(), UTF_8))
        .isEqualTo(body.replace("id\":\"call_1__sig-QUJD", "id\":\"call_1"));
  }

  @Test
  void tokensAreCountedAtTheirOwnPath() {
    byte[] body = BODY.getBytes(UTF_8);
    assertThat(dialect.counts()).isTrue();
    assertThat(dialect.request(body, head(body), "b", Operation.COUNT_TOKENS).path())
        .isEqualTo("/v1/messages/count_tokens");
    assertThat(
            dialect.inspect("{\"input_tokens\":7}".getBytes(UTF_8), Operation.COUNT_TOKENS).usage())
        .isNull();
    for (String reply : List.of("{}", "<html>", "{\"input_tokens\":\"7\"}", "[]")) {
      assertThatThrownBy(() -> dialect.inspect(reply.getBytes(UTF_8), Operation.COUNT_TOKENS))
          .isInstanceOf(MalformedReplyException.class);
    }
  }

  @Test
  void versionAndBetasOfTheCallerTravel() {
    assertThat(dialect.headers()).containsExactlyInAnyOrder("anthropic-version", "anthropic-beta");
  }

  @Test
  void answerIsReadAndGetsTheGatewaysField() {
    // given
    String body =
        "{ \"type\":\"message\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"}\"}],"
            + "\"stop_reason\":\"max_tokens\",\"new\":{\"usage\":1},\"usage\":{\"input_tokens\":3,"
            + "\"cache_creation\":{\"input_tokens\":99},\"cache_read_input_tokens\":4,"
            + "\"cache_creation_input_tokens\":1,\"output_tokens\":2}";
    byte[] bytes = (body + " }\n").getBytes(UTF_8);
    // then
    assertThat(dialect.inspect(bytes))
        .isEqualTo(new PassThrough.ReplyFacts(FinishReason.LENGTH, new Usage(8, 2, 4, 1, 0, 0, 0)));
    assertThat(new String(dialect.reply(bytes, envelope()), UTF_8))
        .isEqualTo(body + " " + FIELD + "}\n");
  }

  @Test
  void whatIsNoMessageIsMalformed() {
    for (String body :
        List.of(
            "",
            "<html></html>",
            "[]",
            "{}",
            "null",
            "{\"type\":\"message\"}",
            "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}",
            "{\"type\":\"message\",\"content\":[]",
            "{\"type\":\"message\",\"content\":[]}x")) {
      assertThatThrownBy(() -> dialect.inspect(body.getBytes(UTF_8)))
          .as(body)
          .isInstanceOf(MalformedReplyException.class);
    }
  }

  @Test
  void usageOfAStreamIsPutTogether() {
    // given
    PassThrough.FrameReader reader = dialect.reader();
    // then
    assertThat(
            read(
                    reader,
                    "{'type':'message_start','message':{'type':'message','model':'m','content':[],"
                        + "'usage':{'input_tokens':9,'cache_read_input_tokens':2,"
                        + "'output_tokens':1}}}")
                .usage())
        .isEqualTo(new Usage(11, 1, 2, 0, 0, 0, 0));
    PassThrough.FrameFacts end =
        read(
            reader,
            "{'type':'message_delta','delta':{'stop_reason':'tool_use','stop_sequence':null},"
                + "'usage':{'output_tokens':7}}");
    assertThat(end.usage()).isEqualTo(new Usage(11, 7, 2, 0, 0, 0, 0));
    assertThat(end.finish()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(end.finishes()).isEqualTo(1);
    assertThat(end.content()).isTrue();
    assertThat(read(reader, "{'type':'message_stop'}").end()).isTrue();
  }

  @Test
  void framesTellWhetherTheCallerSeesSomething() {
    for (String seen :
        List.of(
            "{'type':'content_block_delta','delta':{'type':'text_delta','text':'x'}}",
            "{'type':'content_block_delta','delta':{'thinking':'x','type':'thinking_delta'}}",
            "{'type':'content_block_delta','delta':{'type':'input_json_delta'}}",
            "{'type':'content_block_start','content_block':{'type':'tool_use'}}",
            "{'type':'content_block_start','content_block':{'type':'redacted_thinking'}}")) {
      assertThat(read(dialect.reader(), seen).content()).as(seen).isTrue();
    }
    for (String unseen :
        List.of(
            "{'type':'message_start','message':{}}",
            "{'type':'message_start','message':[1]}",
            "{'type':'ping'}",
            "{'type':'content_block_start','content_block':{'type':'text','text':''}}",
            "{'type':'content_block_start','content_block':{'type':'thinking','thinking':''}}",
            "{'type':'content_block_delta','delta':{'type':'signature_delta','signature':'x'}}",
            "{'type':'content_block_stop','index':0}",
            "{'type':'message_delta','delta':{},'usage':{'output_tokens':1}}",
            "{'type':'of_tomorrow','delta':{'type':'text_delta','text':'x'}}")) {
      assertThat(read(dialect.reader(), unseen).content()).as(unseen).isFalse();
    }
  }

  @Test
  void errorWithinAStreamIsAFailure() {
    assertThat(
            read(
                    dialect.reader(),
                    "{'type':'error','error':{'type':'overloaded_error','message':'busy'}}")
                .failure())
        .isEqualTo(new ChatEvent.Failure("overloaded_error", "busy", 529));
  }

  @Test
  void frameOfNoMessageIsMalformed() {
    for (String data : List.of("<html>", "[]", "{", "{}", "{'type':'ping'}{}", "7")) {
      assertThatThrownBy(() -> read(dialect.reader(), data))
          .as(data)
          .isInstanceOf(MalformedReplyException.class);
    }
    assertThat(read(dialect.reader(), "[DONE]")).isEqualTo(PassThrough.FrameFacts.NOTHING);
  }

  @Test
  void streamPassesByteForByteButForTheReasonToEnd() {
    // given
    String start = "event: message_start\r\ndata:  {\"type\":\"message_start\", \"n\":1.0}\r\n\r\n";
    String ping = ": ping {}\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n";
    String tomorrow = "event: of_tomorrow\ndata: {\"type\":\"of_tomorrow\"}\n\n";
    String usage = "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{}}\n\n";
    String end =
        "event: message_delta\ndata: {\"type\":\"message_delta\","
            + "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1} ";
    String stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}";
    String stream = start + ping + tomorrow + usage + end + "}\n\n" + stop;
    // then
    assertThat(passed(stream))
        .isEqualTo(start + ping + tomorrow + usage + end + FIELD + "}\n\n" + stop + "\n\n");
  }

  @Property(tries = 500)
  void brokenFramesAreMalformedAndNothingElse(@ForAll long seed) {
    String event =
        "{\"type\":\"message_delta\",\"message\":{\"model\":\"m\",\"usage\":{\"x\":[1]}},"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"x\",\"stop_reason\":\"end_turn\"},"
            + "\"usage\":{\"input_tokens\":3,\"output_tokens\":2},\"content\":[]}";
    byte[] data = Mutations.of(event, seed);
    Frame frame = new Frame(data, null, data);
    try {
      dialect.frames(envelope()).write(frame, dialect.reader().read(frame));
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
    return new AnthropicCaller().head(body);
  }

  private static PassThrough.FrameFacts read(PassThrough.FrameReader reader, String data) {
    byte[] bytes = data.replace('\'', '"').getBytes(UTF_8);
    return reader.read(new Frame(bytes, null, bytes));
  }

  private static Envelope envelope() {
    return new Envelope("r", "demo", "demo-1", 1, true, 1, () -> 12L);
  }

  private String passed(String stream) {
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 20);
    splitter.feed(stream.getBytes(UTF_8), frames::add);
    splitter.end(frames::add);
    PassThrough.FrameReader reader = dialect.reader();
    PassThrough.FrameWriter writer = dialect.frames(envelope());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Frame frame : frames) {
      byte[] bytes = writer.write(frame, reader.read(frame));
      if (bytes != null) {
        all.writeBytes(bytes);
      }
    }
    return all.toString(UTF_8);
  }
}
