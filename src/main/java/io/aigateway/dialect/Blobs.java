package io.aigateway.dialect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which long pictures, sounds and PDFs stand in a request? They are lifted out of the body before
 * it is read and put back into what is written, so that ten megabytes of base64 become neither a
 * string nor a tree, and are copied once. What stands for them is no base64 and nowhere else in the
 * body. Immutable, for all threads.
 */
public final class Blobs {
  /** Shorter ones are not worth it. */
  private static final int SHORTEST = 64 * 1024;

  /** How far from its data that may stand which says what it is. */
  private static final int LONGEST_HEAD = 128;

  private static final byte[] BASE64 = ascii(";base64,");
  private static final byte[] DATA_URL = ascii("\"data:");
  private static final byte[] MEDIA_TYPE = ascii("\"media_type\"");

  /** What is handed on without being looked into; a text is read. */
  private static final List<byte[]> TYPES =
      List.of(ascii("image/"), ascii("audio/"), ascii("video/"), ascii("application/pdf"));

  /** How PNG, JPEG, GIF, RIFF (WebP, WAV), PDF and MP3 begin in base64. */
  private static final List<byte[]> BEGINNINGS =
      List.of(
          ascii("iVBORw"),
          ascii("/9j/"),
          ascii("R0lGOD"),
          ascii("UklGR"),
          ascii("JVBERi"),
          ascii("SUQz"),
          ascii("//u"));

  /** No letter of base64. */
  private static final char MARK = '~';

  private static final byte[] CLOSE = {MARK};
  private static final int LONGEST_NUMBER = 6;

  private final byte[] body;
  private final List<Run> runs;
  private final byte[] slim;
  private final byte[] token;

  /** The bytes of a blob in the body: from {@code start}, up to but not including {@code end}. */
  private record Run(int start, int end) {
    int length() {
      return end - start;
    }
  }

  private Blobs(byte[] body, List<Run> runs) {
    this.body = body;
    this.runs = runs;
    this.token = runs.isEmpty() ? body : token(body, runs);
    this.slim = runs.isEmpty() ? body : slim(body, runs, token);
  }

  /** Those of a JSON body, whose array must not be changed any more. */
  public static Blobs of(byte[] body) {
    List<Run> runs = List.of();
    // every run that is long enough covers one of these places
    for (int at = SHORTEST - 1; at < body.length; at += SHORTEST) {
      if (!isOfBase64(body[at])) {
        continue;
      }
      Run run = around(body, at);
      if (run.length() >= SHORTEST && isBlob(body, run)) {
        runs = runs.isEmpty() ? new ArrayList<>(2) : runs;
        runs.add(run);
      }
      at = Math.max(at, run.end());
    }
    return new Blobs(body, runs);
  }

  /** Whether the text stands for a blob, of which nothing is known. */
  public static boolean isToken(String text) {
    return !text.isEmpty() && text.charAt(0) == MARK;
  }

  /** The body without them; the very same array when there are none. */
  public byte[] slim() {
    return slim;
  }

  /** What was written of the slim body, with each blob in its place; the same array without any. */
  public byte[] restore(byte[] written) {
    if (runs.isEmpty()) {
      return written;
    }
    List<int[]> places = new ArrayList<>(runs.size());
    int size = written.length;
    for (int at = indexOf(written, token, 0); at >= 0; at = indexOf(written, token, at + 1)) {
      int number = at + token.length;
      int end = indexOf(written, CLOSE, number);
      int run = end < 0 ? -1 : number(written, number, end);
      // a caller may have spelled the token with escapes: it gets its own words back
      if (run >= 0 && run < runs.size()) {
        places.add(new int[] {at, end + 1, run});
        size += runs.get(run).length() - (end + 1 - at);
        at = end;
      }
    }
    byte[] whole = new byte[size];
    int from = 0;
    int to = 0;
    for (int[] place : places) {
      System.arraycopy(written, from, whole, to, place[0] - from);
      to += place[0] - from;
      Run run = runs.get(place[2]);
      System.arraycopy(body, run.start(), whole, to, run.length());
      to += run.length();
      from = place[1];
    }
    System.arraycopy(written, from, whole, to, written.length - from);
    return whole;
  }

