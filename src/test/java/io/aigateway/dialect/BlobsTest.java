package io.aigateway.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.dialect.anthropic.AnthropicCaller;
import io.aigateway.dialect.anthropic.AnthropicProvider;
import io.aigateway.dialect.gemini.GeminiProvider;
import io.aigateway.dialect.ollama.OllamaProvider;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobsTest {
  private static final String DATA = "iVBORw0K/+" + "aB1/".repeat(20_000) + "A==";

  private static String openAi(String... parts) {
    return "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":["
        + String.join(",", parts)
        + "]}]}";
  }

  private static String image(String type, String data) {
    return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:"
        + type
        + ";base64,"
        + data
        + "\"}}";
  }

  private static String text(String text) {
    return "{\"type\":\"text\",\"text\":\"" + text + "\"}";
  }

  private static Blobs of(String body) {
    return Blobs.of(body.getBytes(UTF_8));
  }

  private static String slim(String body) {
    return new String(of(body).slim(), UTF_8);
  }

  @Test
  void picturesAreLiftedOutAndPutBack() {
    String body =
        openAi(
            image("image/png", DATA), text("~blob0~1~ ~blob1~"), image("audio/wav", DATA + "=="));

    Blobs blobs = of(body);

    assertThat(blobs.slim().length).isLessThan(500);
    assertThat(new String(blobs.slim(), UTF_8)).contains("data:image/png;base64,~blob2~0~\"");
    assertThat(new String(blobs.restore(blobs.slim()), UTF_8).equals(body)).isTrue();
    String twice = "{\"a\":\"~blob2~1~\",\"b\":\"x~blob2~0~~blob2~0~\"}";
    assertThat(new String(blobs.restore(twice.getBytes(UTF_8)), UTF_8))
        .hasSize(twice.length() - 3 * 9 + 3 * DATA.length() + 2);
    for (String spelled : List.of("~blob2~7~", "~blob2~", "~blob2~x~", "~blob2~99999999999~")) {
      assertThat(new String(blobs.restore(spelled.getBytes(UTF_8)), UTF_8)).isEqualTo(spelled);
    }
  }

  @Test
  void bodyWithoutThemIsTheVerySame() {
    byte[] body = openAi(text("x".repeat(200)), image("image/png", "AAAA")).getBytes(UTF_8);

    assertThat(Blobs.of(body).slim()).isSameAs(body);
    assertThat(Blobs.of(body).restore(body)).isSameAs(body);
    assertThat(of("").slim()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"data:text/plain;base64,@\"",
        "\"see data:image/png;base64,@\"",
        "\"@ \"",
        "\"aGVsbG8@\"",
        "\"x;base64,@\"",
        "@"
      })
  void whatMayBeReadAsTextStays(String value) {
    String body = "{\"a\":" + value.replace("@", DATA.substring(4)) + "}";

    assertThat(slim(body)).hasSameSizeAs(body);
  }

  @Test
  void everyDialectPutsThemWhereTheyBelong() {
    byte[] body = openAi(text("What?"), image("image/png", DATA)).getBytes(UTF_8);
    Blobs blobs = Blobs.of(body);
    var request = new OpenAiCaller().read(blobs.slim()).withModel("gemini-2.5-flash");
    var plain = new OpenAiCaller().read(body).withModel("gemini-2.5-flash");
    ModelDefaults defaults = new ModelDefaults(9);

    for (ProviderDialect provider :
        List.of(
            new AnthropicProvider(),
            new GeminiProvider(),
            new OllamaProvider(),
            new OpenAiProvider())) {
      byte[] written = blobs.restore(provider.write(request, defaults).body());
      assertThat(written).isEqualTo(provider.write(plain, defaults).body());
    }
  }

  @Test
  void bareDataThatBeginsAsAPdfIsLiftedToo() {
    String pdf = "JVBERi0x" + "aB1/".repeat(20_000);
    String body =
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
            + "\"document\",\"source\":{\"type\":\"base64\",\"media_type\":\"application/pdf\",\"data\":\""
            + pdf
            + "\"}}]}]}";
    Blobs blobs = of(body);
    var request = new AnthropicCaller().read(blobs.slim());

    byte[] written =
        blobs.restore(new OpenAiProvider().write(request, new ModelDefaults(9)).body());

    assertThat(blobs.slim().length).isLessThan(300);
    assertThat(new String(written, UTF_8)).contains("data:application/pdf;base64," + pdf + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"base64\",\"media_type\": \"image/png\",\"data\":\"@\"}",
        "{\"data\":\"@\",\"media_type\":\"application/pdf\"}"
      })
  void dataWhoseMediaTypeIsSaidIsLiftedToo(String source) {
    String body = source.replace("@", "AAAA" + DATA);

    assertThat(slim(body)).isEqualTo(source.replace("@", "~blob0~0~"));
    assertThat(slim(body.replace("image/png", "text/csv").replace("application/pdf", "text/csv")))
        .hasSizeGreaterThan(DATA.length());
  }

  @Property(tries = 200)
  void nothingIsEverLost(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> parts = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      String data =
          "iVBORw" + "Zm9v".repeat(random.nextInt(40_000)) + "=".repeat(random.nextInt(3));
      parts.add(
          switch (random.nextInt(4)) {
            case 0 -> text("~blob" + random.nextInt(3) + "~");
            case 1 -> text(data);
            case 2 -> "\"" + data + "\"";
            default -> image(random.nextBoolean() ? "image/png" : "text/csv", data);
          });
    }
    String body = openAi(parts.toArray(String[]::new));

    Blobs blobs = of(body);

    assertThat(new String(blobs.restore(blobs.slim()), UTF_8).equals(body)).isTrue();
  }
}
