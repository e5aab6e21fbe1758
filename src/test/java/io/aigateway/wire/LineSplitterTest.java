package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private static final String STREAM = "{\"a\":\"é你😀\"}\n\r\n  {\"b\":2}\r\n{\"last\":true}";

  @Property
  void linesDoNotDependOnTheSplit(@ForAll @IntRange(min = 1, max = 60) int size) {
    // when
    List<Frame> frames = split(STREAM.getBytes(UTF_8), size);
    // then
    assertThat(frames.stream().map(frame -> new String(frame.data(), UTF_8)))
        .containsExactly("{\"a\":\"é你😀\"}", "", "{\"b\":2}", "{\"last\":true}");
    assertThat(String.join("", frames.stream().map(f -> new String(f.raw(), UTF_8)).toList()))
        .isEqualTo(STREAM);
  }

  @Test
  void lineBeyondTheLimitIsRefused() {
    LineSplitter splitter = new LineSplitter(4);
    assertThatThrownBy(() -> splitter.feed("12345".getBytes(UTF_8), frame -> {}))
        .isInstanceOf(FrameSplitter.FrameTooLargeException.class);
  }

  private static List<Frame> split(byte[] bytes, int size) {
    List<Frame> frames = new ArrayList<>();
    LineSplitter splitter = new LineSplitter(1000);
    for (int at = 0; at < bytes.length; at += size) {
      int end = Math.min(bytes.length, at + size);
      splitter.feed(java.util.Arrays.copyOfRange(bytes, at, end), frames::add);
    }
    splitter.end(frames::add);
    return frames;
  }
}
