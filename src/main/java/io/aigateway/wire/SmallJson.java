package io.aigateway.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the many small objects of streams. A parser takes more memory than such an object, so each
 * thread keeps one and feeds it with one object after the other; it is thrown away after an error.
 * Larger texts, and what is no object, get a parser of their own.
 */
public final class SmallJson {
  /** A kept parser holds a buffer as large as the longest string it has read. */
  private static final int MAX_BYTES = 16 * 1024;

  /** A kept parser remembers the names of all fields it has read. */
  private static final int MAX_USES = 10_000;

  private static final ThreadLocal<Shelf> SHELF = ThreadLocal.withInitial(Shelf::new);

  private final JsonParser parser = Json.FACTORY.createNonBlockingByteArrayParser();
  private final ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
  private final Whole whole = new Whole(parser);
  private int uses;

  private SmallJson() throws IOException {}

  /** Reads one text; must not keep the parser. */
  @FunctionalInterface
  public interface Reader<T extends @Nullable Object> {
    T read(JsonParser parser) throws IOException;
  }

  /**
   * Lets {@code reader} read the bytes from {@code start} up to but not including {@code end}.
   * After the value the parser says null, or what follows it.
   *
   * @throws com.fasterxml.jackson.core.JsonProcessingException when they are not JSON
   */
  public static <T extends @Nullable Object> T read(
      byte[] bytes, int start, int end, Reader<T> reader) throws IOException {
    if (end - start > MAX_BYTES || !looksLikeAnObject(bytes, start, end)) {
      try (JsonParser own = Json.FACTORY.createParser(bytes, start, end - start)) {
        return reader.read(own);
      }
    }
    Shelf shelf = SHELF.get();
    SmallJson kept = shelf.kept == null ? new SmallJson() : shelf.kept;
    // whoever reads within a reader, or after an error, gets another
    shelf.kept = null;
    kept.feeder.feedInput(bytes, start, end);
    T result = reader.read(kept.whole);
    if (kept.isClean() && ++kept.uses < MAX_USES) {
      shelf.kept = kept;
    }
    return result;
  }

  /** The same for all the bytes. */
  public static <T extends @Nullable Object> T read(byte[] bytes, Reader<T> reader)
      throws IOException {
    return read(bytes, 0, bytes.length, reader);
  }

  /** The kept parser is less strict about what stands beside a number that is in no object. */
  private static boolean looksLikeAnObject(byte[] bytes, int start, int end) {
    int first = start;
    while (first < end && Ascii.isSpace(bytes[first])) {
      first++;
    }
    int last = end - 1;
    while (last > first && Ascii.isSpace(bytes[last])) {
      last--;
    }
    return first < last && bytes[first] == '{' && bytes[last] == '}';
  }

  /** Whether all was read and the next text can follow. */
  private boolean isClean() throws IOException {
    return feeder.needMoreInput() && whole.isBetweenTexts();
  }

  /** Where a thread's parser lies while nobody reads. */
  private static final class Shelf {
    private @Nullable SmallJson kept;
  }

  /** Makes the end of what was fed the end of the text. */
  private static final class Whole extends JsonParserDelegate {
    Whole(JsonParser parser) {
      super(parser);
    }

    @Override
    public @Nullable JsonToken nextToken() throws IOException {
      JsonToken token = super.nextToken();
      if (token != JsonToken.NOT_AVAILABLE) {
        return token;
      }
      if (isBetweenTexts()) {
        return null;
      }
      throw new JsonEOFException(this, token, "the text ends before its value does");
    }

    @Override
    public JsonParser skipChildren() throws IOException {
      // the delegate's own would stop at the end of what was fed without a word
      JsonToken token = currentToken();
      if (token != null && token.isStructStart()) {
        int depth = 1;
        while (depth > 0) {
          JsonToken next = nextToken();
          if (next != null && next.isStructStart()) {
            depth++;
          } else if (next == null || next.isStructEnd()) {
            depth--;
          }
        }
      }
      return this;
    }

    boolean isBetweenTexts() {
      return getParsingContext().inRoot();
    }
  }
}
