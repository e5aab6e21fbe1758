package io.aigateway.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Are these bytes UTF-8? Stricter than the JSON parser, which lets overlong forms and halves of
 * surrogate pairs through. Linear; eight bytes a step where all is ASCII.
 *
 * <p>Source: https://www.rfc-editor.org/rfc/rfc3629#section-4
 */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /** Where the first byte stands that is not UTF-8, or -1 when all are. */
  public static int firstInvalid(byte[] bytes) {
    int at = 0;
    int count = bytes.length;
    while (at < count) {
      if (at + 8 <= count && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
        at += 8;
        continue;
      }
      int b = bytes[at];
      if (b >= 0) {
        at++;
        continue;
      }
      int size = sequence(bytes, at, b & 0xff);
      if (size == 0) {
        return at;
      }
      at += size;
    }
    return -1;
  }

  private static int sequence(byte[] bytes, int at, int lead) {
    int size;
    int low = 0x80;
    int high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
      size = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      size = 3;
      low = lead == 0xe0 ? 0xa0 : 0x80;
      high = lead == 0xed ? 0x9f : 0xbf;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      size = 4;
      low = lead == 0xf0 ? 0x90 : 0x80;
      high = lead == 0xf4 ? 0x8f : 0xbf;
    } else {
      return 0;
    }
    if (at + size > bytes.length) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = at + 2; i < at + size; i++) {
      if ((bytes[i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }
}
