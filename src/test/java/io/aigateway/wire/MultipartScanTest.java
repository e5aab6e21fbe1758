package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.wire.MultipartScan.Part;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartScanTest {
  private static final String BODY =
      "a preamble\r\n--b \t\r\nContent-Disposition: form-data; filename=\"x;name=y\"; name=\"file\"\r\n"
          + "Content-Type: audio/wav\r\n\r\n\r\n--\r\r\n--a\r\n-\u00ff\r\n\r\n--b\r\n"
          + "content-disposition:form-data;name=model\r\n\r\nwhisper-1\r\n--b\r\n\r\nnameless\r\n"
          + "--b\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--b--\r\n--b\r\nafter";

  @Property(tries = 300)
  void partsAreFoundHoweverTheBodyIsCut(
      @ForAll @Size(max = 12) List<@IntRange(max = 330) Integer> cuts) {
    byte[] body = BODY.getBytes(ISO_8859_1);
    MultipartScan scan = new MultipartScan("b");
    int from = 0;
    for (int cut : cuts.stream().sorted().toList()) {
      int to = Math.min(cut, body.length);
      scan.add(Arrays.copyOfRange(body, from, to));
      from = to;
    }
    scan.add(Arrays.copyOfRange(body, from, body.length));

    assertThat(scan.bytes()).isEqualTo(body);
    assertThat(scan.isEnded()).isTrue();
    assertThat(scan.parts()).extracting(Part::name).containsExactly("file", "model", "", "empty");
    assertThat(scan.parts())
        .extracting(part -> scan.text(part, ISO_8859_1))
        .containsExactly("\r\n--\r\r\n--a\r\n-\u00ff\r\n", "whisper-1", "nameless", "");
  }

  @Property(tries = 200)
  void anyContentIsFoundByteByByte(@ForAll byte[] content) {
    String head = "--b0undary\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";
    MultipartScan scan = new MultipartScan("b0undary");
    for (byte one : (head + new String(content, ISO_8859_1)).getBytes(ISO_8859_1)) {
      scan.add(new byte[] {one});
    }
    assertThat(scan.parts()).hasSize(1).noneMatch(Part::isComplete);

    scan.add("\r\n--b0undary--".getBytes(UTF_8));

    assertThat(scan.isEnded()).isTrue();
    assertThat(scan.text(scan.parts().get(0), ISO_8859_1).getBytes(ISO_8859_1)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bx\r\n", "--b xx", "--b-\r\n"})
  void delimiterNeedsItsOwnLine(String body) {
    MultipartScan scan = new MultipartScan("b");
    assertThatThrownBy(() -> scan.add(body.getBytes(UTF_8)))
        .isInstanceOf(MultipartScan.MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--b\r\n", "--b"})
  void whatNeverBeginsAPartIsGivenUp(String begin) {
    MultipartScan scan = new MultipartScan("b");
    scan.add(begin.getBytes(UTF_8));
    assertThatThrownBy(() -> scan.add(" ".repeat(20_000).getBytes(UTF_8)))
        .isInstanceOf(MultipartScan.MalformedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "multipart/form-data; boundary=abc|abc",
        "Multipart/Form-Data; charset=utf-8; Boundary=\"a;\\\"c\"|a;\"c",
        "multipart/form-data|",
        "multipart/form-data; boundary=|",
        "multipart/mixed; boundary=abc|",
        "application/json|",
      })
  void boundaryIsFoundInTheContentType(String type, String boundary) {
    assertThat(MultipartScan.boundary(type)).isEqualTo(boundary);
  }

  @Test
  void noContentTypeHasNoBoundary() {
    assertThat(MultipartScan.boundary(null)).isNull();
    assertThat(MultipartScan.boundary("multipart/form-data; boundary=" + "x".repeat(71))).isNull();
  }
}
