package io.aigateway.dialect.anthropic;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.ErrorClass;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.ApiError;
import io.aigateway.wire.JsonBytes;
import java.util.Locale;

/**
 * How does one talk to a caller that speaks Anthropic's Messages API?
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
public final class AnthropicCaller implements CallerDialect {
  public static final String NAME = AnthropicProvider.NAME;

  /** By these words Anthropic's clients know that they must send less. */
  private static final String TOO_LONG = "prompt is too long";

  /** By this code Anthropic's clients know that they must send all that was said before. */
  static final String NO_THREADS = "thread_unsupported_request";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public RequestHead head(byte[] body) {
    return HeadReader.read(body, Operation.CHAT);
  }

  @Override
  public RequestHead head(byte[] body, Operation operation) {
    return HeadReader.read(body, operation);
  }

  @Override
  public ChatRequest read(byte[] body) {
    return RequestReader.read(body);
  }

  @Override
  public String parameter(String name) {
    return switch (name) {
      case "stop" -> "stop_sequences";
      case "user" -> "metadata.user_id";
      case "reasoning_effort" -> "output_config.effort";
      case "parallel_tool_calls" -> "tool_choice.disable_parallel_tool_use";
      case "response_format" -> "output_config.format";
      case "messages.file.filename" -> "messages.document.title";
      case "messages.reasoning_content" -> "messages.thinking";
      default -> name;
    };
  }

  @Override
  public byte[] write(ChatReply reply, Envelope envelope) {
    return ReplyWriter.write(reply, envelope);
  }

  @Override
  public EventWriter events(Envelope envelope) {
    return new MessageEventWriter(envelope);
  }

  @Override
  public byte[] error(ApiError error, String requestId) {
    JsonBytes json = new JsonBytes(256);
    error(json, error, requestId);
    return json.toBytes();
  }

  @Override
  public byte[] errorEvent(ApiError error, String requestId) {
    JsonBytes json = new JsonBytes(256).raw("event: error\ndata: ");
    error(json, error, requestId);
    return json.raw("\n\n").toBytes();
  }

  private static void error(JsonBytes json, ApiError error, String requestId) {
    json.beginObject()
        .field("type", "error")
        .field("error")
        .beginObject()
        .field("type", type(error))
        .field("message", message(error));
    if (NO_THREADS.equals(error.code())) {
      json.field("details")
          .beginObject()
          .field("error_code", NO_THREADS)
          .field("unsupported")
          .beginArray()
          .value("thread")
          .endArray()
          .endObject();
    }
    json.endObject().field("request_id", requestId).endObject();
  }

  /** Source: https://docs.claude.com/en/api/errors */
  private static String type(ApiError error) {
    return switch (error.status()) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 408, 504 -> "timeout_error";
      // what waiting can't mend is no overload
      case 503, 529 -> error.hopeless() ? "api_error" : "overloaded_error";
      default -> error.status() >= 500 ? "api_error" : "invalid_request_error";
    };
  }

  /** This dialect has no field for the one that is at fault, so the message names it. */
  private static String message(ApiError error) {
    if (ErrorClass.CONTEXT.equals(error.code())
        && !error.message().toLowerCase(Locale.ROOT).startsWith(TOO_LONG)) {
      return TOO_LONG + ": " + error.message();
    }
    String param = error.param();
    return param == null || error.message().contains(param)
        ? error.message()
        : param + ": " + error.message();
  }
}
