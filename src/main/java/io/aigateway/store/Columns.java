package io.aigateway.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aigateway.wire.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values stand in columns, the same in both databases. */
final class Columns {
  private Columns() {}

  /** Microseconds are what PostgreSQL keeps. */
  static OffsetDateTime time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  static @Nullable OffsetDateTime timeOrNull(@Nullable Instant instant) {
    return instant == null ? null : time(instant);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static @Nullable Integer numberOrNull(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : value;
  }

  /** A list of texts, as JSON. */
  static String list(Collection<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return Json.text(array);
  }

  static List<String> list(ResultSet row, String column) throws SQLException {
    try {
      List<String> texts = new ArrayList<>();
      for (JsonNode text : Json.read(row.getString(column))) {
        texts.add(text.asText());
      }
      return texts;
    } catch (JsonProcessingException e) {
      throw new SQLException("no list in " + column, e);
    }
  }
}
