package io.aigateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request's body; each that is wrong ends the request with a 400 that names it. For
 * one thread.
 */
final class Fields {
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N} ._@&+,()/:#-]+");

  private final JsonNode object;
  private final Set<String> read = new HashSet<>();

  Fields(JsonNode object) {
    this.object = object;
  }

  boolean has(String name) {
    return object.has(name);
  }

  private @Nullable JsonNode take(String name) {
    read.add(name);
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A field of something that is not built: null is accepted, a value is not. */
  void refuse(String name) {
    if (take(name) != null) {
      throw Problem.unsupported(name);
    }
  }

  /** 400 for a field that nobody has asked for. */
  void noOther() {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!read.contains(name)) {
                throw Problem.invalid(cut(name), "the field is not known");
              }
            });
  }

  private static String cut(String name) {
    return name.length() > 64 ? name.substring(0, 64) : name;
  }

  /** A text of 1 to {@code longest} characters without control characters. */
  Optional<String> text(String name, int longest) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    String text = value.textValue();
    if (text == null || text.isBlank() || text.length() > longest || !isPlain(text)) {
      throw Problem.invalid(
          name,
          name
              + " is not accepted; accepted: text of 1 to "
              + longest
              + " characters without control characters");
    }
    return Optional.of(text);
  }

  /** A name for people: words, without anything that means something to a program. */
  Optional<String> name(String name, int longest) {
    Optional<String> text = text(name, longest);
    if (text.isPresent() && !NAME.matcher(text.get()).matches()) {
      throw Problem.invalid(
          name,
          name + " is not accepted; accepted: letters, digits, spaces and . _ @ & + , ( ) / : # -");
    }
    return text;
  }

  /** No control characters and no half of a character. */
  static boolean isPlain(String text) {
    return text.codePoints()
        .noneMatch(
            c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.SURROGATE
                    || c == 0xFFFD);
  }

  Optional<Boolean> flag(String name) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw Problem.invalid(name, name + " is not accepted; accepted: true or false");
    }
    return Optional.of(value.booleanValue());
  }

  /** A whole number from {@code min} to {@code max}, both included. */
  Optional<Integer> number(String name, int min, int max) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw Problem.invalid(
          name, name + " is not accepted; accepted: a whole number from " + min + " to " + max);
    }
    return Optional.of(value.intValue());
  }

  /** A list of at most {@code most} different texts, each of which is a {@code wanted} one. */
  Optional<List<String>> texts(String name, int most, int longest, Pattern wanted) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    boolean fits = value.isArray() && value.size() <= most;
    if (fits) {
      for (JsonNode entry : value) {
        String text = entry.textValue();
        fits =
            fits
                && text != null
                && text.length() <= longest
                && wanted.matcher(text).matches()
                && !texts.contains(text);
        texts.add(String.valueOf(text));
      }
    }
    if (!fits) {
      throw Problem.invalid(
          name,
          name
              + " is not accepted; accepted: a list of at most "
              + most
              + " different texts of 1 to "
              + longest
              + " characters: "
              + wanted.pattern());
    }
    return Optional.of(List.copyOf(texts));
  }

  /** A point in time, as RFC 3339 writes it. */
  Optional<Instant> time(String name) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      Instant time = OffsetDateTime.parse(String.valueOf(value.textValue())).toInstant();
      if (time.isAfter(Instant.EPOCH) && time.isBefore(Instant.parse("9999-01-01T00:00:00Z"))) {
        return Optional.of(time);
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw Problem.invalid(
        name, name + " is not accepted; accepted: a time such as 2027-01-31T12:00:00Z");
  }
}
