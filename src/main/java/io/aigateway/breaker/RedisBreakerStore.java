package io.aigateway.breaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.shared.RedisLink;
import io.aigateway.shared.Script;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breakers in Redis: a script for each verb, which decides by Redis' clock. All keys of a breaker
 * have one hash tag, so that a cluster keeps them together.
 */
final class RedisBreakerStore implements BreakerStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisBreakerStore.class);

  /** Where scripts tell of changes. */
  static final String TOPIC = "aigw:breakers";

  private static final Script READ = script("read");
  private static final Script REPORT = script("report");
  private static final Script PROBE = script("probe");
  private static final Script FORCE = script("force");
  private static final int VIEW = 3;

  /** Has a script carried out. */
  interface Runner {
    CompletionStage<List<Object>> run(Script script, List<String> keys, String... arguments);
  }

  private final Runner runner;
  private final String replica;
  private final String label;

  /**
   * @param replica unique among all processes that ever were
   * @param label the name of the replica as people know it
   */
  RedisBreakerStore(Runner runner, String replica, String label) {
    this.runner = runner;
    this.replica = replica;
    this.label = label;
  }

  private static Script script(String verb) {
    return Script.of(RedisBreakerStore.class, "breaker-" + verb, "state.lua", verb + ".lua");
  }

  /** What a message of {@link #TOPIC} says. */
  interface Listener {
    void heard(String breaker, ClusterView view);

    /** Messages may have been missed until now. */
    void missed();
  }

  static RedisBreakerStore of(RedisLink redis, String replica, String label) {
    return new RedisBreakerStore(
        (script, keys, arguments) ->
            redis.run(script, RedisLink.Patience.ASIDE, keys, (Object[]) arguments),
        replica,
        label);
  }

  /** Gives messages to {@code listener}. */
  static void listen(RedisLink redis, Listener listener) {
    redis.subscribe(
        TOPIC,
        new RedisLink.Listener() {
          @Override
          public void heard(String message) {
            read(message, listener);
          }

          @Override
          public void begins() {
            listener.missed();
          }
        });
  }

  private static void read(String message, Listener listener) {
    try {
      JsonNode parts = Json.read(message.getBytes(StandardCharsets.UTF_8));
      List<Object> view = new ArrayList<>();
      parts.get(1).forEach(part -> view.add(part.isNumber() ? part.asLong() : part.asText()));
      listener.heard(parts.get(0).asText(), view(view, 0));
    } catch (JsonProcessingException | RuntimeException e) {
      LOG.warn("a message about a breaker can't be read");
    }
  }

  @Override
  public CompletionStage<Answer> read(Asked asked) {
    return run(READ, List.of(key(asked)), arguments(asked));
  }

  @Override
  public CompletionStage<Answer> report(
      Asked asked, long number, Batch batch, @Nullable Proposal proposal) {
    List<Object> arguments = arguments(asked);
    arguments.add(number);
    arguments.add(batch.calls());
    arguments.add(batch.failures());
    arguments.add(batch.okAgeMillis());
    arguments.add(batch.tail());
    arguments.add(batch.tailAgeMillis());
    arguments.add(batch.retryAfterMillis());
    arguments.add(batch.fatal() == null ? "" : batch.fatal());
    arguments.add(batch.lastFailure());
    if (proposal == null) {
      arguments.addAll(List.of(0, "", 0, 0, "", ""));
    } else {
      arguments.add(proposal.own() ? 2 : 1);
      arguments.add(proposal.state().label());
      arguments.add(proposal.sinceMillis());
      arguments.add(proposal.leftMillis());
      arguments.add(proposal.openedBy());
      arguments.add(proposal.reason());
    }
    arguments.add(batch.again() ? 1 : 0);
    return run(
        REPORT,
        List.of(key(asked), "aigw:{breaker:" + asked.breaker() + "}:seen:" + replica),
        arguments);
  }

  @Override
  public CompletionStage<Answer> probe(Asked asked, ProbeVerb verb) {
    List<Object> arguments = arguments(asked);
    if (verb instanceof ProbeVerb.Acquire acquire) {
      addProbe(arguments, "acquire", 0, acquire.wanted(), "", "", 0, false);
    } else if (verb instanceof ProbeVerb.Renew renew) {
      addProbe(arguments, "renew", renew.lease(), false, "", "", 0, false);
    } else if (verb instanceof ProbeVerb.GiveBack back) {
      addProbe(arguments, "back", back.lease(), false, "", "", 0, false);
    } else if (verb instanceof ProbeVerb.Settle settle) {
      String why = settle.why();
      addProbe(
          arguments,
          "settle",
          settle.lease(),
          false,
          why == null ? "success" : "failure",
          why == null ? "" : why,
          settle.retryAfterMillis(),
          settle.next());
    }
    return run(PROBE, List.of(key(asked)), arguments);
  }

  private static void addProbe(
      List<Object> arguments,
      String verb,
      long lease,
      boolean wanted,
      String outcome,
      String why,
      long retryAfter,
      boolean next) {
    arguments.add(verb);
    arguments.add(lease);
    arguments.add(wanted ? 1 : 0);
    arguments.add(outcome);
    arguments.add(why);
    arguments.add(retryAfter);
    arguments.add(next ? 1 : 0);
    arguments.add(Lease.LENGTH_MILLIS);
  }

  @Override
  public CompletionStage<Answer> force(Asked asked, Breaker.Force force) {
    List<Object> arguments = arguments(asked);
    arguments.add(force.name().toLowerCase(Locale.ROOT));
    return run(FORCE, List.of(key(asked)), arguments);
  }

  private static String key(Asked asked) {
    return "aigw:{breaker:" + asked.breaker() + "}:state";
  }

  private List<Object> arguments(Asked asked) {
    BreakerSettings settings = asked.settings();
    List<Object> arguments = new ArrayList<>(40);
    arguments.add(asked.atMillis());
    arguments.add(asked.breaker());
    arguments.add(replica);
    arguments.add(label);
    arguments.add(replica + "-" + asked.atMillis());
    arguments.add(asked.epoch());
    arguments.add(asked.version());
    arguments.add(settings.consecutiveFailures());
    arguments.add(settings.failureRate());
    arguments.add(settings.minimumCalls());
    arguments.add(settings.window().toMillis());
    arguments.add(settings.open().toMillis());
    arguments.add(settings.closeAfter());
    arguments.add(BreakerSettings.QUIET.toMillis());
    return arguments;
  }

  private CompletionStage<Answer> run(Script script, List<String> keys, List<Object> arguments) {
    String[] texts = arguments.stream().map(String::valueOf).toArray(String[]::new);
    return runner.run(script, keys, texts).thenApply(RedisBreakerStore::answer);
  }

  private static Answer answer(List<Object> said) {
    String from = said.get(2).toString();
    return new Answer(
        Status.valueOf(said.get(0).toString().toUpperCase(Locale.ROOT)),
        number(said, 1),
        from.isEmpty() ? null : state(from),
        said.size() > VIEW ? view(said, VIEW) : null);
  }

  private static ClusterView view(List<Object> said, int at) {
    return new ClusterView(
        said.get(at).toString(),
        number(said, at + 1),
        state(said.get(at + 2).toString()),
        number(said, at + 3),
        number(said, at + 4),
        said.get(at + 5).toString(),
        said.get(at + 6).toString(),
        (int) number(said, at + 7),
        (int) number(said, at + 8),
        number(said, at + 9),
        number(said, at + 10),
        said.get(at + 11).toString(),
        number(said, at + 12),
        number(said, at + 13) == 1,
        (int) number(said, at + 14),
        number(said, at + 15));
  }

  private static long number(List<Object> said, int at) {
    return said.get(at) instanceof Long number ? number : Long.parseLong(said.get(at).toString());
  }

  private static Breaker.State state(String label) {
    return Breaker.State.valueOf(label.toUpperCase(Locale.ROOT));
  }
}
