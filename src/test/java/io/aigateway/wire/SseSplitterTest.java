package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SseSplitterTest {

  @Test
  void eventsOfOneChunkComeApart() {
    assertThat(told("data: {\"a\":1}\n\ndata: [DONE]\n\n")).containsExactly("{\"a\":1}", "[DONE]");
  }

  @Test
  void lineEndsMayBeMixed() {
    assertThat(told("data: a\r\n\r\ndata: b\n\ndata: c\r\rdata: d\r\n\ndata: e\n\r\n"))
        .containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void linesOfDataAreJoined() {
    assertThat(told("data: a\r\ndata\ndata:  b\n\n")).containsExactly("a\n\n b");
  }

  @Test
  void emptyDataLinesAreJoinedToo() {
    assertThat(told("data\ndata\n\n")).containsExactly("\n");
  }

  @Test
  void commentsAndUnknownFieldsAreFramesWithoutData() {
    // given
    String stream = ": ping\n\nid: 7\nretry: 10\n\n";
    // when
    List<Frame> frames = split(stream.getBytes(UTF_8), 1 << 20);
    // then
    assertThat(frames).hasSize(2).allMatch(Frame::isBlank);
  }

  @Test
  void nameOfTheEventIsRead() {
    List<Frame> frames = split("event: error\ndata: {}\n\ndata: x\n\n".getBytes(UTF_8), 1 << 20);
    assertThat(frames.get(0).event()).isEqualTo("error");
    assertThat(frames.get(1).event()).isNull();
  }

  @Test
  void fieldThatOnlyBeginsLikeDataIsAnother() {
    assertThat(told("database: x\ndata: y\n\n")).containsExactly("y");
  }

  @Test
  void byteOrderMarkIsSkippedButKept() {
    // given
    byte[] stream = "\uFEFFdata: x\n\n".getBytes(UTF_8);
    // when
    List<Frame> frames = split(stream, 1);
    // then
    assertThat(texts(frames)).containsExactly("x");
    assertThat(frames.get(0).raw()).isEqualTo(stream);
  }

  @Test
  void eventLeavesWithItsBlankLineAlsoWhenLinesEndWithBareCr() {
    // given
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(100);
    // when
    splitter.feed("data: x\r\r".getBytes(UTF_8), frames::add);
    // then
    assertThat(texts(frames)).containsExactly("x");
  }

  @Test
  void lastEventWithoutBlankLineIsHandedOnAtTheEnd() {
    // given
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(100);
    // when
    splitter.feed("data: a\n\ndata: [DONE]".getBytes(UTF_8), frames::add);
    assertThat(frames).hasSize(1);
    splitter.end(frames::add);
    splitter.end(frames::add);
    // then
    assertThat(texts(frames)).containsExactly("a", "[DONE]");
  }

  @Test
  void eventBeyondTheLimitIsRefused() {
    // given
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(20);
    byte[] stream = "data: ok\n\ndata: 0123456789012345\n\n".getBytes(UTF_8);
    // then
    assertThatThrownBy(() -> splitter.feed(stream, frames::add))
        .isInstanceOf(FrameSplitter.FrameTooLargeException.class)
        .hasMessageContaining("20 bytes");
    assertThat(texts(frames)).containsExactly("ok");
  }

  @Test
  void hugeEventInSmallPiecesTakesLinearTime() {
    // given: a quadratic splitter would copy some 12 GB here
    byte[] event = new byte[5_000_000];
    Arrays.fill(event, (byte) 'x');
    System.arraycopy("data: ".getBytes(UTF_8), 0, event, 0, 6);
    event[event.length - 1] = '\n';
    event[event.length - 2] = '\n';
    // when
    long start = System.nanoTime();
    List<Frame> frames = split(event, 1024);
    long millis = (System.nanoTime() - start) / 1_000_000;
    // then
    assertThat(frames).hasSize(1);
    assertThat(frames.get(0).data()).hasSize(event.length - 8);
    assertThat(millis).isLessThan(2000);
  }

  @Property(tries = 500)
  void framesDoNotDependOnTheSplit(
      @ForAll("streams") String stream, @ForAll("sizes") List<Integer> sizes) {
    // given
    byte[] bytes = stream.getBytes(UTF_8);
    List<Frame> whole = split(bytes, Integer.MAX_VALUE);
    // when
    List<Frame> pieces = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 20);
    int at = 0;
    for (int i = 0; at < bytes.length; i++) {
      int end = Math.min(bytes.length, at + sizes.get(i % sizes.size()));
      splitter.feed(Arrays.copyOfRange(bytes, at, end), pieces::add);
      at = end;
    }
    splitter.end(pieces::add);
    // then
    assertThat(shown(pieces)).isEqualTo(shown(whole));
    assertThat(joined(pieces)).isEqualTo(bytes);
    assertThat(pieces).noneMatch(frame -> frame.raw().length == 0);
  }

  @Provide
  Arbitrary<String> streams() {
    return Arbitraries.of(
            "data: ",
            "data",
            "event: e",
            ":",
            " ",
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "\r\n\r\n",
            "\r\r",
            "{\"a\":\"é你😀\"}",
            "\uFEFF",
            "x",
            "id: {}")
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<List<Integer>> sizes() {
    return Arbitraries.integers().between(1, 9).list().ofMinSize(1).ofMaxSize(5);
  }

  private static List<String> told(String stream) {
    return texts(split(stream.getBytes(UTF_8), 1 << 20)).stream()
        .filter(text -> !text.isEmpty())
        .toList();
  }

  private static List<Frame> split(byte[] bytes, int size) {
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 25);
    for (int at = 0; at < bytes.length; at += Math.min(size, bytes.length - at)) {
      int end = at + Math.min(size, bytes.length - at);
      splitter.feed(Arrays.copyOfRange(bytes, at, end), frames::add);
    }
    splitter.end(frames::add);
    return frames;
  }

  private static List<String> texts(List<Frame> frames) {
    return frames.stream().map(frame -> new String(frame.data(), UTF_8)).toList();
  }

  private static List<String> shown(List<Frame> frames) {
    return frames.stream()
        .map(
            frame ->
                frame.event()
                    + "|"
                    + new String(frame.data(), UTF_8)
                    + "|"
                    + new String(frame.raw(), UTF_8))
        .toList();
  }

  private static byte[] joined(List<Frame> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.forEach(frame -> all.writeBytes(frame.raw()));
    return all.toByteArray();
  }
}
