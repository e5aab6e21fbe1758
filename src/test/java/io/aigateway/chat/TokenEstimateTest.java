package io.aigateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.wire.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenEstimateTest {

  @Test
  void proseIsAFourthOfItsLetters() {
    String prose = "The quick brown fox jumps over the lazy dog. ".repeat(100);
    assertThat(of(new Content.Text(prose))).isBetween(1000L, 1200L);
  }

  @Test
  void otherScriptsCountByTheCharacter() {
    assertThat(of(new Content.Text("你好😀".repeat(100)))).isBetween(300L, 310L);
  }

  @Test
  void picturesDoNotCountByTheirBytes() {
    assertThat(
            of(
                new Content.Image(
                    new Content.Source.Base64("image/png", "A".repeat(1_000_000)), null)))
        .isLessThan(2000);
  }

  @Test
  void callsResultsAndToolsCountToo() {
    long call = of(new Content.ToolCall("a", "look", "{\"at\":\"" + "x".repeat(400) + "\"}"));
    assertThat(call).isGreaterThan(100);
    long result =
        of(new Content.ToolResult("a", List.of(new Content.Text("x".repeat(400))), false));
    assertThat(result).isGreaterThan(100);
    Tool tool = new Tool("look", "x".repeat(400), Json.object().put("type", "object"), null);
    assertThat(TokenEstimate.of(request(List.of(), List.of(tool)))).isGreaterThan(100);
  }

  @Test
  void nothingIsOneToken() {
    assertThat(TokenEstimate.of(request(List.of(), List.of()))).isEqualTo(1);
  }

  private static long of(Content part) {
    return TokenEstimate.of(request(List.of(new Message(Role.USER, List.of(part))), List.of()));
  }

  private static ChatRequest request(List<Message> messages, List<Tool> tools) {
    return new ChatRequest(
        "m",
        messages,
        tools,
        null,
        null,
        Sampling.UNSET,
        null,
        null,
        false,
        false,
        null,
        Map.of(),
        Map.of());
  }
}
