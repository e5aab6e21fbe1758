package io.aigateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiPassThrough;
import io.aigateway.dialect.responses.ResponsesCaller;
import io.aigateway.dialect.responses.ResponsesPassThrough;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.ByteStream;
import io.aigateway.http.StubRequest;
import io.aigateway.provider.StubStream;
import io.aigateway.wire.Frame;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamedAnswerTest {
  private static final String BODY =
      "{\"model\":\"m\",\"input\":\"hi\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private static final Frame FRAME =
      new Frame("data: {}\n\n".getBytes(StandardCharsets.UTF_8), null, new byte[] {'{', '}'});

  private final StubStream source = new StubStream();
  private final Told told = new Told();

  private static Call call(CallerDialect dialect) {
    Call call = new Call(new StubRequest("/"), dialect, Operation.CHAT, "id", 0, 0, false);
    byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
    call.received(body, dialect.head(body));
    return call;
  }

  private void start(Call call, @Nullable PassThrough straight) {
    Envelope envelope = new Envelope("id", "p", "m", 0, false, 1, call::body, () -> 1);
    new StreamedAnswer(call, source, envelope, straight, true).start(told);
  }

  @Test
  void streamThatPassesDoesNotKeepTheRequest() {
    Call call = call(new OpenAiCaller());
    start(call, new OpenAiPassThrough());
    source.to().frame(FRAME, PassThrough.FrameFacts.CONTENT);

    assertThat(call.isBodySpent()).isTrue();
    source.to().failed(new TargetException(Kind.BROKEN, "p", "broke"));
    assertThat(told.text).contains("\"error\"");
    assertThat(told.ended).isTrue();
  }

  @Test
  void streamWhoseLastEventRepeatsTheRequestKeepsIt() {
    Call call = call(new ResponsesCaller());
    start(call, new ResponsesPassThrough());
    source.to().frame(FRAME, PassThrough.FrameFacts.CONTENT);

    assertThat(call.isBodySpent()).isFalse();
    source.to().failed(new TargetException(Kind.BROKEN, "p", "broke"));
    assertThat(told.text).contains("error");
  }

  @Test
  void streamThatIsTranslatedKeepsTheRequest() {
    Call call = call(new OpenAiCaller());
    // the line of the caller's dialect is there also when the answer doesn't go by it
    start(call, new OpenAiPassThrough());
    source.to().event(new ChatEvent.Start("1", "m"));
    source.to().event(new ChatEvent.ToolCallStart(0, 0, "c1", "weather"));
    source.to().event(new ChatEvent.ToolCallArguments(0, 0, "{}"));
    source.to().flush();

    assertThat(call.body()).isNotEmpty();
    assertThat(told.text).contains("\"name\":\"weather\"").contains("\"arguments\":\"{}\"");
  }

  private static final class Told implements ByteStream.Sink {
    private String text = "";
    private boolean ended;

    @Override
    public void bytes(Buffer bytes) {
      text += bytes.toString();
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void cut() {
      ended = true;
    }
  }
}
