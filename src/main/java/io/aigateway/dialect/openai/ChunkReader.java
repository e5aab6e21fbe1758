package io.aigateway.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.wire.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What does the next {@code chat.completion.chunk} tell, in neutral words? One instance a stream.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
final class ChunkReader implements ProviderDialect.EventReader {
  private final Map<Integer, Choice> choices = new HashMap<>();
  private final Variant variant;
  private boolean started;
  private @Nullable String id;

  ChunkReader(Variant variant) {
    this.variant = variant;
  }

  @Override
  public void read(Frame frame, Consumer<ChatEvent> sink) {
    if (frame.isBlank()) {
      sink.accept(new ChatEvent.Ping());
      return;
    }
    if (Frames.isDone(frame)) {
      // Some servers end properly and never say why.
      choices.values().forEach(choice -> choice.finish(null, null, sink));
      sink.accept(new ChatEvent.End());
      return;
    }
    JsonNode root = ReplyReader.object(frame.data(), "an event of the stream");
    if (root.hasNonNull("error") || "error".equals(frame.event())) {
      Usage spent = UsageCodec.read(root.get("usage"));
      if (spent != null) {
        sink.accept(new ChatEvent.UsageReport(spent));
      }
      sink.accept(Errors.failure(root));
      return;
    }
    JsonNode list = root.path("choices");
    if (!list.isArray() && !list.isNull() && !list.isMissingNode()) {
      throw new MalformedReplyException("the choices of an event are not a list");
    }
    start(root, !list.isEmpty(), sink);
    Usage usage = usage(root);
    for (int i = 0; i < list.size(); i++) {
      JsonNode node = list.get(i);
      if (!node.isObject()) {
        throw new MalformedReplyException("a choice of an event is not an object");
      }
      if (node.hasNonNull("error")) {
        sink.accept(Errors.failure(node));
        return;
      }
      int index = ReplyReader.index(node, i);
      choices.computeIfAbsent(index, Choice::new).read(node, sink);
      if (usage == null) {
        usage = UsageCodec.read(node.get("usage"));
      }
    }
    if (usage != null) {
      sink.accept(new ChatEvent.UsageReport(usage));
    }
  }

  // Azure's first event tells of its filters and names neither answer nor model.
  private void start(JsonNode root, boolean answers, Consumer<ChatEvent> sink) {
    if (started) {
      return;
    }
    id = ReplyReader.text(root.get("id"));
    if (id != null || answers) {
      started = true;
      sink.accept(new ChatEvent.Start(id, ReplyReader.text(root.get("model"))));
    }
  }

  private static @Nullable Usage usage(JsonNode root) {
    Usage usage = UsageCodec.read(root.get("usage"));
    return usage == null ? UsageCodec.read(root.path("x_groq").get("usage")) : usage;
  }

  /** One of the answers that come at the same time. */
  private final class Choice {
    private final int number;
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Call> byIndex = new HashMap<>();
    private @Nullable Call legacy;
    private @Nullable ReasoningDetails details;
    private int begun;
    private boolean finished;

    Choice(int number) {
      this.number = number;
    }

    void read(JsonNode node, Consumer<ChatEvent> sink) {
      JsonNode delta = node.path("delta");
      String thought = ReplyReader.thought(delta);
      if (thought != null) {
        sink.accept(new ChatEvent.Thinking(number, thought));
      }
      if (variant == Variant.OPENROUTER && !delta.path("reasoning_details").isEmpty()) {
        details = details == null ? new ReasoningDetails() : details;
        details.add(delta);
      }
      JsonNode tokens = node.path("logprobs").path("content");
      if (!tokens.isEmpty()) {
        sink.accept(new ChatEvent.Logprobs(number, tokens));
      }
      content(delta.path("content"), sink);
      for (Content.Source picture : Pictures.read(delta)) {
        sink.accept(new ChatEvent.Picture(number, picture));
      }
      for (Citation citation : Annotations.read(delta)) {
        sink.accept(new ChatEvent.Cited(number, citation));
      }
      String refusal = ReplyReader.text(delta.get("refusal"));
      if (refusal != null) {
        sink.accept(new ChatEvent.Refusal(number, refusal));
      }
      for (JsonNode call : delta.path("tool_calls")) {
        prove(sink);
        call(call).add(call.path("function"), sink);
      }
      JsonNode function = delta.path("function_call");
      if (function.isObject()) {
        if (legacy == null) {
          legacy = added(null);
        }
        legacy.add(function, sink);
      }
      String word = ReplyReader.text(node.get("finish_reason"));
      if (word != null) {
        finish(word, ReplyReader.text(node.get("stop_reason")), sink);
      }
    }

