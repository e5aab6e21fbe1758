package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Utf8Test {

  @Property(tries = 2000)
  void agreesWithTheStandardDecoder(@ForAll byte[] bytes) {
    assertThat(Utf8.firstInvalid(bytes) < 0).isEqualTo(decodes(bytes));
  }

  @Property
  void everyTextIsValidUpToABrokenByte(@ForAll String text) {
    byte[] good = ("12345678" + text.replaceAll("[\\ud800-\\udfff]", "é")).getBytes(UTF_8);
    assertThat(Utf8.firstInvalid(good)).isEqualTo(-1);
    byte[] bad = java.util.Arrays.copyOf(good, good.length + 1);
    bad[good.length] = (byte) 0xff;
    assertThat(Utf8.firstInvalid(bad)).isEqualTo(good.length);
  }

  @Test
  void overlongFormsAndHalvesOfPairsAreInvalid() {
    assertThat(Utf8.firstInvalid(new byte[] {'a', (byte) 0xc0, (byte) 0x80})).isEqualTo(1);
    assertThat(Utf8.firstInvalid(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})).isZero();
    assertThat(Utf8.firstInvalid(new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}))
        .isZero();
  }

  private static boolean decodes(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
