package io.aigateway.dialect;

import io.aigateway.wire.Ascii;
import io.aigateway.wire.JsonBytes;

/** What does the gateway add to an answer? The field {@code x_gateway}. */
public final class GatewayField {
  private GatewayField() {}

  /** Writes the field into the object that is open. */
  public static void write(JsonBytes json, Envelope envelope) {
    json.field("x_gateway")
        .beginObject()
        .field("provider", envelope.provider())
        .field("model", envelope.model())
        .field("latency_ms", envelope.latencyMillis().getAsLong())
        .field("request_id", envelope.requestId())
        .endObject();
  }

  /** A whole answer with the field before its end; as it is when it has no end. */
  public static byte[] intoReply(byte[] body, Envelope envelope) {
    int brace = body.length - 1;
    while (brace >= 0 && body[brace] != '}') {
      brace--;
    }
    return brace < 0 ? body : insert(body, brace, envelope);
  }

  /** A server-sent event with the field before the end of its data; as it is without one. */
  public static byte[] intoFrame(byte[] raw, Envelope envelope) {
    int brace = lastBrace(raw);
    return brace < 0 ? raw : insert(raw, brace, envelope);
  }

  /** The last brace in the last data line that has one; an id after it may have braces too. */
  private static int lastBrace(byte[] raw) {
    int brace = -1;
    for (int i = raw.length - 1; i >= 0; i--) {
      if (brace < 0 && raw[i] == '}') {
        brace = i;
      }
      if (i == 0 || raw[i - 1] == '\n' || raw[i - 1] == '\r') {
        if (brace >= 0 && raw[i] == 'd') {
          return brace;
        }
        // A byte order mark may stand before the first line.
        brace = i == 0 ? brace : -1;
      }
    }
    return brace;
  }

  /** A copy of the bytes with the field before the brace at {@code brace}. */
  public static byte[] insert(byte[] bytes, int brace, Envelope envelope) {
    JsonBytes json = new JsonBytes(bytes.length + 256).raw(bytes, 0, brace);
    int last = brace - 1;
    while (last >= 0 && Ascii.isSpace(bytes[last])) {
      last--;
    }
    if (last >= 0 && bytes[last] != '{') {
      json.raw(",");
    }
    // Written apart, because spaces before the brace would hide whether a comma is due.
    JsonBytes field = new JsonBytes(192);
    write(field, envelope);
    return json.raw(field.toBytes()).raw(bytes, brace, bytes.length).toBytes();
  }
}
