package io.aigateway.dialect.anthropic;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestBody;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is the body a request for a message, and what does routing need of it? One pass without a tree,
 * since every request of the straight line pays for it. One instance a body.
 */
final class HeadReader {
  private final byte[] body;
  private final List<Span> modelSpans = new ArrayList<>(1);

  private @Nullable String model;
  private boolean messages;
  private boolean maxTokens;
  private boolean stream;

  private HeadReader(byte[] body) {
    this.body = body;
  }

  static RequestHead read(byte[] body, Operation operation) {
    RequestBody.checkEncoding(body);
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      return new HeadReader(body).read(parser, operation);
    } catch (JsonProcessingException e) {
      throw RequestBody.broken(e);
    } catch (IOException e) {
      throw invalid(null, "The body could not be read as JSON.");
    }
  }

  private RequestHead read(JsonParser parser, Operation operation) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw invalid(null, "The body is empty; it must be a JSON object.");
    }
    if (first != JsonToken.START_OBJECT) {
      throw invalid(null, "The body must be a JSON object.");
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "model" -> model(parser, token);
        case "messages" -> messages(parser, token);
        case "max_tokens" -> maxTokens(parser, token);
        case "stream" -> stream = flag(token);
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw invalid(null, "The body has something after its JSON object.");
    }
    if (model == null) {
      throw invalid("model", "The field 'model' is missing; it must be the name of a model.");
    }
    if (!messages) {
      throw invalid("messages", "The field 'messages' is missing; it must be a list of messages.");
    }
    if (!maxTokens && operation == Operation.CHAT) {
      throw invalid(
          "max_tokens", "The field 'max_tokens' is missing; it must be an integer of at least 1.");
    }
    boolean streamed = stream && operation == Operation.CHAT;
    return new RequestHead(model, streamed, streamed, 1, modelSpans, Span.ABSENT, Span.ABSENT);
  }

  private void model(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw invalid("model", "The field 'model' must be a string.");
    }
    // getText reads the string to its end; only then the current location is behind it.
    String text = parser.getText();
    modelSpans.add(RequestBody.span(parser, body));
    if (text.isBlank()) {
      throw invalid("model", "The field 'model' must not be empty.");
    }
    model = text;
  }

  private void messages(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      throw invalid("messages", "The field 'messages' must be a list of messages.");
    }
    int index = 0;
    for (JsonToken item = parser.nextToken();
        item != JsonToken.END_ARRAY;
        item = parser.nextToken()) {
      if (item != JsonToken.START_OBJECT) {
        throw invalid("messages[" + index + "]", "A message must be an object.");
      }
      message(parser, "messages[" + index + "].role");
      index++;
    }
    if (index == 0) {
      throw invalid("messages", "The field 'messages' must have at least one message.");
    }
    messages = true;
  }

  private static void message(JsonParser parser, String at) throws IOException {
    boolean role = false;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      if (name.equals("role")) {
        if (value != JsonToken.VALUE_STRING) {
          throw invalid(at, "The field '" + at + "' must be a string.");
        }
        role = true;
      } else {
        parser.skipChildren();
      }
    }
    if (!role) {
      throw invalid(at, "The field '" + at + "' is missing; it must be user or assistant.");
    }
  }

  private void maxTokens(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || parser.getLongValue() < 1) {
      throw invalid("max_tokens", "The field 'max_tokens' must be an integer of at least 1.");
    }
    maxTokens = true;
  }

  private static boolean flag(JsonToken token) {
    return switch (token) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      default -> throw invalid("stream", "The field 'stream' must be true or false.");
    };
  }
}
