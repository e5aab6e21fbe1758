package io.aigateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {

  @ParameterizedTest
  @ValueSource(strings = {"AQ==", "AQI=", "AQID", "+/+/", "Ab-_"})
  void signatureComesBackFromTheIdThatCarriedIt(String signature) {
    String sealed = Signatures.sealed("call_1", "gemini", signature);

    assertThat(sealed).matches("[a-zA-Z0-9_-]+");
    assertThat(Signatures.bare(sealed)).isEqualTo("call_1");
    assertThat(Signatures.sealedIn(sealed, "gemini"))
        .isEqualTo(signature.replace('-', '+').replace('_', '/'));
  }

  @Test
  void signatureIsNobodyElses() {
    String sealed = Signatures.sealed("call_1", "gemini", "AQID");

    assertThat(Signatures.sealedIn(sealed, "gem")).isNull();
    assertThat(Signatures.sealedIn("call_1", "gemini")).isNull();
    assertThat(Signatures.own("other", Signatures.marked("gemini", "AQID"))).isNull();
    assertThat(Signatures.own("gemini", Signatures.marked("gemini", "AQID"))).isEqualTo("AQID");
    assertThat(Signatures.own("gemini", null)).isNull();
  }

  @Test
  void idStaysAsItIsWhenTheSignatureIsNotBase64() {
    assertThat(Signatures.sealed("call_1", "gemini", "a b")).isEqualTo("call_1");
    assertThat(Signatures.sealed("call_1", "gemini", "==")).isEqualTo("call_1");
    assertThat(Signatures.bare("call_1")).isEqualTo("call_1");
  }

  @Test
  void markedSignaturesAreTold() {
    assertThat(Signatures.isMarked(Signatures.marked("gemini", "AQID"))).isTrue();
    assertThat(Signatures.isMarked("AQID+/==")).isFalse();
  }
}