    void finish(@Nullable String word, @Nullable String stop, Consumer<ChatEvent> sink) {
      if (finished) {
        return;
      }
      if (word != null && Words.isFailure(word)) {
        throw new MalformedReplyException("an answer that broke off: " + word);
      }
      finished = true;
      prove(sink);
      for (Call call : calls) {
        call.begin(sink);
      }
      FinishReason reason = word == null ? FinishReason.STOP : Words.finish(word);
      // With a forced tool OpenAI says "stop" although the model waits for the call's result.
      boolean waits = reason == FinishReason.STOP && begun > 0;
      sink.accept(new ChatEvent.Finish(number, waits ? FinishReason.TOOL_CALLS : reason, stop));
    }

    /** The proof of the thoughts so far, as soon as something else follows them. */
    private void prove(Consumer<ChatEvent> sink) {
      String signature = details == null ? null : details.signature();
      details = null;
      if (signature != null) {
        sink.accept(new ChatEvent.ThinkingSignature(number, signature));
      }
    }

    private void content(JsonNode node, Consumer<ChatEvent> sink) {
      String text = ReplyReader.text(node);
      if (text != null) {
        prove(sink);
        sink.accept(new ChatEvent.Text(number, text));
        return;
      }
      for (JsonNode part : node) {
        if (part.path("type").asText().equals("thinking")) {
          String thought = ReplyReader.thinking(part);
          if (!thought.isEmpty()) {
            sink.accept(new ChatEvent.Thinking(number, thought));
          }
        } else if (ReplyReader.text(part.get("text")) != null) {
          sink.accept(new ChatEvent.Text(number, part.path("text").textValue()));
        }
      }
    }

    // Some providers give every call index 0, some no index at all, some the id in every part.
    private Call call(JsonNode node) {
      String callId = ReplyReader.text(node.get("id"));
      boolean named = ReplyReader.text(node.path("function").get("name")) != null;
      JsonNode index = node.path("index");
      if (index.isInt()) {
        Call known = byIndex.get(index.intValue());
        if (known == null || known.isOther(callId, named)) {
          known = byId(callId);
          if (known == null) {
            known = added(callId);
          }
          byIndex.put(index.intValue(), known);
        }
        return known;
      }
      Call known = byId(callId);
      if (known == null && callId == null && !named && !calls.isEmpty()) {
        known = calls.get(calls.size() - 1);
      }
      return known == null ? added(callId) : known;
    }

    private @Nullable Call byId(@Nullable String callId) {
      if (callId != null) {
        for (Call call : calls) {
          if (callId.equals(call.id)) {
            return call;
          }
        }
      }
      return null;
    }

    private Call added(@Nullable String callId) {
      Call call = new Call(callId);
      calls.add(call);
      return call;
    }

    /** A call whose parts come one after the other. */
    private final class Call {
      private final StringBuilder early = new StringBuilder();
      private @Nullable String id;
      private String name = "";
      private int index = -1;

      Call(@Nullable String id) {
        this.id = id;
      }

      boolean isOther(@Nullable String callId, boolean named) {
        return callId != null && id != null && !id.equals(callId) && named;
      }

      void add(JsonNode function, Consumer<ChatEvent> sink) {
        String given = ReplyReader.text(function.get("name"));
        if (given != null && index < 0) {
          name = given;
        }
        String arguments = ReplyReader.arguments(function);
        if (index < 0 && name.isEmpty()) {
          early.append(arguments);
          return;
        }
        begin(sink);
        if (!arguments.isEmpty()) {
          sink.accept(new ChatEvent.ToolCallArguments(number, index, arguments));
        }
      }

      void begin(Consumer<ChatEvent> sink) {
        if (index >= 0) {
          return;
        }
        index = begun++;
        if (id == null) {
          id = ReplyReader.callId(ChunkReader.this.id, number, index);
        }
        sink.accept(new ChatEvent.ToolCallStart(number, index, id, name));
        if (!early.isEmpty()) {
          sink.accept(new ChatEvent.ToolCallArguments(number, index, early.toString()));
        }
      }
    }
  }
}
