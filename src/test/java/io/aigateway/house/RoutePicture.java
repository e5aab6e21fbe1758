package io.aigateway.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** Draws the routes from their YAML files: the picture of the spine, and the page of all routes. */
final class RoutePicture {
  private static final Path FOLDER = Path.of("src/main/resources/routes");

  /** A step, what it is, and what is inside it. */
  private record Node(
      String id, String kind, String says, @Nullable String leadsTo, List<Node> inside) {}

  private record Drawn(String id, String description, String from, List<Node> steps) {}

  private final Map<String, Drawn> routes = new TreeMap<>();

  RoutePicture() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        List<Map<String, Object>> entities = new Yaml().load(Files.readString(file));
        for (Map<String, Object> entity : entities) {
          if (entity.get("route") instanceof Map<?, ?> route) {
            Drawn drawn = route(cast(route));
            routes.put(drawn.id(), drawn);
          }
        }
      }
    }
  }

  /** The way of a chat request, top to bottom, as text. */
  String spine() {
    StringBuilder out = new StringBuilder();
    Drawn door = routes.get("chat-completions");
    out.append(door.from()).append('\n');
    way(door, out);
    return out.toString();
  }

  private void way(Drawn route, StringBuilder out) {
    for (Node step : route.steps()) {
      if (chooses(step)) {
        line(out, 1, step.id(), step.says());
        policy(routes.get("route-model"), out);
      } else if (step.leadsTo() != null && routes.containsKey(step.leadsTo())) {
        way(routes.get(step.leadsTo()), out);
      } else {
        line(out, 1, step.id(), step.says());
      }
    }
  }

  /** Whether the policy is asked in this step or in one inside it. */
  private static boolean chooses(Node step) {
    return "route-model".equals(step.leadsTo())
        || step.inside().stream().anyMatch(RoutePicture::chooses);
  }

  /** One line a rule, with its targets in the order of attempts. */
  private void policy(Drawn policy, StringBuilder out) {
    for (Node choice : policy.steps()) {
      for (Node rule : choice.inside()) {
        List<String> targets = new ArrayList<>();
        targets(rule, targets);
        line(out, 3, rule.says(), String.join(", then ", targets));
      }
    }
    Drawn provider = routes.get("provider-openai");
    Node breaker = provider.steps().get(0);
    line(out, 3, "each provider", breaker.kind() + " around " + breaker.inside().get(0).kind());
  }

  private void targets(Node node, List<String> targets) {
    if (node.leadsTo() != null) {
      targets.add(node.leadsTo().replaceFirst("^provider-", ""));
    } else if (node.kind().equals("bean")) {
      targets.add(node.says());
    }
    node.inside().forEach(child -> targets(child, targets));
  }

  private static void line(StringBuilder out, int indent, String left, String right) {
    String lead = "  ".repeat(indent) + (indent > 1 ? "· " : "→ ") + left;
    out.append(String.format("%-42s %s%n", lead, right).stripTrailing()).append('\n');
  }

  /** A page with every route as a diagram. */
  String page() {
    StringBuilder out = new StringBuilder();
    out.append("# Routes\n\n");
    out.append("Drawn from `src/main/resources/routes/`; the YAML is the truth.\n");
    for (Drawn route : routes.values()) {
      out.append("\n## ")
          .append(route.id())
          .append("\n\n")
          .append(route.description())
          .append("\n\n");
      out.append("    ").append(route.from()).append('\n');
      route.steps().forEach(step -> outline(step, 1, out));
    }
    return out.toString();
  }

  private static void outline(Node node, int depth, StringBuilder out) {
    String what = node.leadsTo() == null ? node.kind() : node.kind() + " " + node.leadsTo();
    out.append("    ").append("  ".repeat(depth)).append("→ ").append(node.id());
    out.append(" [").append(what).append("] ").append(node.says()).append('\n');
    node.inside().forEach(child -> outline(child, depth + 1, out));
  }

  private static Drawn route(Map<String, Object> route) {
    Map<String, Object> from = cast(route.get("from"));
    String uri = String.valueOf(from.get("uri"));
    return new Drawn(
        String.valueOf(route.get("id")),
        String.valueOf(route.get("description")),
        uri.startsWith("platform-http:")
            ? String.valueOf(from.get("description"))
            : uri + " " + name(from),
        steps(from));
  }

  private static String name(Map<String, Object> from) {
    return from.get("parameters") instanceof Map<?, ?> parameters
        ? String.valueOf(parameters.get("name"))
        : "";
  }

  private static List<Node> steps(Map<String, Object> holder) {
    List<Node> nodes = new ArrayList<>();
    if (holder.get("steps") instanceof List<?> steps) {
      for (Object step : steps) {
        Map<String, Object> entry = cast(step);
        entry.forEach((kind, body) -> nodes.add(node(kind, cast(body))));
      }
    }
    return nodes;
  }

  private static Node node(String kind, Map<String, Object> body) {
    List<Node> inside = new ArrayList<>(steps(body));
    if (body.get("when") instanceof List<?> rules) {
      rules.forEach(rule -> inside.add(node("when", cast(rule))));
    }
    if (body.get("otherwise") instanceof Map<?, ?> rest) {
      inside.add(node("otherwise", cast(rest)));
    }
    return new Node(
        String.valueOf(body.get("id")),
        kind,
        String.valueOf(body.get("description")),
        leadsTo(kind, body),
        inside);
  }

  private static @Nullable String leadsTo(String kind, Map<String, Object> body) {
    String uri = String.valueOf(body.get("uri"));
    if (kind.equals("to") && uri.equals("direct")) {
      return name(body).replaceAll("\\{\\{(\\w+):?.*}}", "$1");
    }
    return kind.equals("toD")
        ? uri.replaceFirst("^direct:", "").replaceAll("\\$\\{.*}", "NAME")
        : null;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Object map) {
    return map == null ? new LinkedHashMap<>() : (Map<String, Object>) map;
  }
}
