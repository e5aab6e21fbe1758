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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Is the body a request, and what does routing need of it? One pass without a tree, since every
 * request of the straight line pays for it. One instance a body.
 */
public final class HeadReader {

  /** Which request it is. */
  public enum Form {
    /** {@code messages} are checked as far as their roles. */
    CHAT("messages", "stream", "stream_options", "n"),
    /** {@code n} and {@code stream_options} mean what they mean in a chat. */
    COMPLETION("stream", "stream_options", "n"),
    /** Whole answers only, and {@code input} must be there. */
    EMBEDDINGS("input"),
    /** Whole answers only, {@code input} must be there, and the model has a default. */
    MODERATION("input"),
    /** Nothing but the model. */
    MODEL(),
    /** Nothing but the model and whether it is a stream. */
    PLAIN("stream");

    private final Set<String> reads;

    Form(String... reads) {
      this.reads = Set.of(reads);
    }
  }

  /** OpenAI's own limit of {@code n}. */
  private static final int MAX_CHOICES = 128;

  /** OpenAI's own model where the caller names none. */
  private static final String MODERATOR = "omni-moderation-latest";

  private final byte[] body;
  private final Form form;

  private @Nullable String model;
  private @Nullable Span modelSpan;
  private @Nullable List<Span> modelSpans;
  private boolean messages;
  private boolean input;
  private boolean stream;
  private boolean streamUsage;
  private int choices = 1;
  private Span streamOptions = Span.ABSENT;
  private Span includeUsage = Span.ABSENT;

  private HeadReader(byte[] body, Form form) {
    this.body = body;
    this.form = form;
  }

  /**
   * Reads the body of a request.
   *
   * @throws io.aigateway.error.RequestException 400 naming the field in {@code param}
   */
  public static RequestHead read(byte[] body, Form form) {
    RequestBody.checkEncoding(body);
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      return new HeadReader(body, form).read(parser);
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
        case "messages", "stream", "stream_options", "n", "input" -> own(name, parser, token);
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw invalid(null, "The body has something after its JSON object.");
    }
    if (model == null && form == Form.MODERATION) {
      model = MODERATOR;
    }
    if (model == null) {
      throw invalid("model", "The field 'model' is missing; it must be the name of a model.");
    }
    if (!messages && form == Form.CHAT) {
      throw invalid("messages", "The field 'messages' is missing; it must be a list of messages.");
    }
    if (!input && form.reads.contains("input")) {
      throw invalid("input", "The field 'input' is missing; it must be a text or a list.");
    }
    return new RequestHead(
        model, stream, streamUsage, choices, spans(), streamOptions, includeUsage);
  }

  private List<Span> spans() {
    if (modelSpans != null) {
      return modelSpans;
    }
    return modelSpan == null ? List.of() : List.of(modelSpan);
  }

  private void own(String name, JsonParser parser, JsonToken token) throws IOException {
    if (!form.reads.contains(name)) {
      parser.skipChildren();
      return;
    }
    switch (name) {
      case "messages" -> messages(parser, token);
      case "stream" -> stream = flag(token, "stream");
      case "stream_options" -> streamOptions(parser, token);
      case "n" -> choices(parser, token);
      default -> {
        input = token != JsonToken.VALUE_NULL;
        parser.skipChildren();
      }
    }
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
