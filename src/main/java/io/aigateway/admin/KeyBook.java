package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.store.Session;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.Scope;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How keys of a tenant are made and revoked, whoever asks for it. */
final class KeyBook {
  static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,40}");
  private static final int LONGEST_NAME = 200;
  private static final Pattern SCOPE = Pattern.compile("[a-z-]+");

  private final Desk desk;
  private final KeyMaker keys;

  KeyBook(Desk desk, KeyMaker keys) {
    this.desk = desk;
    this.keys = keys;
  }

  Function<Session, Desk.Made> create(String tenant, Fields fields, Actor actor) {
    Instant now = desk.now();
    String name = fields.name("name", LONGEST_NAME).orElse("default");
    Set<Scope> scopes =
        fields
            .texts("scopes", Scope.values().length, 40, SCOPE)
            .map(KeyBook::scopes)
            .orElse(Scope.CALLS);
    Optional<Instant> expires = fields.time("expires_at");
    if (expires.isPresent() && !expires.get().isAfter(now)) {
      throw Problem.invalid("expires_at", "expires_at lies in the past");
    }
    Optional<Integer> rate = fields.number("rate_limit_rpm", 1, TenantBook.MOST_A_MINUTE);
    Optional<Integer> concurrency = fields.number("max_concurrency", 1, TenantBook.MOST_AT_ONCE);
    fields.noOther();
    return session -> {
      AdminTenants.require(session, tenant);
      KeyMaker.Made made =
          keys.make(
              tenant,
              name,
              scopes,
              expires.orElse(null),
              rate.orElse(null),
              concurrency.orElse(null),
              now);
      session.keys().create(made.key());
      session.changes().note(tenant);
      ObjectNode shape = Shapes.key(made.key());
      desk.audit(session, actor, "key.create", made.key().id(), tenant, null, shape);
      return new Desk.Made(201, null, shape.deepCopy().put("api_key", made.text()));
    };
  }

  private static Set<Scope> scopes(List<String> labels) {
    if (labels.isEmpty()) {
      throw Problem.invalid("scopes", "scopes is empty: the key would be good for nothing");
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String label : labels) {
      scopes.add(
          Scope.of(label)
              .orElseThrow(
                  () ->
                      Problem.invalid(
                          "scopes",
                          "scopes has an entry that is not accepted; accepted: "
                              + java.util.Arrays.stream(Scope.values())
                                  .map(Scope::label)
                                  .collect(Collectors.joining(", ")))));
    }
    return scopes;
  }

  /** Ends one at once; it stays in the list. */
  Function<Session, ApiKey> revoke(String tenant, String id, Actor actor) {
    if (!ID.matcher(id).matches()) {
      throw Problem.notFound("key");
    }
    return session -> {
      ApiKey before = session.keys().find(tenant, id).orElseThrow(() -> Problem.notFound("key"));
      session.keys().revoke(tenant, id, desk.now());
      session.changes().note(tenant);
      ApiKey after = session.keys().find(tenant, id).orElse(before);
      desk.audit(session, actor, "key.revoke", id, tenant, Shapes.key(before), Shapes.key(after));
      return after;
    };
  }
}
