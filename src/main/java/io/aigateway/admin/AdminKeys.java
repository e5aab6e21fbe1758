package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.store.Session;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.Scope;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;

/** The steps that list, make and revoke the keys of a tenant. They wait for the database. */
@RouteStep
public final class AdminKeys {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,40}");
  private static final int LONGEST_NAME = 200;
  private static final Pattern SCOPE = Pattern.compile("[a-z-]+");

  private final Desk desk;
  private final KeyMaker keys;

  public AdminKeys(Desk desk, KeyMaker keys) {
    this.desk = desk;
    this.keys = keys;
  }

  /** One page of them, the oldest first; revoked ones too. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    String tenant = AdminTenants.id(asked);
    int limit = asked.limit();
    String after = asked.after(ID);
    List<ApiKey> rows =
        desk.read(
            session -> {
              requireTenant(session, tenant);
              return session.keys().page(tenant, after, limit + 1);
            });
    return asked.answer(200, Shapes.page(rows, limit, Shapes::key, ApiKey::id));
  }

  private static void requireTenant(Session session, String tenant) {
    if (session.tenants().find(tenant).isEmpty()) {
      throw Problem.notFound("tenant");
    }
  }

  /** Another one. */
  public HttpAnswer create(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String tenant = AdminTenants.id(asked);
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, true);
    Instant now = desk.now();
    String name = fields.name("name", LONGEST_NAME).orElse("default");
    Set<Scope> scopes =
        fields
            .texts("scopes", Scope.values().length, 40, SCOPE)
            .map(AdminKeys::scopes)
            .orElse(Scope.CALLS);
    Optional<Instant> expires = fields.time("expires_at");
    if (expires.isPresent() && !expires.get().isAfter(now)) {
      throw Problem.invalid("expires_at", "expires_at lies in the past");
    }
    Optional<Integer> rate = fields.number("rate_limit_rpm", 1, AdminTenants.MOST_A_MINUTE);
    Optional<Integer> concurrency = fields.number("max_concurrency", 1, AdminTenants.MOST_AT_ONCE);
    fields.noOther();
    HttpAnswer answer =
        desk.once(
            asked,
            body,
            session -> {
              requireTenant(session, tenant);
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
              desk.audit(session, asked, "key.create", made.key().id(), tenant, null, shape);
              return new Desk.Made(201, null, shape.deepCopy().put("api_key", made.text()));
            });
    desk.changed(tenant);
    return answer;
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
  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String tenant = AdminTenants.id(asked);
    String id = asked.after("keys");
    if (!ID.matcher(id).matches()) {
      throw Problem.notFound("key");
    }
    desk.write(
        session -> {
          ApiKey before =
              session.keys().find(tenant, id).orElseThrow(() -> Problem.notFound("key"));
          session.keys().revoke(tenant, id, desk.now());
          session.changes().note(tenant);
          desk.audit(
              session,
              asked,
              "key.revoke",
              id,
              tenant,
              Shapes.key(before),
              session.keys().find(tenant, id).map(Shapes::key).orElse(null));
          return true;
        });
    desk.changed(tenant);
    return asked.nothing();
  }
}
