package io.aigateway.packaged;

import java.util.List;

/**
 * What a scrape said.
 *
 * @param lines of the text format, comments left out
 */
record Metrics(List<String> lines) {

  static Metrics of(GatewayProcess gateway) {
    return new Metrics(
        Http.get(gateway, "/metrics")
            .body()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .toList());
  }

  /** The sum of all values of this metric whose labels hold this text. */
  double value(String name, String labels) {
    return lines.stream()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  boolean has(String name) {
    return lines.stream()
        .anyMatch(line -> line.startsWith(name + "{") || line.startsWith(name + " "));
  }
}
