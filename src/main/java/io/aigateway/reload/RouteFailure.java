package io.aigateway.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** What does Camel's failure to build a set of routes say, in one line with its place? */
final class RouteFailure {
  private static final int LONGEST = 600;

  private RouteFailure() {}

  /**
   * @param ids where each id stands
   */
  static RouteFault of(Throwable failure, Map<String, RouteRules.Place> ids) {
    List<Throwable> chain = chain(failure);
    for (Throwable cause : chain) {
      if (cause instanceof MarkedYamlEngineException marked) {
        Optional<Mark> mark = marked.getProblemMark();
        return new RouteFault(
            mark.map(Mark::getName).orElse(null),
            mark.map(where -> where.getLine() + 1).orElse(0),
            null,
            oneLine(String.valueOf(marked.getProblem())));
      }
    }
    Throwable root = chain.get(chain.size() - 1);
    String problem = oneLine(text(root));
    for (Throwable cause : chain) {
      String route = route(cause);
      if (route != null) {
        RouteRules.Place place = ids.get(route);
        return new RouteFault(
            place == null ? route + RouteFiles.SUFFIX : place.file(),
            place == null ? 0 : place.line(),
            route,
            problem);
      }
    }
    return new RouteFault(null, 0, null, problem);
  }

  private static @Nullable String route(Throwable cause) {
    if (cause instanceof FailedToCreateRouteException create) {
      return create.getRouteId();
    }
    return cause instanceof FailedToStartRouteException start ? start.getRouteId() : null;
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : cause instanceof ClassNotFoundException ? "there is no class " + message : message;
  }

  private static String oneLine(String text) {
    String line = text.lines().map(String::strip).collect(Collectors.joining(" "));
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && !chain.contains(cause);
        cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }
}
