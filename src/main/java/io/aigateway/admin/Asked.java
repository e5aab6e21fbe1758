package io.aigateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.call.Call;
import io.aigateway.endpoint.GatewayHeaders;
import io.aigateway.endpoint.JsonBody;
import io.aigateway.error.CallerGoneException;
import io.aigateway.http.HttpAnswer;
import io.aigateway.wire.Json;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One call of the admin API: its path, its query, its body, and how it is answered. */
final class Asked {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_ROWS = 200;
  private static final int USUAL_ROWS = 50;

  private static final String NOTHING = "\uFFFD";

  private final Call call;
  private final List<String> path;
  private final Map<String, String> query;

  private Asked(Call call) {
    this.call = call;
    this.path = segments(call.request().path());
    this.query = query(call.request().query());
  }

  /**
   * What was asked by somebody who may.
   *
   * @throws IllegalStateException when no permit step has gone before, whoever wrote the route
   */
  static Asked of(Exchange exchange) {
    Call call = Call.of(exchange);
    if (call.operator() == null) {
      throw new IllegalStateException("no permit step before this one");
    }
    return new Asked(call);
  }

  /** What was asked, by anybody. */
  static Asked byAnybody(Exchange exchange) {
    return new Asked(Call.of(exchange));
  }

  Call call() {
    return call;
  }

  Actor actor() {
    return new Actor(operator(), call.request().peer(), call.id());
  }

  String operator() {
    return Objects.requireNonNull(call.operator(), "no permit step before this one").name();
  }

  // ---- path and query

  /** The segment after {@code name}, decoded; "" when there is none. */
  String after(String name) {
    int at = path.indexOf(name);
    return at >= 0 && at + 1 < path.size() ? path.get(at + 1) : "";
  }

  /** What follows {@code /admin/tenants/{id}/NAME/}, decoded; "" when nothing does. */
  String inTenant(String name) {
    return path.size() > 5 && path.get(4).equals(name) ? path.get(5) : "";
  }

  @Nullable String parameter(String name) {
    return query.get(name);
  }

  /** 400 for a parameter that nobody reads. */
  void onlyParameters(String... known) {
    for (String name : query.keySet()) {
      if (!Set.of(known).contains(name)) {
        throw Problem.invalid(name, "the parameter is not known");
      }
    }
  }

  /** How many rows are wanted. */
  int limit() {
    String text = query.get("limit");
    if (text == null) {
      return USUAL_ROWS;
    }
    try {
      int limit = Integer.parseInt(text);
      if (text.charAt(0) != '+' && limit >= 1 && limit <= MOST_ROWS) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Problem.invalid("limit", "limit is not accepted; accepted: 1 to " + MOST_ROWS);
  }

  /**
   * The last row of the page before; "" for the first page.
   *
   * @param row how rows are named
   */
  String after(Pattern row) {
    String text = query.getOrDefault("after", "");
    if (!text.isEmpty() && !row.matcher(text).matches()) {
      throw Problem.invalid("after", "after is not the end of a page");
    }
    return text;
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/")) {
      segments.add(decoded(segment.replace("+", "%2B")));
    }
    return segments;
  }

  private static Map<String, String> query(@Nullable String query) {
    Map<String, String> all = new HashMap<>();
    if (query != null) {
      for (String parameter : query.split("&")) {
        int equals = parameter.indexOf('=');
        if (equals > 0) {
          all.put(
              decoded(parameter.substring(0, equals)), decoded(parameter.substring(equals + 1)));
        } else if (!parameter.isEmpty()) {
          all.put(decoded(parameter), "");
        }
      }
    }
    return all;
  }

  /** What is not well-formed is no name of anything. */
  private static String decoded(String text) {
    if (text.chars().anyMatch(c -> c > '~')) {
      return NOTHING;
    }
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return NOTHING;
    }
  }

  // ---- the body

  /** The bytes of the body, which must call itself JSON or nothing; waits for them. */
  byte[] body() {
    try {
      byte[] body = call.request().body(MOST_BYTES).toCompletableFuture().join();
      if (body.length > 0) {
        JsonBody.require(call.request().header("content-type"));
      }
      return body;
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CallerGoneException();
    }
  }

  /**
   * The fields of a JSON object.
   *
   * @param optional whether the body may be empty
   */
  static Fields fields(byte[] body, boolean optional) {
    if (body.length == 0 && optional) {
      return new Fields(Json.object());
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      JsonNode node = Json.read(text);
      if (node.isObject()) {
        return new Fields(node);
      }
    } catch (CharacterCodingException e) {
      throw Problem.invalid(null, "the body is not UTF-8");
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw Problem.invalid(null, "the body is not JSON");
    }
    throw Problem.invalid(null, "the body is not a JSON object");
  }

  // ---- answers

  HttpAnswer answer(int status, JsonNode body) {
    call.status(status);
    return GatewayHeaders.add(HttpAnswer.json(status, Json.bytes(body)), call)
        .header("cache-control", "no-store");
  }

  HttpAnswer nothing() {
    call.status(204);
    return GatewayHeaders.add(HttpAnswer.empty(204), call);
  }
}
