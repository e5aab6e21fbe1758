package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import io.aigateway.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamStateTest {
  private static final ChatEvent START = new ChatEvent.Start("id", "m");
  private static final ChatEvent TEXT = new ChatEvent.Text(0, "hi");
  private static final ChatEvent FINISH = new ChatEvent.Finish(0, FinishReason.STOP, null);
  private static final ChatEvent USAGE = new ChatEvent.UsageReport(new Usage(1, 2));
  private static final ChatEvent END = new ChatEvent.End();

  private final List<String> heard = new ArrayList<>();
  private final Call call =
      new Call(new StubRequest("/"), new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
  private final Stream stream = new Stream();

  /** A stream whose provider the test plays. */
  private final class Stream extends StreamState {
    Stream() {
      super(
          FailuresTest.provider("p", ""),
          call,
          () -> 7,
          new Ready() {
            @Override
            public void content(ReplyStream begun) {
              heard.add("ready");
            }

            @Override
            public void failed(RuntimeException why) {
              heard.add(
                  why instanceof TargetException target
                      ? "next:" + target.kind()
                      : why.getClass().getSimpleName());
            }
          });
      onOutcome(outcome -> heard.add("outcome:" + outcome.getClass().getSimpleName()));
    }

    void says(ChatEvent... events) {
      for (ChatEvent event : events) {
        accept(new FrameSource.Translated(event));
      }
      flush();
    }

    @Override
    void release() {
      heard.add("released");
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }

  private final ReplyStream.Receiver receiver =
      new ReplyStream.Receiver() {
        @Override
        public void frame(Frame frame, PassThrough.FrameFacts facts) {}

        @Override
        public void event(ChatEvent event) {
          heard.add(event.getClass().getSimpleName());
        }

        @Override
        public void flush() {
          heard.add("flush");
        }

        @Override
        public void end(boolean said) {
          heard.add("end:" + said);
        }

        @Override
        public void failed(TargetException why) {
          heard.add("failed:" + why.kind());
        }
      };

  @Test
  void nothingIsShownBeforeTheFirstContent() {
    stream.says(START);
    assertThat(heard).isEmpty();

    stream.says(TEXT);
    assertThat(heard).containsExactly("ready");
    stream.start(receiver);

    assertThat(heard).containsExactly("ready", "Start", "Text", "flush");
    assertThat(call.firstTokenNanos()).isEqualTo(7);
  }

  @Test
  void whatCameBeforeTheStartIsHeldInItsOrder() {
    stream.says(START, TEXT, FINISH, USAGE, END);
    stream.ended();
    stream.start(receiver);

    assertThat(heard)
        .containsExactly(
            "ready",
            "outcome:Complete",
            "Start",
            "Text",
            "Finish",
            "UsageReport",
            "End",
            "flush",
            "end:true");
    assertThat(call.usage()).isEqualTo(new Usage(1, 2));
  }

  @Test
  void failureBeforeContentGoesToTheNextTarget() {
    stream.says(START, new ChatEvent.Failure("t", "busy", 529));

    assertThat(heard).containsExactly("outcome:Failed", "released", "next:SERVER_ERROR");
    stream.says(TEXT);
    stream.ended();
    assertThat(heard).hasSize(3);
  }

  @Test
  void callersFaultBeforeContentIsTheCallers() {
    stream.says(new ChatEvent.Failure("t", "too long", 400));

    assertThat(heard)
        .containsExactly("outcome:Cancelled", "released", RequestException.class.getSimpleName());
  }

  @Test
  void failureAfterContentIsToldToTheReader() {
    stream.says(START, TEXT);
    stream.start(receiver);
    stream.says(new ChatEvent.Failure("t", "busy", 529));

    assertThat(heard)
        .containsSubsequence("Text", "flush", "outcome:Failed", "released", "failed:SERVER_ERROR")
        .doesNotContain("next:SERVER_ERROR");
  }

  @Test
  void failureBetweenContentAndStartIsToldAfterWhatWasHeld() {
    stream.says(START, TEXT);
    stream.failedWith(Kind.BROKEN, "x");
    stream.start(receiver);

    assertThat(heard)
        .containsExactly(
            "ready", "outcome:Failed", "released", "Start", "Text", "flush", "failed:BROKEN");
  }

  @Test
  void endWithoutItsMarkIsAFailure() {
    stream.says(START, TEXT);
    stream.start(receiver);
    stream.ended();

    assertThat(heard).endsWith("outcome:Failed", "released", "failed:BROKEN");
  }

  @Test
  void finishCountsAsTheEndForThoseWhoSayNoMore() {
    stream.says(START, TEXT, FINISH);
    stream.start(receiver);
    stream.ended();

    assertThat(heard).endsWith("outcome:Complete", "end:false");
  }

  @Test
  void endWithoutContentIsNoAnswer() {
    stream.says(START, END);
    stream.ended();

    assertThat(heard).containsExactly("outcome:Failed", "released", "next:MALFORMED");
  }

  @Test
  void streamOfNothingIsNoAnswer() {
    stream.ended();

    assertThat(heard).containsExactly("outcome:Failed", "released", "next:BROKEN");
  }

  @Test
  void wholeCallLimitBeforeContentIsATimeout() {
    stream.failedWith(Kind.CUT_OFF, "x");

    assertThat(heard).contains("next:TIMEOUT");
  }

  @Test
  void callerThatLeavesIsNobodysFault() {
    stream.says(START, TEXT);
    stream.start(receiver);
    stream.cancel();
    stream.cancel();
    stream.failedWith(Kind.BROKEN, "x");
    stream.says(TEXT);

    assertThat(heard).containsOnlyOnce("outcome:Cancelled", "released");
    assertThat(heard).endsWith("outcome:Cancelled", "released");
  }

  @Test
  void callerThatLeavesBeforeContentEndsTheRoute() {
    stream.cancel();

    assertThat(heard)
        .containsExactly(
            "outcome:Cancelled", "released", CallerGoneException.class.getSimpleName());
  }

  @Test
  void lateListenerHearsTheOutcomeAtOnce() {
    stream.says(START, TEXT, FINISH, END);
    stream.ended();
    List<ReplyStream.Outcome> late = new ArrayList<>();

    stream.onOutcome(late::add);

    assertThat(late).containsExactly(new ReplyStream.Outcome.Complete());
  }
}
