package io.aigateway.wire;

/** What can be mended in the bytes of a server-sent event without reading it? */
public final class SseFrame {
  private SseFrame() {}

  /**
   * The event with the blank line that ends it. A provider's last event may lack its own, and a
   * caller would never see such an event.
   */
  public static byte[] closed(byte[] raw) {
    int length = raw.length;
    if (length == 0) {
      return raw;
    }
    byte last = raw[length - 1];
    if (last != '\n' && last != '\r') {
      return joined(raw, "\n\n");
    }
    boolean crLf = last == '\n' && length > 1 && raw[length - 2] == '\r';
    int before = length - (crLf ? 3 : 2);
    boolean blank = before < 0 || raw[before] == '\n' || raw[before] == '\r';
    return blank ? raw : joined(raw, crLf ? "\r\n" : last == '\r' ? "\r" : "\n");
  }

  private static byte[] joined(byte[] raw, String end) {
    return new JsonBytes(raw.length + end.length()).raw(raw).raw(end).toBytes();
  }
}
