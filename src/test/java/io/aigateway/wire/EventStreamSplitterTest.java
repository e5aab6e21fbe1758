package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EventStreamSplitterTest {

  @Test
  void readsTypeAndPayloadOfAnEvent() {
    List<Frame> frames = split(event("messageStart", "{\"role\":\"assistant\"}"), 1 << 20);

    assertThat(frames).singleElement();
    assertThat(frames.get(0).event()).isEqualTo("messageStart");
    assertThat(new String(frames.get(0).data(), UTF_8)).isEqualTo("{\"role\":\"assistant\"}");
  }

  @Test
  void exceptionsAreMarked() {
    byte[] exception =
        message(
            Map.of(":message-type", "exception", ":exception-type", "throttlingException"),
            bytes("{\"message\":\"slow down\"}"));

    assertThat(split(exception, 5).get(0).event()).isEqualTo("exception:throttlingException");
  }

  @Test
  void errorsWithoutPayloadBecomeExceptionsWithOne() {
    byte[] error =
        message(
            Map.of(":message-type", "error", ":error-code", "Oops", ":error-message", "broke"),
            new byte[0]);

    Frame frame = split(error, 100).get(0);

    assertThat(frame.event()).isEqualTo("exception:Oops");
    assertThat(new String(frame.data(), UTF_8)).isEqualTo("{\"message\":\"broke\"}");
  }

  @Test
  void headersOfOtherTypesArePassedOver() {
    // given: a boolean, a byte, a short, an int, a long, bytes, a time and a UUID
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    int[] sizes = {0, 0, 1, 2, 4, 8, -1, -1, 8, 16};
    for (int type : new int[] {0, 1, 2, 3, 4, 5, 6, 8, 9}) {
      headers.writeBytes(new byte[] {1, 'h', (byte) type});
      headers.writeBytes(sizes[type] >= 0 ? new byte[sizes[type]] : new byte[] {0, 2, 7, 7});
    }
    headers.writeBytes(header(":event-type", "e"));
    // when
    List<Frame> frames = split(message(headers.toByteArray(), bytes("{}")), 7);
    // then
    assertThat(frames.get(0).event()).isEqualTo("e");
  }

  @Test
  void messageThatIsCutOffIsNotHandedOn() {
    byte[] message = event("messageStop", "{}");

    assertThat(split(Arrays.copyOf(message, message.length - 1), 9)).isEmpty();
  }

  @Test
  void messageBeyondTheLimitIsRefusedBeforeItHasCome() {
    EventStreamSplitter splitter = new EventStreamSplitter(64);

    assertThatThrownBy(() -> splitter.feed(new byte[] {0, 0, 0, 65}, frame -> {}))
        .isInstanceOf(FrameSplitter.FrameTooLargeException.class);
  }

  @Test
  void impossibleLengthIsDamage() {
    assertThatThrownBy(
            () -> new EventStreamSplitter(64).feed(new byte[] {0, 0, 0, 15}, frame -> {}))
        .isInstanceOf(FrameSplitter.DamagedFrameException.class);
  }

  @Test
  void hugeMessageInSmallPiecesTakesLinearTime() {
    // given: a quadratic splitter would copy some 12 GB here
    byte[] message = event("contentBlockDelta", "x".repeat(5_000_000));
    // when
    long start = System.nanoTime();
    List<Frame> frames = split(message, 1024);
    long millis = (System.nanoTime() - start) / 1_000_000;
    // then
    assertThat(frames).hasSize(1);
    assertThat(millis).isLessThan(2000);
  }

  @Property(tries = 300)
  void framesDoNotDependOnTheSplit(@ForAll long seed) {
    // given
    Random random = new Random(seed);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<String> sent = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      String payload = "é".repeat(random.nextInt(40));
      sent.add("e" + i + payload);
      stream.writeBytes(event("e" + i, payload));
    }
    // when
    List<Frame> frames = new ArrayList<>();
    EventStreamSplitter splitter = new EventStreamSplitter(1 << 20);
    byte[] bytes = stream.toByteArray();
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + random.nextInt(random.nextBoolean() ? 4 : 200));
      splitter.feed(Arrays.copyOfRange(bytes, at, end), frames::add);
      at = end;
    }
    splitter.end(frames::add);
    // then
    assertThat(frames)
        .extracting(frame -> frame.event() + new String(frame.data(), UTF_8))
        .isEqualTo(sent);
    assertThat(joined(frames)).isEqualTo(bytes);
  }

  @Property(tries = 500)
  void everyChangedByteIsNoticed(@ForAll @IntRange(max = 200) int where, @ForAll byte by) {
    // given
    byte[] stream = event("contentBlockDelta", "{\"delta\":{\"text\":\"Hello\"}}");
    byte[] damaged = stream.clone();
    damaged[where % stream.length] ^= by;
    List<Frame> frames = new ArrayList<>();
    // when
    try {
      new EventStreamSplitter(1 << 20).feed(damaged, frames::add);
    } catch (FrameSplitter.DamagedFrameException | FrameSplitter.FrameTooLargeException e) {
      assertThat(by).isNotZero();
    }
    // then
    assertThat(frames).hasSize(by == 0 ? 1 : 0);
  }

  @Property(tries = 300)
  void damagedHeadersThrowNothingElse(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] headers = header(":event-type", "messageStart");
    headers[random.nextInt(headers.length)] = (byte) random.nextInt(256);
    byte[] message = message(headers, bytes("{}"));
    try {
      split(message, 1000);
    } catch (FrameSplitter.DamagedFrameException e) {
      assertThat(e).hasMessageContaining("event stream");
    }
  }

  private static byte[] event(String type, String payload) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":event-type", type);
    headers.put(":content-type", "application/json");
    headers.put(":message-type", "event");
    return message(headers, bytes(payload));
  }

  private static byte[] message(Map<String, String> headers, byte[] payload) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    headers.forEach((name, value) -> all.writeBytes(header(name, value)));
    return message(all.toByteArray(), payload);
  }

  private static byte[] message(byte[] headers, byte[] payload) {
    ByteBuffer message = ByteBuffer.allocate(16 + headers.length + payload.length);
    message.putInt(message.capacity()).putInt(headers.length);
    message.putInt(checksum(message)).put(headers).put(payload);
    return message.putInt(checksum(message)).array();
  }

  private static int checksum(ByteBuffer message) {
    CRC32 crc = new CRC32();
    crc.update(message.array(), 0, message.position());
    return (int) crc.getValue();
  }

  private static byte[] header(String name, String value) {
    byte[] text = bytes(value);
    return ByteBuffer.allocate(4 + name.length() + text.length)
        .put((byte) name.length())
        .put(bytes(name))
        .put((byte) 7)
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  private static List<Frame> split(byte[] bytes, int size) {
    List<Frame> frames = new ArrayList<>();
    EventStreamSplitter splitter = new EventStreamSplitter(1 << 25);
    for (int at = 0; at < bytes.length; at += size) {
      splitter.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)), frames::add);
    }
    splitter.end(frames::add);
    return frames;
  }

  private static byte[] joined(List<Frame> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.forEach(frame -> all.writeBytes(frame.raw()));
    return all.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
