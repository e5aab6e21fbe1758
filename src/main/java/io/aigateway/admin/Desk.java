package io.aigateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.http.HttpAnswer;
import io.aigateway.store.Audit;
import io.aigateway.store.Database;
import io.aigateway.store.Replays.Replay;
import io.aigateway.store.Sealer;
import io.aigateway.store.Session;
import io.aigateway.store.StoreAwayException;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;

/**
 * How the steps of the admin API read and write: errors as callers are told them, every change in
 * the audit log and known to all replicas, and creates that can be sent twice. Waits. For all
 * threads.
 */
public final class Desk {
  /** In quotes too, as a structured header has it. */
  private static final Pattern REPEAT_KEY = Pattern.compile("\"?[A-Za-z0-9._:/+=@-]{1,253}\"?");

  private static final String KEY_FIELD = "api_key";

  /** Where a replay's stored answer has its sealed key. */
  static final String SEALED = "sealed";

  /**
   * What was made, and how it is answered.
   *
   * @param tag its {@code ETag}, or null
   */
  record Made(int status, @Nullable String tag, ObjectNode body) {}

  private final Database database;
  private final Consumer<String> told;
  private final Sealer sealer;
  private final Clock clock;
  private final boolean mayWrite;

  /**
   * @param told hears of each tenant that was changed
   * @param sealer for answers that show a key
   * @param mayWrite whether other replicas would see what is written
   */
  public Desk(
      Database database, Consumer<String> told, Sealer sealer, Clock clock, boolean mayWrite) {
    this.database = database;
    this.told = told;
    this.sealer = sealer;
    this.clock = clock;
    this.mayWrite = mayWrite;
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  <T> T read(Function<Session, T> question) {
    try {
      return database.ask(question);
    } catch (StoreAwayException e) {
      throw Problem.databaseAway();
    }
  }

  /** In one transaction. */
  <T> T write(Function<Session, T> work) {
    requireWritable();
    return note(work);
  }

  /** Writes what need not be seen by other replicas: only the audit row of something else. */
  <T> T note(Function<Session, T> work) {
    try {
      return database.change(work);
    } catch (StoreAwayException e) {
      throw Problem.databaseAway();
    }
  }

  /** Before the body is looked at. */
  void requireWritable() {
    if (!mayWrite) {
      throw Problem.databaseRequired();
    }
    if (!database.isUp()) {
      throw Problem.databaseAway();
    }
  }

  /** A tenant or a key of it was changed, and that is stored: all replicas have to know. */
  void changed(String tenantId) {
    told.accept(tenantId);
  }

  /** In the transaction of the change. */
  void audit(
      Session session,
      Actor actor,
      String action,
      String object,
      @Nullable String tenantId,
      @Nullable JsonNode before,
      @Nullable JsonNode after) {
    session
        .audit()
        .add(
            new Audit.Entry(
                0,
                now(),
                actor.name(),
                action,
                object,
                tenantId,
                before == null ? null : Json.text(before),
                after == null ? null : Json.text(after),
                actor.address(),
                actor.requestId()));
  }

  /**
   * Makes something in one transaction; with an {@code Idempotency-Key} that was used for the same
   * before, gives the answer of then.
   */
  HttpAnswer once(Asked asked, byte[] body, Function<Session, Made> work) {
    String key = asked.call().request().header("idempotency-key");
    if (key == null) {
      return answer(asked, write(work));
    }
    if (!REPEAT_KEY.matcher(key).matches()) {
      throw Problem.invalid(
          "Idempotency-Key",
          "Idempotency-Key is not accepted; accepted: 1 to 253 letters, digits and . _ : / + = @ -");
    }
    String what = asked.call().request().method() + " " + asked.call().request().path();
    String id = digest(asked.operator() + "\n" + what + "\n" + key);
    String hash = digest(new String(body, StandardCharsets.ISO_8859_1));
    requireWritable();
    Optional<Replay> before = read(session -> session.replays().find(id));
    if (before.isPresent()) {
      return replay(asked, before.get(), hash);
    }
    try {
      Made made =
          write(
              session -> {
                Made result = work.apply(session);
                session.replays().create(stored(id, hash, result));
                return result;
              });
      return answer(asked, made);
    } catch (DuplicateKeyException e) {
      // the same request at the same time
      return read(session -> session.replays().find(id))
          .map(replay -> replay(asked, replay, hash))
          .orElseThrow(() -> e);
    }
  }

  private Replay stored(String id, String hash, Made made) {
    ObjectNode open = made.body().deepCopy();
    JsonNode key = open.remove(KEY_FIELD);
    ObjectNode kept = Json.object();
    kept.set("body", open);
    if (key != null) {
      kept.put(SEALED, sealer.seal(key.asText(), purpose(id)));
    }
    return new Replay(id, hash, made.status(), made.tag(), Json.text(kept), now());
  }

  /** What the key of a replay is sealed for. */
  static String purpose(String replayId) {
    return "replay " + replayId;
  }

  private HttpAnswer replay(Asked asked, Replay replay, String hash) {
    if (!replay.requestHash().equals(hash)) {
      throw Problem.otherRequest();
    }
    try {
      JsonNode kept = Json.read(replay.sealed());
      ObjectNode body = (ObjectNode) kept.path("body");
      if (kept.has(SEALED)) {
        // without ENCRYPTION_KEY only this process can show the key again
        sealer
            .open(kept.path(SEALED).asText(), purpose(replay.id()))
            .ifPresent(key -> body.put(KEY_FIELD, key));
      }
      return answer(asked, new Made(replay.status(), replay.tag(), body))
          .header("idempotent-replayed", "true");
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpAnswer answer(Asked asked, Made made) {
    return asked.answer(made.status(), made.body()).headerIf("etag", made.tag());
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
