package io.aigateway.dialect.openai;

import io.aigateway.dialect.Envelope;
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
