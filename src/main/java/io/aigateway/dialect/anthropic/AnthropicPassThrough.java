package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.SealedIds;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Frame;
import io.aigateway.wire.SseFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How do Anthropic's bytes get from a caller to a provider and back without being understood?
 * Unknown fields, blocks and events, the order of keys and the digits of numbers survive.
 */
public final class AnthropicPassThrough implements PassThrough {
  private static final byte[] OPENAI_END = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String dialect() {
    return AnthropicCaller.NAME;
  }

  /** Which version of the API, and which of its betas, the caller speaks. */
  @Override
  public Set<String> headers() {
    return Set.of("anthropic-version", "anthropic-beta");
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    return sent(AnthropicProvider.PATH, body, head, model);
  }

  @Override
  public boolean counts() {
    return true;
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model, Operation operation) {
    return operation == Operation.COUNT_TOKENS
        ? sent(AnthropicProvider.PATH + "/count_tokens", body, head, model)
        : request(body, head, model);
  }

  private static UpstreamRequest sent(String path, byte[] body, RequestHead head, String model) {
    Edits edits = new Edits(body).rename(head, model);
    SealedIds.cut(body, edits);
    return new UpstreamRequest(path, edits.apply(), List.of());
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    UsageReader usage = new UsageReader();
    MessageScan scan = scan(new Frame(body, null, body), usage, "the reply");
    if (!"message".equals(scan.type) || !scan.hasContent) {
      throw new MalformedReplyException("the reply is not a message");
    }
    return new ReplyFacts(finish(scan), usage.usage());
  }

  @Override
  public ReplyFacts inspect(byte[] body, Operation operation) {
    if (operation != Operation.COUNT_TOKENS) {
      return inspect(body);
    }
    if (!scan(new Frame(body, null, body), new UsageReader(), "the reply").counted) {
      throw new MalformedReplyException("the reply has no count of tokens");
    }
    return new ReplyFacts(null, null);
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    return GatewayField.intoReply(body, envelope);
  }

  @Override
  public FrameReader reader() {
    return new Reader();
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return new Writer(envelope);
  }

  private static MessageScan scan(Frame value, UsageReader usage, String what) {
    try {
      return value.read(parser -> new MessageScan(usage).read(parser, what));
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException(what + " is not JSON");
    } catch (IOException e) {
      throw new MalformedReplyException(what + " could not be read");
    }
  }

  private static @Nullable FinishReason finish(MessageScan scan) {
    return scan.stopReason == null ? null : Replies.finish(scan.stopReason, true);
  }

  /** Usage comes in pieces: the input at the start, the output at the end. */
  private static final class Reader implements FrameReader {
    private static final String WHAT = "an event of the stream";

    private final UsageReader usage = new UsageReader();

    @Override
    public FrameFacts read(Frame frame) {
      if (frame.isBlank() || frame.startsWith('[') && Arrays.equals(frame.data(), OPENAI_END)) {
        return FrameFacts.NOTHING; // a comment, or what proxies with an OpenAI side add at the end
      }
      MessageScan scan = scan(frame, usage, WHAT);
      String type = scan.type == null ? frame.event() : scan.type;
      if (type == null) {
        throw new MalformedReplyException(WHAT + " has no type");
      }
      return switch (type) {
        case "message_start" -> facts(false, null, usage.usage());
        case "content_block_start", "content_block_delta" ->
            scan.shown ? FrameFacts.CONTENT : FrameFacts.NOTHING;
        case "message_delta" -> {
          FinishReason finish = finish(scan);
          yield facts(finish != null, finish, usage.usage());
        }
        case "message_stop" -> FrameFacts.END;
        case "error" ->
            new FrameFacts(
                false,
                0,
                null,
                null,
                false,
                ErrorReader.failure(ReplyBody.object(frame.data())),
                false);
        default -> FrameFacts.NOTHING;
      };
    }

    private static FrameFacts facts(
        boolean content, @Nullable FinishReason finish, @Nullable Usage usage) {
      return new FrameFacts(content, finish == null ? 0 : 1, finish, usage, false, null, false);
    }
  }

  /** Lets frames through as they are, but for the one that says why the answer ended. */
  private static final class Writer implements FrameWriter {
    private final Envelope envelope;
    private boolean finished;

    Writer(Envelope envelope) {
      this.envelope = envelope;
    }

    @Override
    public byte @Nullable [] write(Frame frame, FrameFacts facts) {
      byte[] raw = frame.raw();
      if (facts.finishes() > 0 && !finished) {
        finished = true;
        raw = GatewayField.intoFrame(raw, envelope);
      }
      return SseFrame.closed(raw);
    }
  }
}
