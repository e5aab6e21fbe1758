package io.aigateway.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFramerTest {
  private static final String MESSAGES =
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
          + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "3\r\nabc\r\n0a;x=y\r\n0123456789\r\n0\r\ntrailer: t\r\n\r\n"
          + "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"
          + "GET /stats HTTP/1.1\r\nhost: x\r\n\r\n";

  private final StringBuilder body = new StringBuilder();
  private final List<String> read = new ArrayList<>();
  private final HttpFramer framer =
      new HttpFramer(
          new HttpFramer.Sink() {
            @Override
            public void head(String head) {
              read.add(head.lines().findFirst().orElseThrow());
            }

            @Override
            public void body(byte[] bytes, int from, int to) {
              body.append(new String(bytes, from, to - from, US_ASCII));
            }

            @Override
            public void end() {
              read.add(body.toString());
              body.setLength(0);
            }
          });

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50, 1000})
  void messagesAreTheSameHoweverTheirBytesArrive(int size) {
    byte[] all = MESSAGES.getBytes(US_ASCII);

    for (int from = 0; from < all.length; from += size) {
      framer.feed(Arrays.copyOfRange(all, from, Math.min(all.length, from + size)));
    }

    assertThat(read)
        .containsExactly(
            "HTTP/1.1 200 OK",
            "hello",
            "HTTP/1.1 200 OK",
            "abc0123456789",
            "HTTP/1.1 500 No",
            "",
            "GET /stats HTTP/1.1",
            "");
  }

  @Test
  void aMessageWithoutLengthIsRefused() {
    assertThatThrownBy(() -> framer.feed("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void loadGoesToThisMachineOnly() {
    assertThat(Target.of("nginx=127.0.0.1:80@12"))
        .isEqualTo(new Target("nginx", "127.0.0.1", 80, 12, ""));
    assertThat(Target.of("other=127.0.0.1:80@12#claude"))
        .isEqualTo(new Target("other", "127.0.0.1", 80, 12, "claude"));
    assertThatThrownBy(() -> Target.of("other=192.0.2.1:80"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("192.0.2.1 is not a loopback address");
  }
}
