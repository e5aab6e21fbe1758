package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.Vectors;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How do OpenAI's requests for vectors get to a provider and back without being understood? Bytes
 * pass as they are, unless the provider gives base64 where lists were asked for, or the other way:
 * some know one form only, and OpenAI's own clients read what they asked for, not what came.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/embeddings
 */
public final class EmbeddingsPassThrough implements PassThrough {

  @Override
  public String dialect() {
    return Operation.EMBEDDINGS.label();
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    return new UpstreamRequest(
        "/embeddings", new Edits(body).rename(head, model).apply(), List.of());
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    boolean data = false;
    Usage usage = null;
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedReplyException("the reply is not a JSON object");
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        switch (name) {
          case "data" -> data = token == JsonToken.START_ARRAY;
          case "error" -> {
            if (token != JsonToken.VALUE_NULL) {
              throw new MalformedReplyException("an error in a 200");
            }
          }
          case "usage" -> usage = UsageCodec.read(parser);
          default -> {}
        }
        if (token.isStructStart() && parser.currentToken() == token) {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedReplyException("the reply has something after its JSON object");
      }
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("the reply is not JSON");
    } catch (IOException e) {
      throw new MalformedReplyException("the reply could not be read");
    }
    if (!data) {
      throw new MalformedReplyException("the reply has no list of vectors");
    }
    return new ReplyFacts(null, usage == null ? null : new Usage(usage.input(), 0));
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    JsonToken first = firstVector(body);
    if (first != JsonToken.VALUE_STRING && first != JsonToken.START_ARRAY) {
      return body;
    }
    boolean base64 = wantsBase64(envelope.request().get());
    return base64 == (first == JsonToken.VALUE_STRING) ? body : rewritten(body, base64);
  }

  @Override
  public FrameReader reader() {
    throw new IllegalStateException("vectors come whole");
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    throw new IllegalStateException("vectors come whole");
  }

  private static @Nullable JsonToken firstVector(byte[] body) {
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        if (!name.equals("data")) {
          parser.skipChildren();
        } else if (token == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT) {
          for (name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            token = parser.nextToken();
            if (name.equals("embedding")) {
              return token;
            }
            parser.skipChildren();
          }
          return null;
        }
      }
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("inspected before, unreadable now");
    }
  }

  private static boolean wantsBase64(byte[] request) {
    boolean base64 = false;
    try (JsonParser parser = Json.FACTORY.createParser(request)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        if (name.equals("encoding_format")) {
          base64 = "base64".equals(parser.getText());
        }
        parser.skipChildren();
      }
      return base64;
    } catch (IOException e) {
      throw new IllegalStateException("read before, unreadable now");
    }
  }

  private static byte[] rewritten(byte[] body, boolean base64) {
    JsonNode root;
    try {
      root = Json.read(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("inspected before, unreadable now");
    }
    JsonBytes json = new JsonBytes(body.length).beginObject();
    for (var field : root.properties()) {
      if (!field.getKey().equals("data")) {
        json.value(field.getKey()).raw(":").value(field.getValue());
        continue;
      }
      json.field("data").beginArray();
      for (JsonNode item : field.getValue()) {
        json.beginObject();
        for (var part : item.properties()) {
          json.value(part.getKey()).raw(":");
          JsonNode value = part.getValue();
          if (part.getKey().equals("embedding") && value.isTextual() != base64) {
            float[] vector =
                value.isTextual() ? Vectors.read(value.textValue()) : Vectors.read(value);
            OpenAiEmbeddings.write(json, vector, base64);
          } else {
            json.value(value);
          }
        }
        json.endObject();
      }
      json.endArray();
    }
    return json.endObject().toBytes();
  }
}
