package io.aigateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Prints what a command found or made: for people, or each thing as JSON on a line of its own. */
final class Printer {
  private static final String KEY = "api_key";

  private final PrintWriter out;
  private final boolean json;

  Printer(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** One thing and, if it is shown with it, its new key. */
  void one(String title, ObjectNode thing) {
    if (json) {
      out.println(Json.text(thing));
      return;
    }
    if (thing.has(KEY)) {
      out.println(title + "; the key is shown only now");
      out.println(KEY + ": " + thing.path(KEY).asText());
    } else {
      out.println(title);
    }
  }

  /** What prints the rows of a table with these columns; the heading is printed at once. */
  Consumer<ObjectNode> table(List<String> columns) {
    if (json) {
      return row -> out.println(Json.text(row));
    }
    out.println(String.join("\t", columns));
    return row ->
        out.println(
            columns.stream()
                .map(column -> cell(row.path(column)))
                .collect(Collectors.joining("\t")));
  }

  private static String cell(JsonNode value) {
    if (value.isArray()) {
      StringBuilder joined = new StringBuilder();
      value.forEach(each -> joined.append(joined.isEmpty() ? "" : ",").append(each.asText()));
      return joined.isEmpty() ? "-" : joined.toString();
    }
    return value.isNull() || value.isMissingNode() ? "-" : value.asText();
  }
}
