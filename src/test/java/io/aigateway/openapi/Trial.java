package io.aigateway.openapi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is to be sent, and what may come of it.
 *
 * @param about what is special about it
 * @param method as it is sent
 * @param path with names in braces where the values of {@code segments} go, which may be encoded
 * @param query without the question mark, as it is sent
 * @param headers as they are sent, one char a byte
 */
public record Trial(
    String about,
    Expected expected,
    String method,
    String path,
    Map<String, String> segments,
    String query,
    List<String> headers,
    byte @Nullable [] body) {

  /** What may come of a request. */
  public enum Expected {
    /** It is done. */
    SUCCESS,
    /** It is refused, and nothing is stored. */
    REFUSAL,
    /** One of the two. */
    EITHER
  }

  Trial about(String text, Expected expects) {
    return new Trial(text, expects, method, path, segments, query, headers, body);
  }

  Trial by(String other) {
    return new Trial(about, expected, other, path, segments, query, headers, body);
  }

  Trial segment(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(segments);
    more.put(name, value);
    return new Trial(about, expected, method, path, more, query, headers, body);
  }

  Trial query(String text) {
    return new Trial(about, expected, method, path, segments, text, headers, body);
  }

  /** With this header in place of others of its name. */
  Trial header(String name, String value) {
    List<String> more = new ArrayList<>(headers);
    more.removeIf(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
    more.add(name + ": " + value);
    return new Trial(about, expected, method, path, segments, query, more, body);
  }

  Trial without(String name) {
    List<String> less = new ArrayList<>(headers);
    less.removeIf(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
    return new Trial(about, expected, method, path, segments, query, less, body);
  }

  Trial body(byte @Nullable [] bytes) {
    return new Trial(about, expected, method, path, segments, query, headers, bytes);
  }

  /**
   * As it goes over the wire.
   *
   * @param real values for the names in braces that the trial has none for
   */
  public byte[] bytes(Map<String, String> real) {
    String target = path;
    for (Map.Entry<String, String> each : segments.entrySet()) {
      target = target.replace("{" + each.getKey() + "}", each.getValue());
    }
    for (Map.Entry<String, String> each : real.entrySet()) {
      target = target.replace("{" + each.getKey() + "}", each.getValue());
    }
    StringBuilder head = new StringBuilder(method).append(' ').append(target);
    if (!query.isEmpty()) {
      String asked = query;
      for (Map.Entry<String, String> each : real.entrySet()) {
        asked = asked.replace("{" + each.getKey() + "}", each.getValue());
      }
      head.append('?').append(asked);
    }
    head.append(" HTTP/1.1\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    head.append("connection: close\r\n");
    if (body != null) {
      head.append("content-length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(ISO_8859_1));
    if (body != null) {
      all.writeBytes(body);
    }
    return all.toByteArray();
  }

  @Override
  public String toString() {
    return method + " " + path + " with " + about;
  }
}
