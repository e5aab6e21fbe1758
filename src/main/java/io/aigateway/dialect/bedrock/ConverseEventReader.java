package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.wire.EventStreamSplitter;
import io.aigateway.wire.Frame;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What did Bedrock answer, step by step? The usage comes last, in an event of its own. Events and
 * deltas that are not known are passed over. One instance a stream, one thread at a time.
 *
 * <p>Source:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
final class ConverseEventReader implements ProviderDialect.EventReader {
  private final Map<Integer, ToolBlock> open = new LinkedHashMap<>();
  private int calls;
  private boolean started;
  private boolean finished;
  private boolean told;
  private @Nullable Usage usage;

  @Override
  public void read(Frame frame, Consumer<ChatEvent> sink) {
    if (frame.isBlank()) {
      return;
    }
    String type = frame.event();
    if (type == null) {
      throw new MalformedReplyException("an event of the stream has no type");
    }
    if (type.startsWith(EventStreamSplitter.EXCEPTION)) {
      sink.accept(
          ErrorReader.failure(
              type.substring(EventStreamSplitter.EXCEPTION.length()), frame.data()));
      return;
    }
    JsonNode event = ReplyBody.object(frame.data());
    switch (type) {
      case "messageStart" -> start(sink);
      case "contentBlockStart" -> startBlock(event, sink);
      case "contentBlockDelta" -> delta(event, sink);
      case "contentBlockStop" -> close(open.remove(index(event)), sink);
      case "messageStop" -> {
        finish(ReplyBody.text(event, "stopReason"), Replies.stopSequence(event), sink);
        end(sink);
      }
      case "metadata" -> {
        usage = Replies.usage(event.path("usage"));
        told = true;
        end(sink);
      }
      default -> {}
    }
  }

  private void start(Consumer<ChatEvent> sink) {
    if (started) {
      // what was handed on can't be taken back, and half a tool call must not look whole
      throw new MalformedReplyException("the provider began its answer a second time");
    }
    started = true;
    sink.accept(new ChatEvent.Start(null, null));
  }

  private void startBlock(JsonNode event, Consumer<ChatEvent> sink) {
    JsonNode use = event.path("start").path("toolUse");
    if (!use.isObject() || Replies.isServerSide(use)) {
      return;
    }
    close(open.remove(index(event)), sink);
    String name = ReplyBody.required(use, "name");
    if (JsonAnswer.isAnswer(name)) {
      open.put(index(event), new ToolBlock(-1));
      return;
    }
    ToolBlock tool = new ToolBlock(calls++);
    open.put(index(event), tool);
    sink.accept(
        new ChatEvent.ToolCallStart(0, tool.call, ReplyBody.required(use, "toolUseId"), name));
  }

  private void delta(JsonNode event, Consumer<ChatEvent> sink) {
    JsonNode delta = event.path("delta");
    if (!delta.isObject()) {
      throw new MalformedReplyException("an event of a block has no delta");
    }
    String text = ReplyBody.text(delta, "text");
    if (text != null && !text.isEmpty()) {
      sink.accept(new ChatEvent.Text(0, text));
    }
    String json = ReplyBody.text(delta.path("toolUse"), "input");
    if (json != null && !json.isEmpty()) {
      ToolBlock tool = open.get(index(event));
      if (tool != null) {
        tool.streamed = true;
        sink.accept(tool.more(json));
      }
    }
    Citation citation = Citations.one(delta.path("citation"));
    if (citation != null) {
      sink.accept(new ChatEvent.Cited(0, citation));
    }
    JsonNode reasoning = delta.path("reasoningContent");
    if (reasoning.isObject()) {
      think(reasoning, sink);
    }
  }

  private static void think(JsonNode reasoning, Consumer<ChatEvent> sink) {
    String text = ReplyBody.text(reasoning, "text");
    if (text != null && !text.isEmpty()) {
      sink.accept(new ChatEvent.Thinking(0, text));
    }
    String signature = ReplyBody.text(reasoning, "signature");
    if (signature != null && !signature.isEmpty()) {
      sink.accept(new ChatEvent.ThinkingSignature(0, signature));
    }
    String redacted = ReplyBody.text(reasoning, "redactedContent");
    if (redacted != null && !redacted.isEmpty()) {
      sink.accept(new ChatEvent.RedactedThinking(0, redacted));
    }
  }

  private void finish(
      @Nullable String reason, @Nullable String stopSequence, Consumer<ChatEvent> sink) {
    open.values().forEach(tool -> close(tool, sink));
    open.clear();
    if (!finished) {
      finished = true;
      sink.accept(new ChatEvent.Finish(0, Replies.finish(reason, calls > 0), stopSequence));
    }
  }

  /** The two last events end a stream in either order: Bedrock's own, and that of some proxies. */
  private void end(Consumer<ChatEvent> sink) {
    if (!finished || !told) {
      return;
    }
    if (usage != null) {
      sink.accept(new ChatEvent.UsageReport(usage));
    }
    sink.accept(new ChatEvent.End());
  }

  /** A tool without arguments streams none. */
  private static void close(@Nullable ToolBlock tool, Consumer<ChatEvent> sink) {
    if (tool != null && !tool.streamed) {
      sink.accept(tool.more("{}"));
    }
  }

  private static int index(JsonNode event) {
    JsonNode index = event.path("contentBlockIndex");
    if (!index.canConvertToInt()) {
      throw new MalformedReplyException("an event of a block does not say which one");
    }
    return index.intValue();
  }

  /** A tool call whose arguments are still coming; {@code call} is -1 for an answer in JSON. */
  private static final class ToolBlock {
    private final int call;
    private boolean streamed;

    ToolBlock(int call) {
      this.call = call;
    }

    ChatEvent more(String json) {
      return call < 0
          ? new ChatEvent.Text(0, json)
          : new ChatEvent.ToolCallArguments(0, call, json);
    }
  }
}
