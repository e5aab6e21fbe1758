package io.aigateway.dialect.openai;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.dialect.RequestBody;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is the body a request, and what does routing need of it? One pass without a tree, since every
 * request of the straight line pays for it. One instance a body.
 */
final class HeadReader {
  /** OpenAI's own limit of {@code n}. */
  private static final int MAX_CHOICES = 128;

  private final byte[] body;

  private @Nullable String model;
  private @Nullable Span modelSpan;
  private @Nullable List<Span> modelSpans;
  private boolean messages;
  private boolean stream;
  private boolean streamUsage;
  private int choices = 1;
  private Span streamOptions = Span.ABSENT;
  private Span includeUsage = Span.ABSENT;

  private HeadReader(byte[] body) {
    this.body = body;
  }

  static RequestHead read(byte[] body) {
    RequestBody.checkEncoding(body);
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      return new HeadReader(body).read(parser);
    } catch (JsonProcessingException e) {
      throw RequestBody.broken(e);
    } catch (IOException e) {
      throw invalid(null, "The body could not be read as JSON.");
    }
  }

  private RequestHead read(JsonParser parser) throws IOException {
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
        case "stream" -> stream = flag(token, "stream");
        case "stream_options" -> streamOptions(parser, token);
        case "n" -> choices(parser, token);
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw invalid(null, "The body has something after its JSON object.");
    }
    if (model == null || modelSpan == null) {
      throw invalid("model", "The field 'model' is missing; it must be the name of a model.");
    }
    if (!messages) {
      throw invalid("messages", "The field 'messages' is missing; it must be a list of messages.");
    }
    return new RequestHead(
        model,
        stream,
        streamUsage,
        choices,
        modelSpans == null ? List.of(modelSpan) : modelSpans,
        streamOptions,
        includeUsage);
  }

  private void model(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw invalid("model", "The field 'model' must be a string.");
    }
    // getText reads the string to its end; only then the current location is behind it.
    String text = parser.getText();
    Span span = RequestBody.span(parser, body);
    if (text.isBlank()) {
      throw invalid("model", "The field 'model' must not be empty.");
    }
    if (modelSpan != null) {
      if (modelSpans == null) {
        modelSpans = new ArrayList<>();
        modelSpans.add(modelSpan);
      }
      modelSpans.add(span);
    }
    modelSpan = span;
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
      boolean role = false;
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (name.equals("role")) {
          if (value != JsonToken.VALUE_STRING) {
            throw invalid("messages[" + index + "].role", "A message's role must be a string.");
          }
          role = true;
        } else {
          parser.skipChildren();
        }
      }
      if (!role) {
        throw invalid("messages[" + index + "].role", "A message must have a role.");
      }
      index++;
    }
    if (index == 0) {
      throw invalid("messages", "The field 'messages' must have at least one message.");
    }
    messages = true;
  }

  private void streamOptions(JsonParser parser, JsonToken token) throws IOException {
    includeUsage = Span.ABSENT;
    streamUsage = false;
    if (token == JsonToken.VALUE_NULL) {
      streamOptions = RequestBody.span(parser, body);
      return;
    }
    if (token != JsonToken.START_OBJECT) {
      throw invalid("stream_options", "The field 'stream_options' must be an object or null.");
    }
    int start = RequestBody.start(parser);
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      if (name.equals("include_usage")) {
        streamUsage = flag(value, "stream_options.include_usage");
        includeUsage = RequestBody.span(parser, body);
      } else {
        parser.skipChildren();
      }
    }
    streamOptions = new Span(start, RequestBody.start(parser) + 1);
  }

  private void choices(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      choices = 1;
      return;
    }
    if (token != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() != JsonParser.NumberType.INT
        || parser.getIntValue() < 1
        || parser.getIntValue() > MAX_CHOICES) {
      throw invalid("n", "The field 'n' must be an integer from 1 to " + MAX_CHOICES + ".");
    }
    choices = parser.getIntValue();
  }

  private static boolean flag(JsonToken token, String param) {
    return switch (token) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      default -> throw invalid(param, "The field '" + param + "' must be true or false.");
    };
  }
}
