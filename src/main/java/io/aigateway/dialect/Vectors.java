package io.aigateway.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.embed.EmbedRequest;
import io.aigateway.error.RequestException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** How do lists of numbers, bytes and vectors become one another? For all threads. */
public final class Vectors {
  private Vectors() {}

  /**
   * The vector of a list of JSON numbers.
   *
   * @throws MalformedReplyException when it is no list of finite numbers, or empty
   */
  public static float[] read(JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      throw new MalformedReplyException("a vector of the answer is not a list of numbers");
    }
    float[] vector = new float[list.size()];
    for (int i = 0; i < vector.length; i++) {
      JsonNode number = list.get(i);
      vector[i] = number.floatValue();
      if (!number.isNumber() || !Float.isFinite(vector[i])) {
        throw new MalformedReplyException("a vector of the answer has something not a number");
      }
    }
    return vector;
  }

  /**
   * The vector of base64 text.
   *
   * @throws MalformedReplyException when it is not base64 of finite little-endian 32-bit floats
   */
  public static float[] read(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new MalformedReplyException("a vector of the answer is not base64");
    }
    if (bytes.length == 0 || bytes.length % Float.BYTES != 0) {
      throw new MalformedReplyException("a vector of the answer is not of whole 32-bit numbers");
    }
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        throw new MalformedReplyException("a vector of the answer has something not a number");
      }
    }
    return vector;
  }

  /** Base64 of the numbers as little-endian 32-bit floats. */
  public static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /**
   * The texts of a request to a provider that has its own tokenizer.
   *
   * @throws RequestException 400 naming {@code input} when the caller sent tokens
   */
  public static List<String> texts(EmbedRequest request, String provider) {
    if (request.tokens()) {
      throw Leftovers.unsupported("input", provider + " takes texts, not tokens");
    }
    return request.texts();
  }
}
