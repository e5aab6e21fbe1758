package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.ANTHROPIC;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of the heap does a large picture take while its provider thinks? */
class LargeBodiesIT {
  private static final int CALLS = 4;
  private static final int BODY = 10 << 20;

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, false",
    "openai/gpt-4o, false",
    "claude-sonnet-4-5, true",
    "anthropic/claude-sonnet-4-5, true"
  })
  void pictureIsHeldNoMoreThanTwice(String model, boolean translated) {
    FakeProvider fake = translated ? ANTHROPIC : OPENAI;
    fake.always(Behaviour.hang());
    byte[] bytes = new byte[BODY / 4 * 3];
    new Random(7).nextBytes(bytes);
    String data = Base64.getEncoder().encodeToString(bytes);
    String body =
        "{\"model\":\""
            + model
            + "\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
            + "\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
            + data
            + "\"}}]}]}";
    String request =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
            + GatewayProcess.KEY
            + "\r\ncontent-type: application/json\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body;

    List<RawCaller> callers = new ArrayList<>();
    try {
      long before = liveBytes();
      for (int i = 0; i < CALLS; i++) {
        callers.add(new RawCaller(GATEWAY).send(request));
      }
      fake.awaitCalls(CALLS, Duration.ofSeconds(60));

      double bodies = (double) (liveBytes() - before) / CALLS / body.length();

      assertThat(fake.lastCall().text()).contains(data);
      assertThat(bodies).isBetween(0.6, 2.2);
    } finally {
      callers.forEach(RawCaller::close);
    }
    fake.awaitOpenCalls(0, Duration.ofSeconds(20));
  }

  /** What is in use after a full collection. */
  private static long liveBytes() {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process counting =
          new ProcessBuilder(jcmd.toString(), Long.toString(GATEWAY.pid()), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      String histogram = new String(counting.getInputStream().readAllBytes(), UTF_8);
      String total = histogram.substring(histogram.lastIndexOf("Total")).trim();
      return Long.parseLong(total.split("\\s+")[2]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
