package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.dialect.Signatures;
import io.aigateway.wire.Frame;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What does the next piece of a stream tell? Each is a whole answer of Gemini's that holds what is
 * new, but for the usage, which is the whole so far. There is no end mark. One instance a stream,
 * one thread at a time.
 *
 * <p>Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
final class ChunkReader implements ProviderDialect.EventReader {
  private final Map<Integer, Choice> choices = new HashMap<>();
  private final CallIds ids = new CallIds();
  private boolean started;

  @Override
  public void read(Frame frame, Consumer<ChatEvent> sink) {
    if (frame.isBlank() || isDone(frame.data())) {
      return;
    }
    JsonNode chunk = ReplyBody.object(frame.data());
    if (chunk.hasNonNull("error")) {
      sink.accept(ErrorReader.failure(chunk));
      return;
    }
    JsonNode candidates = chunk.path("candidates");
    Usage usage = UsageReader.read(chunk);
    boolean blocked = candidates.isEmpty() && Replies.isBlocked(chunk);
    if (!candidates.isArray() && usage == null && !blocked) {
      throw new MalformedReplyException("a piece of the stream has no candidates");
    }
    if (!started) {
      started = true;
      sink.accept(
          new ChatEvent.Start(
              Replies.text(chunk, "responseId"), Replies.text(chunk, "modelVersion")));
    }
    for (int i = 0; i < candidates.size(); i++) {
      JsonNode candidate = candidates.path(i);
      int index = Replies.index(candidate, i);
      choices.computeIfAbsent(index, Choice::new).read(chunk, candidate, sink);
    }
    if (blocked) {
      choices.computeIfAbsent(0, Choice::new).finish(FinishReason.CONTENT_FILTER, sink);
    }
    if (usage != null) {
      sink.accept(new ChatEvent.UsageReport(usage));
    }
  }

  /** Gemini itself never says so, proxies that speak OpenAI's dialect too may. */
  private static boolean isDone(byte[] data) {
    return data.length < 16 && new String(data, StandardCharsets.UTF_8).trim().equals("[DONE]");
  }

  /** One of the answers that come at the same time. */
  private final class Choice {
    private final int number;
    private int calls;
    private boolean finished;

    Choice(int number) {
      this.number = number;
    }

    void read(JsonNode chunk, JsonNode candidate, Consumer<ChatEvent> sink) {
      JsonNode likely = Logprobs.of(candidate);
      if (likely != null) {
        sink.accept(new ChatEvent.Logprobs(number, likely.path("content")));
      }
      for (JsonNode part : Replies.parts(candidate)) {
        if (Replies.isCall(part)) {
          Content.ToolCall call = Replies.call(chunk, number, part, ids);
          sink.accept(new ChatEvent.ToolCallStart(number, calls, call.id(), call.name()));
          sink.accept(new ChatEvent.ToolCallArguments(number, calls, call.arguments()));
          calls++;
        } else {
          spoken(part, sink);
        }
      }
      String word = Replies.text(candidate, "finishReason");
      if (word != null) {
        finish(Replies.finish(word, calls > 0), sink);
      }
    }

    void finish(FinishReason reason, Consumer<ChatEvent> sink) {
      if (!finished) {
        finished = true;
        sink.accept(new ChatEvent.Finish(number, reason, null));
      }
    }

    private void spoken(JsonNode part, Consumer<ChatEvent> sink) {
      String text = Replies.text(part, "text");
      String signature = Replies.signature(part);
      boolean thought = Replies.isThought(part);
      if (thought && text != null) {
        sink.accept(new ChatEvent.Thinking(number, text));
      }
      if (signature != null) {
        sink.accept(
            new ChatEvent.ThinkingSignature(
                number, Signatures.marked(GeminiProvider.NAME, signature)));
      }
      if (!thought && text != null) {
        sink.accept(new ChatEvent.Text(number, text));
      }
      Content.Image image = thought ? null : Replies.image(part);
      if (image != null) {
        sink.accept(new ChatEvent.Picture(number, image.source()));
      }
    }
  }
}
