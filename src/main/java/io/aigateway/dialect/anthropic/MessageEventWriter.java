package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Citation;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of Anthropic's events tell a caller of a neutral event? One instance a stream.
 *
 * <p>Anthropic's blocks never overlap, while other providers' tool calls may grow side by side. So
 * one block is open and leaves as it comes; what comes beside a tool call whose arguments are not
 * complete yet is kept, and follows when the open block is.
 *
 * <p>Source: https://docs.claude.com/en/docs/build-with-claude/streaming
 */
final class MessageEventWriter implements CallerDialect.EventWriter {
  private final Envelope envelope;
  private final List<ChatEvent> kept = new ArrayList<>(0);

  private @Nullable JsonBytes out;
  private ChatEvent.@Nullable Start start;
  private @Nullable Usage usage;
  private boolean begun;
  private int blocks;
  private Open open = Open.NONE;
  private boolean signed;

  /** Whether the open text has words, and whether it has a citation after them. */
  private boolean worded;

  private boolean cited;

  /** The open tool call's number and what came of its arguments. */
  private int call;

  private final StringBuilder arguments = new StringBuilder();

  /** How long the arguments were when they were last found not to be complete. */
  private int checked;

  private boolean refused;
  private ChatEvent.@Nullable Finish finish;

  private enum Open {
    NONE,
    TEXT,
    THINKING,
    TOOL
  }

  MessageEventWriter(Envelope envelope) {
    this.envelope = envelope;
  }

  @Override
  public byte @Nullable [] write(ChatEvent event) {
    out = null;
    if (event instanceof ChatEvent.Start first) {
      start = start == null ? first : start;
    } else if (event instanceof ChatEvent.UsageReport report) {
      usage = report.usage();
    } else {
      // not before: what is known of the input by then belongs into the first event
      begin();
      tell(event);
    }
    JsonBytes written = out;
    return written == null ? null : written.toBytes();
  }

  private void tell(ChatEvent event) {
    if (event instanceof ChatEvent.Ping) {
      event("ping");
      close();
    } else if (event instanceof ChatEvent.End) {
      end();
    } else if (event instanceof ChatEvent.Finish finished) {
      if (finished.choice() == 0) {
        finish = finish == null ? finished : finish;
        release();
      }
    } else {
      content(event);
    }
  }

  private void content(ChatEvent event) {
    if (choice(event) != 0 || isEmpty(event)) {
      return;
    }
    boolean more =
        event instanceof ChatEvent.ToolCallArguments piece
            && open == Open.TOOL
            && piece.index() == call;
    if (more || open != Open.TOOL) {
      show(event);
    } else if (isWhole()) {
      List<ChatEvent> waiting = List.copyOf(kept);
      kept.clear();
      stop();
      waiting.forEach(this::content);
      content(event);
    } else {
      kept.add(event);
    }
  }

  private void show(ChatEvent event) {
    if (event instanceof ChatEvent.Text text) {
      text(text.text());
    } else if (event instanceof ChatEvent.Refusal text) {
      refused = true;
      text(text.text());
    } else if (event instanceof ChatEvent.Thinking text) {
      thinking();
      delta("thinking_delta").field("thinking", text.text());
      closeDelta();
    } else if (event instanceof ChatEvent.Cited rests) {
      cite(rests.citation());
    } else if (event instanceof ChatEvent.ThinkingSignature proof) {
      if (open != Open.THINKING) {
        thinking();
      }
      signed = true;
      delta("signature_delta").field("signature", proof.signature());
      closeDelta();
    } else if (event instanceof ChatEvent.RedactedThinking thought) {
      block("redacted_thinking").field("data", thought.data());
      closeBlock(Open.TEXT);
      stop();
    } else if (event instanceof ChatEvent.Picture picture) {
      block("image").field("source", BlockWriter.picture(picture.source()).path("source"));
      closeBlock(Open.TEXT);
      stop();
    } else if (event instanceof ChatEvent.ToolCallStart tool) {
      call = tool.index();
      arguments.setLength(0);
      checked = 0;
      block("tool_use").field("id", tool.id()).field("name", tool.name());
      json().field("input").beginObject().endObject();
      closeBlock(Open.TOOL);
    } else if (event instanceof ChatEvent.ToolCallArguments piece
        && open == Open.TOOL
        && piece.index() == call) {
      arguments.append(piece.json());
      delta("input_json_delta").field("partial_json", piece.json());
      closeDelta();
    }
  }

  /** Shows what was kept, each tool call with all its arguments together. */
  private void release() {
    List<ChatEvent> late = List.copyOf(kept);
    kept.clear();
    stop();
    for (ChatEvent event : late) {
      if (event instanceof ChatEvent.ToolCallArguments) {
        continue; // told with its call
      }
      if (open == Open.TOOL) {
        stop();
      }
      show(event);
      if (event instanceof ChatEvent.ToolCallStart tool) {
        String whole = arguments(tool.index(), late);
        if (!whole.isEmpty()) {
          show(new ChatEvent.ToolCallArguments(0, tool.index(), whole));
        }
      }
    }
    stop();
  }

