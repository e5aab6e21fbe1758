package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Operation;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A provider inside the gateway, so that streaming, fallback and the breaker can be watched without
 * any key: it says the same words to the same question, streams them word by word, and counts
 * tokens. {@code demo-slow} takes its time; {@code demo-flaky} fails a set share of its calls,
 * evenly spread.
 */
final class DemoUpstream implements Upstream {
  private final Provider provider;
  private final int flakyPercent;
  private final Duration pace;
  private final Duration slowPace;
  private final LongSupplier clock;
  private final AtomicLong flakyCalls = new AtomicLong();

  /**
   * @param flakyPercent share of calls of {@code demo-flaky} that fail
   * @param pace time between two words of a stream
   * @param slowPace the same for {@code demo-slow}, and what its whole answer takes a word
   */
  DemoUpstream(
      Provider provider, int flakyPercent, Duration pace, Duration slowPace, LongSupplier clock) {
    if (flakyPercent < 0 || flakyPercent > 100) {
      throw new IllegalArgumentException(
          "flakyPercent is " + flakyPercent + "; accepted: 0 to 100");
    }
    this.provider = provider;
    this.flakyPercent = flakyPercent;
    this.pace = pace;
    this.slowPace = slowPace;
    this.clock = clock;
  }

  @Override
  public void call(Call call, String model, Listener listener) {
    if (call.operation() != Operation.CHAT) {
      throw provider.lacks(call.operation());
    }
    ChatRequest request = call.parsed();
    Context context = call.request().context();
    boolean slow = model.endsWith("-slow");
    call.asking(clock.getAsLong());
    if (model.endsWith("-flaky") && failsNow()) {
      call.upstreamDone(clock.getAsLong());
      listener.failed(
          new TargetException(
              Kind.SERVER_ERROR,
              provider.name(),
              503,
              "the demo model fails " + flakyPercent + " % of its calls, this one too",
              null));
      return;
    }
    Script script = Script.of(request);
    if (call.head().stream()) {
      new DemoStream(provider, call, clock, context, script, slow ? slowPace : pace, listener)
          .begin();
    } else if (slow) {
      long wait = Math.max(1, slowPace.toMillis() * script.words().size());
      long timer =
          context.owner().setTimer(wait, ignored -> listener.answered(whole(call, model, script)));
      call.upstream(
          () -> {
            if (context.owner().cancelTimer(timer)) {
              listener.failed(new CallerGoneException());
            }
          });
    } else {
      listener.answered(whole(call, model, script));
    }
  }

  /** Spreads the failures evenly: with 50 % every second call fails. */
  private boolean failsNow() {
    long n = flakyCalls.getAndIncrement();
    return (n + 1) * flakyPercent / 100 > n * flakyPercent / 100;
  }

  private Answer whole(Call call, String model, Script script) {
    call.used(script.usage());
    call.finished(script.finish());
    call.upstreamDone(clock.getAsLong());
    return new Answer.Translated(
        new ChatReply(
            null,
            model,
            List.of(
                new ChatReply.Choice(
                    0,
                    List.of(new Content.Text(String.join("", script.words()))),
                    script.finish(),
                    null,
                    null)),
            script.usage()));
  }

  /** What is said, and what it counts. */
  record Script(List<String> words, FinishReason finish, Usage usage) {

    /** The same request always has the same answer. */
    static Script of(ChatRequest request) {
      String asked = "";
      long input = 0;
      for (Message message : request.messages()) {
        String text = message.text();
        input += 3 + tokens(text);
        if (message.role() == Role.USER) {
          asked = text;
        }
      }
      String answer =
          "Hello from the demo provider. You said: "
              + (asked.length() > 200 ? asked.substring(0, 200) + "…" : asked);
      List<String> words = words(answer);
      Long limit = request.sampling().maxTokens();
      boolean cut = limit != null && limit < words.size();
      List<String> said = cut ? words.subList(0, (int) Math.max(1, limit)) : words;
      return new Script(
          List.copyOf(said),
          cut ? FinishReason.LENGTH : FinishReason.STOP,
          new Usage(input, said.size()));
    }

    private static long tokens(String text) {
      return words(text).size();
    }

    /** A token of the demo model is a word with the space before it. */
    private static List<String> words(String text) {
      List<String> words = new ArrayList<>();
      int start = 0;
      for (int i = 1; i < text.length(); i++) {
        if (text.charAt(i) == ' ' && text.charAt(i - 1) != ' ') {
          words.add(text.substring(start, i));
          start = i;
        }
      }
      if (start < text.length()) {
        words.add(text.substring(start));
      }
      return words;
    }
  }

  /** Says the words one after the other. */
  private static final class DemoStream extends StreamState {
    private final Call call;
    private final Context context;
    private final Script script;
    private final long paceMillis;
    private int next;
    private long timer = -1;
    private boolean paused;

    DemoStream(
        Provider provider,
        Call call,
        LongSupplier clock,
        Context context,
        Script script,
        Duration pace,
        Listener listener) {
      super(
          provider,
          call,
          clock,
          new Ready() {
            @Override
            public void content(ReplyStream stream) {
              listener.answered(new Answer.Streamed(stream));
            }

            @Override
            public void failed(RuntimeException why) {
              listener.failed(why);
            }
          });
      this.call = call;
      this.context = context;
      this.script = script;
      this.paceMillis = Math.max(1, pace.toMillis());
    }

    void begin() {
      call.upstream(this::cancel);
      context.runOnContext(
          ignored -> {
            say(new ChatEvent.Start(null, call.model()));
            tick();
          });
    }

    private void tick() {
      timer = -1;
      if (paused) {
        return;
      }
      if (next < script.words().size()) {
        say(new ChatEvent.Text(0, script.words().get(next++)));
        flush();
        timer = context.owner().setTimer(paceMillis, ignored -> tick());
      } else {
        say(new ChatEvent.Finish(0, script.finish(), null));
        say(new ChatEvent.UsageReport(script.usage()));
        say(new ChatEvent.End());
        flush();
        ended();
      }
    }

    private void say(ChatEvent event) {
      accept(new FrameSource.Translated(event));
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      if (paused) {
        paused = false;
        if (timer < 0) {
          tick();
        }
      }
    }

    @Override
    void release() {
      if (timer >= 0) {
        context.owner().cancelTimer(timer);
      }
    }
  }
}
