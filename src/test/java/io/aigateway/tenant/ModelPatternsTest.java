package io.aigateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPatternsTest {

  private static ModelPatterns of(String... patterns) {
    return new ModelPatterns(List.of(patterns));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, openai, gpt-4o, true",
    "gpt-4o, azure, gpt-4o, true",
    "gpt-4o, openai, gpt-4o-mini, false",
    "gpt-4o*, openai, gpt-4o-mini, true",
    "openai/*, openai, gpt-4o, true",
    "openai/*, azure, gpt-4o, false",
    "openai/gpt-4o, openai, gpt-4o, true",
    "openai/gpt-4o, groq, gpt-4o, false",
    "*, groq, any/thing, true",
    "*mini*, openai, gpt-4o-mini-2024, true",
    "a*b*c, x, a-b-b-c, true",
    "a*b*c, x, a-c-b, false",
    "ollama/org/model, ollama, org/model, true",
    "gpt.4o, openai, gpt-4o, false"
  })
  void patternIsAboutTheModelOrAboutProviderAndModel(
      String pattern, String provider, String model, boolean allowed) {
    assertThat(of(pattern).allowsCalling(provider, model)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-*, '', gpt-4o, true",
    "openai/gpt-*, '', claude-x, false",
    "openai/gpt-*, groq, gpt-4o, false",
    "gpt-*, '', gpt-4o, true",
    "gpt-*, groq, gpt-4o, true",
    "gpt-*, '', smart, false"
  })
  void nameIsTestedBeforeItsProviderIsKnown(
      String pattern, String provider, String model, boolean allowed) {
    assertThat(of(pattern).allowsAsking(provider, model)).isEqualTo(allowed);
  }

  @Test
  void noPatternAllowsEverything() {
    assertThat(ModelPatterns.ALL.allowsAsking("", "x")).isTrue();
    assertThat(ModelPatterns.ALL.allowsCalling("p", "x")).isTrue();
  }

  @Test
  void manyStarsTakeNoLongTime() {
    String text = "a".repeat(5_000);

    assertThat(of("*a".repeat(50) + "*b").allowsCalling("p", text)).isFalse();
  }
}
