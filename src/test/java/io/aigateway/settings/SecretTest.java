package io.aigateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import org.junit.jupiter.api.Test;

class SecretTest {
  private final Secret secret = new Secret("gw-1");

  @Test
  void secretIsNeitherPrintedNorSerialized() throws Exception {
    ObjectMapper lenient = new ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);

    assertThat(secret).hasToString("***");
    assertThat(lenient.writeValueAsString(secret)).doesNotContain("gw-1");
  }

  @Test
  void secretsWithTheSameTextAreEqual() {
    assertThat(secret).isEqualTo(new Secret("gw-1")).hasSameHashCodeAs(new Secret("gw-1"));
    assertThat(secret).isNotEqualTo(new Secret("gw-2"));
    assertThat(secret.reveal()).isEqualTo("gw-1");
  }
}
