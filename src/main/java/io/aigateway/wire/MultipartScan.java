package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where do the parts of a {@code multipart/form-data} body begin and end? Keeps what it is fed and
 * looks at each byte once, however the body is cut. One thread.
 *
 * <p>Source: RFC 7578, RFC 2046 section 5.1.
 */
public final class MultipartScan {
  private static final int MAX_HEADERS = 16 * 1024;
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] HEADERS_END = {'\r', '\n', '\r', '\n'};

  /**
   * One part.
   *
   * @param name of its field, "" when it has none
   * @param start where its content begins
   * @param end where its content ends, or -1 while that is not known
   */
  public record Part(String name, int start, int end) {
    public boolean isComplete() {
      return end >= 0;
    }
  }

  /** The body is no multipart body of this boundary. */
  public static final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  private enum State {
    PREAMBLE,
    DELIMITER,
    HEADERS,
    CONTENT,
    EPILOGUE
  }

  private final byte[] delimiter;
  private final List<Part> parts = new ArrayList<>(4);
  private byte[] bytes = new byte[4096];
  private int length;
  private int at;
  private int searched;
  private State state = State.PREAMBLE;

  public MultipartScan(String boundary) {
    delimiter = ("\r\n--" + boundary).getBytes(ISO_8859_1);
  }

  /**
   * The boundary that a content type names, or null when it is not {@code multipart/form-data} or
   * names none.
   */
  public static @Nullable String boundary(@Nullable String contentType) {
    if (contentType == null) {
      return null;
    }
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    if (!type.trim().equalsIgnoreCase("multipart/form-data")) {
      return null;
    }
    String boundary = parameter(contentType, "boundary");
    return boundary == null || boundary.isEmpty() || boundary.length() > 70 ? null : boundary;
  }

  /**
   * Takes the next piece.
   *
   * @throws MalformedException when it can't belong to such a body
   */
  public void add(byte[] piece) {
    if (piece.length > bytes.length - length) {
      long wanted = Math.max((long) length + piece.length, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
    }
    System.arraycopy(piece, 0, bytes, length, piece.length);
    length += piece.length;
    while (step()) {
      // each step ends where the next one begins
    }
  }

  /** The parts that have begun, in their order; only the last one may be incomplete. */
  public List<Part> parts() {
    return parts;
  }

  /** Whether the delimiter that ends the body has come. */
  public boolean isEnded() {
    return state == State.EPILOGUE;
  }

  /** All that was fed. */
  public byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** A text of what was fed. */
  public String text(Part part, java.nio.charset.Charset charset) {
    return new String(bytes, part.start(), part.end() - part.start(), charset);
  }

  /** Whether a step was taken to its end. */
  private boolean step() {
    return switch (state) {
      case PREAMBLE -> preamble();
      case DELIMITER -> delimiter();
      case HEADERS -> headers();
      case CONTENT -> content();
      case EPILOGUE -> false;
    };
  }

  private boolean preamble() {
    int dashes = delimiter.length - 2;
    if (length < dashes) {
      return false;
    }
    if (Arrays.equals(bytes, 0, dashes, delimiter, 2, delimiter.length)) {
      enter(State.DELIMITER, dashes);
      return true;
    }
    int found = find(delimiter);
    if (found < 0) {
      if (length > MAX_HEADERS) {
        throw new MalformedException("no part begins");
      }
      return false;
    }
    enter(State.DELIMITER, found + delimiter.length);
    return true;
  }

  /** After a delimiter: two dashes end the body, a line's end begins a part. */
  private boolean delimiter() {
    if (length - at < 2) {
      return false;
    }
    if (bytes[at] == '-' && bytes[at + 1] == '-') {
      enter(State.EPILOGUE, at + 2);
      return false;
    }
    int end = at;
    while (end < length && (bytes[end] == ' ' || bytes[end] == '\t')) {
      end++;
    }
    if (length - end < 2) {
      if (end - at > MAX_HEADERS) {
        throw new MalformedException("a delimiter is not on a line of its own");
      }
      return false;
    }
    if (bytes[end] != '\r' || bytes[end + 1] != '\n') {
      throw new MalformedException("a delimiter is not on a line of its own");
    }
    // the line's end stays: it is half of the empty line when a part has no headers
    enter(State.HEADERS, end);
    return true;
  }

  private boolean headers() {
    int found = find(HEADERS_END);
    if (found < 0 ? length - at > MAX_HEADERS : found - at > MAX_HEADERS) {
      throw new MalformedException("the headers of a part are too long");
    }
    if (found < 0) {
      return false;
    }
    String name = "";
    for (String line : new String(bytes, at, found - at, ISO_8859_1).split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).trim().equalsIgnoreCase("content-disposition")) {
        String given = parameter(line.substring(colon + 1), "name");
        name = given == null ? "" : given;
      }
    }
    int start = found + HEADERS_END.length;
    parts.add(new Part(name, start, -1));
    // an empty content ends with the very line end that ends the headers
    enter(State.CONTENT, start - LINE_END.length);
    return true;
  }

  private boolean content() {
    int found = find(delimiter);
    if (found < 0) {
      return false;
    }
    int last = parts.size() - 1;
    Part open = parts.get(last);
    parts.set(last, new Part(open.name(), open.start(), Math.max(open.start(), found)));
    enter(State.DELIMITER, found + delimiter.length);
    return true;
  }

  private void enter(State next, int from) {
    state = next;
    at = from;
    searched = from;
  }

  /** Where {@code wanted} begins, or -1; goes on where the last search had to stop. */
  private int find(byte[] wanted) {
    int last = length - wanted.length;
    for (int i = searched; i <= last; i++) {
      if (bytes[i] == wanted[0]
          && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    searched = Math.max(searched, last + 1);
    return -1;
  }

  /** The value of a header's parameter, without its quotes; or null. */
  private static @Nullable String parameter(String header, String wanted) {
    int i = header.indexOf(';');
    while (i >= 0 && i < header.length()) {
      int equals = header.indexOf('=', i);
      if (equals < 0) {
        return null;
      }
      String name = header.substring(i + 1, equals).trim().toLowerCase(Locale.ROOT);
      StringBuilder value = new StringBuilder();
      int at = equals + 1;
      while (at < header.length() && header.charAt(at) == ' ') {
        at++;
      }
      if (at < header.length() && header.charAt(at) == '"') {
        at++;
        while (at < header.length() && header.charAt(at) != '"') {
          if (header.charAt(at) == '\\' && at + 1 < header.length()) {
            at++;
          }
          value.append(header.charAt(at++));
        }
        i = header.indexOf(';', at);
      } else {
        int end = header.indexOf(';', at);
        value.append(header.substring(at, end < 0 ? header.length() : end).trim());
        i = end;
      }
      if (name.equals(wanted)) {
        return value.toString();
      }
    }
    return null;
  }
}
