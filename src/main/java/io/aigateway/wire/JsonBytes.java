package io.aigateway.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;

/**
 * How is JSON written without building a tree first? Compact, UTF-8; commas are set by themselves,
 * nesting is the writer's own care. Half a surrogate pair, which comes when a provider cuts a
 * character in two, is written as an escape instead of being refused. Not thread-safe.
 *
 * <p>Source: https://www.rfc-editor.org/rfc/rfc8259
 */
public final class JsonBytes {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private byte[] buffer;
  private int length;

  public JsonBytes() {
    this(256);
  }

  public JsonBytes(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  public JsonBytes beginObject() {
    separate();
    return put('{');
  }

  public JsonBytes endObject() {
    return put('}');
  }

  public JsonBytes beginArray() {
    separate();
    return put('[');
  }

  public JsonBytes endArray() {
    return put(']');
  }

  /** The name of the next value; plain ASCII that needs no escape. */
  public JsonBytes field(String name) {
    separate();
    put('"');
    raw(name);
    put('"');
    return put(':');
  }

  public JsonBytes field(String name, String value) {
    return field(name).value(value);
  }

  public JsonBytes field(String name, long value) {
    return field(name).value(value);
  }

  public JsonBytes field(String name, boolean value) {
    return field(name).value(value);
  }

  public JsonBytes field(String name, JsonNode value) {
    return field(name).value(value);
  }

  public JsonBytes value(String text) {
    separate();
    put('"');
    escaped(text);
    return put('"');
  }

  public JsonBytes value(long number) {
    separate();
    return raw(Long.toString(number));
  }

  public JsonBytes value(boolean flag) {
    separate();
    return raw(flag ? "true" : "false");
  }

  public JsonBytes nullValue() {
    separate();
    return raw("null");
  }

  /** Any value; numbers keep the digits they were read with. */
  public JsonBytes value(JsonNode node) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        beginObject();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
          value(entry.getKey());
          put(':');
          value(entry.getValue());
        }
        endObject();
      }
      case ARRAY -> {
        beginArray();
        for (JsonNode item : node) {
          value(item);
        }
        endArray();
      }
      case STRING, BINARY -> value(node.asText());
      case NUMBER -> {
        separate();
        raw(node.asText());
      }
      case BOOLEAN -> value(node.booleanValue());
      default -> nullValue();
    }
    return this;
  }

  /** Plain ASCII as it stands: no comma before it, no quotes. */
  public JsonBytes raw(String ascii) {
    int count = ascii.length();
    ensure(count);
    for (int i = 0; i < count; i++) {
      buffer[length++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  /** Bytes as they stand. */
  public JsonBytes raw(byte[] bytes) {
    return raw(bytes, 0, bytes.length);
  }

  /** Bytes as they stand, from {@code start} up to but not including {@code end}. */
  public JsonBytes raw(byte[] bytes, int start, int end) {
    ensure(end - start);
    System.arraycopy(bytes, start, buffer, length, end - start);
    length += end - start;
    return this;
  }

  /** All that was written so far. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, length);
  }

  // What stands before tells whether a comma is due, so no stack of levels is needed.
  private void separate() {
    if (length == 0) {
      return;
    }
    switch (buffer[length - 1]) {
      case '{', '[', ',', ':', ' ', '\n' -> {}
      default -> put(',');
    }
  }

  private void escaped(String text) {
    int count = text.length();
    ensure(count);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
        if (length == buffer.length) {
          ensure(count - i);
        }
        buffer[length++] = (byte) c;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        codePoint(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        special(c);
      }
    }
  }

  private void special(char c) {
    ensure(6);
    switch (c) {
      case '"' -> escape('"');
      case '\\' -> escape('\\');
      case '\n' -> escape('n');
      case '\r' -> escape('r');
      case '\t' -> escape('t');
      case '\b' -> escape('b');
      case '\f' -> escape('f');
      default -> {
        if (c < 0x20 || Character.isSurrogate(c)) {
          escape('u');
          buffer[length++] = HEX[c >> 12];
          buffer[length++] = HEX[c >> 8 & 0xf];
          buffer[length++] = HEX[c >> 4 & 0xf];
          buffer[length++] = HEX[c & 0xf];
        } else if (c < 0x800) {
          buffer[length++] = (byte) (0xc0 | c >> 6);
          buffer[length++] = (byte) (0x80 | c & 0x3f);
        } else {
          buffer[length++] = (byte) (0xe0 | c >> 12);
          buffer[length++] = (byte) (0x80 | c >> 6 & 0x3f);
          buffer[length++] = (byte) (0x80 | c & 0x3f);
        }
      }
    }
  }

  private void codePoint(int c) {
    ensure(4);
    buffer[length++] = (byte) (0xf0 | c >> 18);
    buffer[length++] = (byte) (0x80 | c >> 12 & 0x3f);
    buffer[length++] = (byte) (0x80 | c >> 6 & 0x3f);
    buffer[length++] = (byte) (0x80 | c & 0x3f);
  }

  private void escape(char c) {
    buffer[length++] = '\\';
    buffer[length++] = (byte) c;
  }

  private JsonBytes put(char c) {
    if (length == buffer.length) {
      ensure(1);
    }
    buffer[length++] = (byte) c;
    return this;
  }

  private void ensure(int more) {
    if (more > buffer.length - length) {
      long wanted = Math.max((long) length + more, buffer.length * 2L);
      buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }
}