  private static String arguments(int index, List<ChatEvent> events) {
    StringBuilder all = new StringBuilder();
    for (ChatEvent event : events) {
      if (event instanceof ChatEvent.ToolCallArguments piece && piece.index() == index) {
        all.append(piece.json());
      }
    }
    return all.toString();
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    ChatEvent.Start first = start;
    event("message_start")
        .field("message")
        .beginObject()
        .field("id", Words.id(first == null ? null : first.id(), envelope))
        .field("type", "message")
        .field("role", "assistant")
        .field("model", Words.model(first == null ? null : first.model(), envelope))
        .field("content")
        .beginArray()
        .endArray()
        .field("stop_reason")
        .nullValue()
        .field("stop_sequence")
        .nullValue();
    Words.usage(json(), usage);
    json().endObject();
    close();
  }

  private void end() {
    release();
    ChatEvent.Finish how = finish;
    event("message_delta").field("delta").beginObject();
    Words.stop(
        json(),
        how == null ? FinishReason.STOP : how.reason(),
        how == null ? null : how.stopSequence(),
        refused);
    json().endObject();
    Words.usage(json(), usage);
    GatewayField.write(json(), envelope);
    close();
    event("message_stop");
    close();
  }

  private void text(String text) {
    if (open != Open.TEXT || cited) {
      openText();
    }
    worded = true;
    delta("text_delta").field("text", text);
    closeDelta();
  }

  /** A block's citations hold for all of its text, so that other text is another block. */
  private void cite(Citation citation) {
    JsonNode node = Citations.node(citation);
    if (node == null) {
      return;
    }
    if (open != Open.TEXT) {
      openText();
    }
    cited = worded;
    delta("citations_delta").field("citation", node);
    closeDelta();
  }

  private void openText() {
    block("text").field("text", "");
    closeBlock(Open.TEXT);
    worded = false;
    cited = false;
  }

  /** What comes after a thought's proof is another thought. */
  private void thinking() {
    if (open != Open.THINKING || signed) {
      block("thinking").field("thinking", "").field("signature", "");
      closeBlock(Open.THINKING);
      signed = false;
    }
  }

  /** Begins a block after the one that is open. */
  private JsonBytes block(String type) {
    stop();
    return event("content_block_start")
        .field("index", blocks)
        .field("content_block")
        .beginObject()
        .field("type", type);
  }

  private void closeBlock(Open kind) {
    open = kind;
    json().endObject();
    close();
  }

  private JsonBytes delta(String type) {
    return event("content_block_delta")
        .field("index", blocks)
        .field("delta")
        .beginObject()
        .field("type", type);
  }

  private void closeDelta() {
    json().endObject();
    close();
  }

  private void stop() {
    if (open != Open.NONE) {
      open = Open.NONE;
      event("content_block_stop").field("index", blocks++);
      close();
    }
  }

  private JsonBytes event(String type) {
    return json().raw("event: ").raw(type).raw("\ndata: ").beginObject().field("type", type);
  }

  private void close() {
    json().endObject().raw("\n\n");
  }

  private JsonBytes json() {
    JsonBytes current = out;
    if (current == null) {
      current = new JsonBytes(256);
      out = current;
    }
    return current;
  }

  private static int choice(ChatEvent event) {
    if (event instanceof ChatEvent.Text text) {
      return text.choice();
    } else if (event instanceof ChatEvent.Thinking text) {
      return text.choice();
    } else if (event instanceof ChatEvent.ToolCallArguments piece) {
      return piece.choice();
    } else if (event instanceof ChatEvent.ToolCallStart tool) {
      return tool.choice();
    } else if (event instanceof ChatEvent.ThinkingSignature proof) {
      return proof.choice();
    } else if (event instanceof ChatEvent.RedactedThinking thought) {
      return thought.choice();
    }
    if (event instanceof ChatEvent.Cited rests) {
      return rests.choice();
    }
    if (event instanceof ChatEvent.Picture picture) {
      return picture.choice();
    }
    return event instanceof ChatEvent.Refusal text ? text.choice() : 0;
  }

  private static boolean isEmpty(ChatEvent event) {
    return event instanceof ChatEvent.Logprobs
        || event instanceof ChatEvent.Text text && text.text().isEmpty()
        || event instanceof ChatEvent.Thinking thought && thought.text().isEmpty()
        || event instanceof ChatEvent.Refusal text && text.text().isEmpty()
        || event instanceof ChatEvent.ThinkingSignature proof && proof.signature().isEmpty()
        || event instanceof ChatEvent.ToolCallArguments piece && piece.json().isEmpty();
  }

  /** Whether nothing can follow: the open call's arguments are a complete object. */
  private boolean isWhole() {
    int length = arguments.length();
    if (length == checked) {
      return false;
    }
    checked = length;
    try {
      return arguments.charAt(length - 1) == '}' && Json.read(arguments.toString()).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }
}
