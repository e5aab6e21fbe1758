package io.aigateway.dialect;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import io.aigateway.wire.Utf8;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Is what a caller sent one JSON object in UTF-8? What every reader of a request asks first. */
public final class RequestBody {
  private RequestBody() {}

  /**
   * Checks what the JSON parser itself would let through, such as UTF-16.
   *
   * @throws RequestException 400
   */
  public static void checkEncoding(byte[] body) {
    if (body.length == 0) {
      throw invalid(null, "The body is empty; it must be a JSON object.");
    }
    if (body.length >= 3
        && body[0] == (byte) 0xef
        && body[1] == (byte) 0xbb
        && body[2] == (byte) 0xbf) {
      throw invalid(null, "The body begins with a byte order mark; it must be plain UTF-8 JSON.");
    }
    for (int i = 0; i < 4 && i < body.length; i++) {
      if (body[i] == 0) {
        throw invalid(null, "The body is not UTF-8 JSON: a NUL byte at byte " + i + ".");
      }
    }
    int wrong = Utf8.firstInvalid(body);
    if (wrong >= 0) {
      throw invalid(null, "The body is not valid UTF-8 at byte " + wrong + ".");
    }
  }

  /**
   * The whole body as a tree.
   *
   * @throws RequestException 400 when it is not one JSON object
   */
  public static JsonNode tree(byte[] body) {
    checkEncoding(body);
    JsonNode root;
    try {
      root = Json.read(body);
    } catch (JsonProcessingException e) {
      throw broken(e);
    }
    if (!root.isObject()) {
      throw invalid(null, "The body must be a JSON object.");
    }
    return root;
  }

  /** The 400 that says where the JSON is broken, and nothing of what stands there. */
  public static RequestException broken(JsonProcessingException e) {
    String what;
    if (e instanceof JsonEOFException) {
      what = "The body ends in the middle of its JSON";
    } else if (e instanceof StreamConstraintsException) {
      what =
          "The body's JSON is beyond a limit: at most "
              + Json.MAX_DEPTH
              + " levels deep, 1000 digits a number, 50000 characters a field name";
    } else {
      what = "The body is not valid JSON";
    }
    JsonLocation at = e.getLocation();
    return invalid(
        null,
        at == null || at.getLineNr() < 1
            ? what + "."
            : what + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ").");
  }

  /** The 400 that names {@code param}. */
  public static RequestException invalid(@Nullable String param, String message) {
    return new RequestException(ApiError.invalid(param, message));
  }

  /** Where in the body the scalar stands that the parser has come to. */
  public static Span span(JsonParser parser, byte[] body) throws IOException {
    parser.finishToken();
    int start = start(parser);
    int end = (int) parser.currentLocation().getByteOffset();
    if (start < 0 || end <= start || end > body.length) {
      throw new IllegalStateException("no place in the body for a value at " + start);
    }
    return new Span(start, end);
  }

  /** Where in the body the parser's token begins. */
  public static int start(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }
}