  /** Negative when it is none. */
  private static int number(byte[] bytes, int start, int end) {
    if (end == start || end - start > LONGEST_NUMBER) {
      return -1;
    }
    int number = 0;
    for (int at = start; at < end; at++) {
      if (bytes[at] < '0' || bytes[at] > '9') {
        return -1;
      }
      number = number * 10 + bytes[at] - '0';
    }
    return number;
  }

  private static Run around(byte[] body, int at) {
    int start = at;
    while (start > 0 && isOfBase64(body[start - 1])) {
      start--;
    }
    int end = at + 1;
    while (end < body.length && isOfBase64(body[end])) {
      end++;
    }
    return new Run(start, end);
  }

  /** Whether the run is a string's end, and either a data URL's data or begins as files do. */
  private static boolean isBlob(byte[] body, Run run) {
    int start = run.start();
    if (start == 0 || run.end() == body.length || body[run.end()] != '"') {
      return false;
    }
    if (body[start - 1] == '"') {
      return BEGINNINGS.stream().anyMatch(beginning -> isAt(body, start, beginning))
          || isOfMediaType(body, run);
    }
    int head = start - BASE64.length;
    if (head < 0 || !isAt(body, head, BASE64)) {
      return false;
    }
    for (int at = head; at >= Math.max(0, start - LONGEST_HEAD); at--) {
      if (body[at] == '"') {
        int type = at + DATA_URL.length;
        return isAt(body, at, DATA_URL)
            && TYPES.stream().anyMatch(known -> isAt(body, type, known));
      }
    }
    return false;
  }

  /** Whether the object around the run says that it is a picture or a file, as Anthropic's do. */
  private static boolean isOfMediaType(byte[] body, Run run) {
    int from = run.start();
    while (from > 0 && run.start() - from < LONGEST_HEAD && body[from] != '{') {
      from--;
    }
    int to = run.end();
    while (to < body.length && to - run.end() < LONGEST_HEAD && body[to] != '}') {
      to++;
    }
    return isTyped(body, from, run.start()) || isTyped(body, run.end(), to);
  }

  private static boolean isTyped(byte[] body, int from, int to) {
    int field = indexOf(body, MEDIA_TYPE, from, to);
    for (int at = field + MEDIA_TYPE.length; field >= 0 && at < to; at++) {
      if (body[at] == '"') {
        int type = at + 1;
        return TYPES.stream().anyMatch(known -> isAt(body, type, known));
      }
    }
    return false;
  }

  /** What stands before a blob's number, chosen so that it is nowhere else. */
  private static byte[] token(byte[] body, List<Run> runs) {
    for (int n = 0; ; n++) {
      byte[] token = ascii(MARK + "blob" + n + MARK);
      if (!isBeside(body, runs, token)) {
        return token;
      }
    }
  }

  private static boolean isBeside(byte[] body, List<Run> runs, byte[] token) {
    int from = 0;
    for (Run run : runs) {
      if (indexOf(body, token, from, run.start()) >= 0) {
        return true;
      }
      from = run.end();
    }
    return indexOf(body, token, from, body.length) >= 0;
  }

  private static byte[] slim(byte[] body, List<Run> runs, byte[] token) {
    Edits edits = new Edits(body);
    for (int i = 0; i < runs.size(); i++) {
      byte[] number = ascii(i + String.valueOf(MARK));
      byte[] text = Arrays.copyOf(token, token.length + number.length);
      System.arraycopy(number, 0, text, token.length, number.length);
      edits.replace(runs.get(i).start(), runs.get(i).end(), text);
    }
    return edits.apply();
  }

  private static int indexOf(byte[] bytes, byte[] word, int from) {
    return indexOf(bytes, word, from, bytes.length);
  }

  private static int indexOf(byte[] bytes, byte[] word, int from, int end) {
    for (int at = from; at + word.length <= end; at++) {
      if (bytes[at] == word[0] && isAt(bytes, at, word)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isAt(byte[] bytes, int at, byte[] word) {
    return at + word.length <= bytes.length
        && Arrays.equals(bytes, at, at + word.length, word, 0, word.length);
  }

  private static boolean isOfBase64(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '+'
        || b == '/'
        || b == '=';
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
