package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Content;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.wire.Frame;
import java.util.function.Consumer;

/** What did Ollama answer, line by line? One instance a stream, one thread at a time. */
final class LineReader implements ProviderDialect.EventReader {
  private final CallIds ids = new CallIds();
  private boolean started;
  private boolean done;
  private int calls;

  @Override
  public void read(Frame frame, Consumer<ChatEvent> sink) {
    if (frame.isBlank()) {
      return;
    }
    JsonNode line = ReplyBody.object(frame.data());
    if (line.hasNonNull("error")) {
      sink.accept(ErrorReader.failure(line.path("error")));
      return;
    }
    boolean last = line.path("done").asBoolean();
    JsonNode message = line.path("message");
    if (!message.isObject() && !last) {
      throw new MalformedReplyException("a line of the stream has no message");
    }
    if (done) {
      return;
    }
    if (!started) {
      started = true;
      String model = Replies.text(line, "model");
      sink.accept(new ChatEvent.Start(null, model.isEmpty() ? null : model));
    }
    read(line, message, sink);
    if (last) {
      done = true;
      end(line, sink);
    }
  }

  private void read(JsonNode line, JsonNode message, Consumer<ChatEvent> sink) {
    String thinking = Replies.text(message, "thinking");
    if (!thinking.isEmpty()) {
      sink.accept(new ChatEvent.Thinking(0, thinking));
    }
    String text = Replies.text(message, "content");
    if (!text.isEmpty()) {
      sink.accept(new ChatEvent.Text(0, text));
    }
    for (JsonNode node : message.path("tool_calls")) {
      Content.ToolCall call = Replies.call(line, node, ids);
      sink.accept(new ChatEvent.ToolCallStart(0, calls, call.id(), call.name()));
      sink.accept(new ChatEvent.ToolCallArguments(0, calls, call.arguments()));
      calls++;
    }
  }

  private void end(JsonNode line, Consumer<ChatEvent> sink) {
    sink.accept(new ChatEvent.Finish(0, Replies.finish(line, calls > 0), null));
    Usage usage = Replies.usage(line);
    if (usage != null) {
      sink.accept(new ChatEvent.UsageReport(usage));
    }
    sink.accept(new ChatEvent.End());
  }
}
