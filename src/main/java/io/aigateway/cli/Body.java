package io.aigateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of a command as the fields of the admin API, which says what is wrong with them. */
final class Body {
  /** Takes a limit away. */
  private static final String NONE = "none";

  private final ObjectNode fields = Json.object();

  Body text(String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
    return this;
  }

  Body flag(String name, boolean value) {
    fields.put(name, value);
    return this;
  }

  /** A whole number, or {@code none}; anything else stays text and is refused as such. */
  Body number(String name, @Nullable String value) {
    if (value == null) {
      return this;
    }
    if (value.equals(NONE)) {
      fields.putNull(name);
      return this;
    }
    try {
      fields.put(name, Long.parseLong(value));
    } catch (NumberFormatException e) {
      fields.put(name, value);
    }
    return this;
  }

  Body list(String name, @Nullable List<String> values) {
    if (values != null) {
      ArrayNode array = fields.putArray(name);
      values.forEach(array::add);
    }
    return this;
  }

  ObjectNode fields() {
    return fields;
  }
}
