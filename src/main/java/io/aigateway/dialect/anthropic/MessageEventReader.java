package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What did Anthropic answer, step by step? One instance a stream, one thread at a time. Events and
 * blocks that are not known are passed over, as Anthropic asks of its clients.
 *
 * <p>Source: https://docs.claude.com/en/docs/build-with-claude/streaming
 */
final class MessageEventReader implements ProviderDialect.EventReader {
  private static final byte[] OPENAI_END = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final UsageReader usage = new UsageReader();
  private final Map<Integer, ToolBlock> open = new LinkedHashMap<>();
  private int calls;
  private boolean started;
  private boolean answering;
  private boolean finished;

  @Override
  public void read(Frame frame, Consumer<ChatEvent> sink) {
    if (frame.isBlank() || Arrays.equals(frame.data(), OPENAI_END)) {
      return; // a comment, or what proxies with an OpenAI side add at the end
    }
    JsonNode event = ReplyBody.object(frame.data());
    String type = ReplyBody.text(event, "type");
    if (type == null) {
      type = frame.event();
    }
    if (type == null) {
      throw new MalformedReplyException("an event of the stream has no type");
    }
    switch (type) {
      case "message_start" -> start(event.path("message"), sink);
      case "content_block_start" -> startBlock(event, sink);
      case "content_block_delta" -> delta(event, sink);
      case "content_block_stop" -> close(open.remove(index(event)), sink);
      case "message_delta" -> finish(event, sink);
      case "message_stop" -> end(sink);
      case "ping" -> sink.accept(new ChatEvent.Ping());
      case "error" -> sink.accept(ErrorReader.failure(event));
      default -> {}
    }
  }

  private void start(JsonNode message, Consumer<ChatEvent> sink) {
    if (!message.isObject()) {
      throw new MalformedReplyException("message_start has no message");
    }
    if (answering) {
      // what was handed on can't be taken back, and half a tool call must not look whole
      throw new MalformedReplyException("the provider began its answer a second time");
    }
    usage.read(message.path("usage"));
    if (!started) {
      started = true;
      sink.accept(
          new ChatEvent.Start(ReplyBody.text(message, "id"), ReplyBody.text(message, "model")));
    }
    report(sink); // a stream that is left early has cost its input all the same
  }

  private void startBlock(JsonNode event, Consumer<ChatEvent> sink) {
    JsonNode block = event.path("content_block");
    answering = true;
    switch (ReplyBody.required(block, "type")) {
      case "text" -> text(block, sink);
      case "thinking" -> {
        thinking(block, sink);
        signature(block, sink);
      }
      case "redacted_thinking" ->
          sink.accept(new ChatEvent.RedactedThinking(0, ReplyBody.required(block, "data")));
      case "tool_use" -> {
        close(open.remove(index(event)), sink);
        open.put(index(event), startTool(block, sink));
      }
      default -> {}
    }
  }

  private ToolBlock startTool(JsonNode block, Consumer<ChatEvent> sink) {
    String name = ReplyBody.required(block, "name");
    JsonNode input = block.path("input");
    String whole = input.isObject() ? Json.text(input) : "{}";
    if (JsonAnswer.isAnswer(name)) {
      return new ToolBlock(-1, whole);
    }
    ToolBlock tool = new ToolBlock(calls++, whole);
    sink.accept(new ChatEvent.ToolCallStart(0, tool.call, ReplyBody.required(block, "id"), name));
    return tool;
  }

  private void delta(JsonNode event, Consumer<ChatEvent> sink) {
    JsonNode delta = event.path("delta");
    switch (ReplyBody.required(delta, "type")) {
      case "text_delta" -> text(delta, sink);
      case "thinking_delta" -> thinking(delta, sink);
      case "signature_delta" -> signature(delta, sink);
      case "citations_delta" -> {
        Citation citation = Citations.one(delta.path("citation"));
        if (citation != null) {
          sink.accept(new ChatEvent.Cited(0, citation));
        }
      }
      case "input_json_delta" -> {
        ToolBlock tool = open.get(index(event));
        String json = ReplyBody.text(delta, "partial_json");
        if (tool != null && json != null && !json.isEmpty()) {
          tool.streamed = true;
          sink.accept(tool.more(json));
        }
      }
      default -> {}
    }
  }

  private void finish(JsonNode event, Consumer<ChatEvent> sink) {
    JsonNode delta = event.path("delta");
    String reason = ReplyBody.text(delta, "stop_reason");
    usage.read(event.path("usage"));
    if (reason != null) {
      finish(reason, ReplyBody.text(delta, "stop_sequence"), sink);
    }
    report(sink);
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

  private void end(Consumer<ChatEvent> sink) {
    finish(null, null, sink);
    sink.accept(new ChatEvent.End());
  }

  private void report(Consumer<ChatEvent> sink) {
    Usage now = usage.usage();
    if (now != null) {
      sink.accept(new ChatEvent.UsageReport(now));
    }
  }

  /** A call's arguments came with its start, or there are none, when nothing was streamed. */
  private static void close(@Nullable ToolBlock tool, Consumer<ChatEvent> sink) {
    if (tool != null && !tool.streamed) {
      sink.accept(tool.more(tool.whole));
    }
  }

  private static void text(JsonNode node, Consumer<ChatEvent> sink) {
    String text = ReplyBody.text(node, "text");
    if (text != null && !text.isEmpty()) {
      sink.accept(new ChatEvent.Text(0, text));
    }
  }

  private static void thinking(JsonNode node, Consumer<ChatEvent> sink) {
    String text = ReplyBody.text(node, "thinking");
    if (text != null && !text.isEmpty()) {
      sink.accept(new ChatEvent.Thinking(0, text));
    }
  }

  private static void signature(JsonNode node, Consumer<ChatEvent> sink) {
    String signature = ReplyBody.text(node, "signature");
    if (signature != null && !signature.isEmpty()) {
      sink.accept(new ChatEvent.ThinkingSignature(0, signature));
    }
  }

  private static int index(JsonNode event) {
    JsonNode index = event.path("index");
    if (!index.canConvertToInt()) {
      throw new MalformedReplyException("an event of a block does not say which one");
    }
    return index.intValue();
  }

  /** A tool call whose arguments are still coming; {@code call} is -1 for an answer in JSON. */
  private static final class ToolBlock {
    private final int call;
    private final String whole;
    private boolean streamed;

    ToolBlock(int call, String whole) {
      this.call = call;
      this.whole = whole;
    }

    ChatEvent more(String json) {
      return call < 0
          ? new ChatEvent.Text(0, json)
          : new ChatEvent.ToolCallArguments(0, call, json);
    }
  }
}
