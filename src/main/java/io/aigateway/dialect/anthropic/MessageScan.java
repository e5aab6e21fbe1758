package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.dialect.MalformedReplyException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a message, or of one event of a stream? One pass without a tree; what is
 * not known is passed over. One instance a value.
 */
final class MessageScan {
  @Nullable String type;
  @Nullable String stopReason;
  boolean hasContent;

  /** Whether it is a count of tokens. */
  boolean counted;

  /** Whether a caller sees something of the answer in it. */
  boolean shown;

  private final UsageReader usage;

  /**
   * @param usage takes the tokens that are named
   */
  MessageScan(UsageReader usage) {
    this.usage = usage;
  }

  /**
   * @param what the value, for the message of an error
   * @throws MalformedReplyException when it is not one JSON object
   */
  MessageScan read(JsonParser parser, String what) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new MalformedReplyException(what + " is not a JSON object");
    }
    fields(parser);
    if (parser.nextToken() != null) {
      throw new MalformedReplyException(what + " has something after its JSON object");
    }
    return this;
  }

  private void fields(JsonParser parser) throws IOException {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "type" -> type = text(parser, token, type);
        case "stop_reason" -> stopReason = text(parser, token, stopReason);
        case "input_tokens" -> {
          counted = token == JsonToken.VALUE_NUMBER_INT;
          parser.skipChildren();
        }
        case "usage" -> usage.read(parser);
        case "content" -> {
          hasContent = token == JsonToken.START_ARRAY;
          parser.skipChildren();
        }
        case "message" -> message(parser, token);
        case "delta", "content_block" -> piece(parser, token);
        default -> parser.skipChildren();
      }
    }
  }

  /** The beginning of a stream's message. */
  private void message(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    String outer = type;
    fields(parser);
    type = outer;
  }

  /** A block's beginning or a part of it, or the end of the message. */
  private void piece(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    String kind = null;
    boolean empty = true;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "type" -> kind = text(parser, value, kind);
        case "stop_reason" -> stopReason = text(parser, value, stopReason);
        case "text", "thinking" -> {
          empty &= value != JsonToken.VALUE_STRING || parser.getTextLength() == 0;
          parser.skipChildren();
        }
        default -> parser.skipChildren();
      }
    }
    if (kind != null) {
      shown |=
          switch (kind) {
            case "text", "text_delta", "thinking", "thinking_delta" -> !empty;
            case "signature_delta" -> false;
            default -> true;
          };
    }
  }

  private static @Nullable String text(JsonParser parser, JsonToken token, @Nullable String before)
      throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return before;
  }
}
