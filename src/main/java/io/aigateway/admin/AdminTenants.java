package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Providers;
import io.aigateway.store.Session;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Scope;
import io.aigateway.tenant.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The steps that list, make, show, change and remove tenants. They wait for the database. */
@RouteStep
public final class AdminTenants {
  static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  static final int MOST_A_MINUTE = 10_000_000;
  static final int MOST_AT_ONCE = 1_000_000;

  /** What a tenant gets that says nothing. */
  private static final int USUAL_A_MINUTE = 60;

  private static final int LONGEST_NAME = 200;
  private static final int MOST_PATTERNS = 100;
  private static final int LONGEST_PATTERN = 200;
  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9._:/@+*~-]+");
  private static final Pattern TARGET = Pattern.compile("[a-z0-9-]+(/[A-Za-z0-9._:/@+~-]+)?");

  /** As many as the spine has boxes for. */
  private static final int MOST_FALLBACKS = 3;

  private static final Duration LONGEST_GRACE = Duration.ofDays(30);

  private final Desk desk;
  private final KeyMaker keys;
  private final Providers providers;

  public AdminTenants(Desk desk, KeyMaker keys, Providers providers) {
    this.desk = desk;
    this.keys = keys;
    this.providers = providers;
  }

  /** One page of them, by id. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    int limit = asked.limit();
    String after = asked.after(ID);
    List<Tenant> rows = desk.read(session -> session.tenants().page(after, limit + 1));
    return asked.answer(200, Shapes.page(rows, limit, Shapes::tenant, Tenant::id));
  }

  /** A new one, with its first key. */
  public HttpAnswer create(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, false);
    Instant now = desk.now();
    String id = fields.text("id", 64).orElseGet(keys::tenantId);
    if (!ID.matcher(id).matches()) {
      throw Problem.invalid(
          "id", "id is not accepted; accepted: letters, digits and . _ -, at most 64");
    }
    if (id.equals(Tenant.BUILT_IN)) {
      throw Problem.invalid("id", "id is the name of the built-in tenant");
    }
    Tenant blank =
        new Tenant(
            id, id, true, USUAL_A_MINUTE, null, ModelPatterns.ALL, null, List.of(), 0, now, now);
    Tenant tenant = merged(blank, fields, now);
    fields.noOther();
    return desk.once(asked, body, session -> create(session, asked, tenant, now));
  }

  private Desk.Made create(Session session, Asked asked, Tenant tenant, Instant now) {
    if (!session.tenants().create(tenant)) {
      throw Problem.conflict("already_exists", "id", "there is a tenant of this id");
    }
    KeyMaker.Made made = keys.make(tenant.id(), "default", Scope.CALLS, null, null, null, now);
    session.keys().create(made.key());
    session.changes().note(tenant.id());
    ObjectNode shape = Shapes.tenant(tenant);
    desk.audit(session, asked, "tenant.create", tenant.id(), tenant.id(), null, shape);
    ObjectNode shown = shape.deepCopy();
    shown.set("key", Shapes.key(made.key()));
    return new Desk.Made(201, Shapes.tag(tenant), shown.put("api_key", made.text()));
  }

  public HttpAnswer read(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    Tenant tenant = find(asked);
    return asked.answer(200, Shapes.tenant(tenant)).header("etag", Shapes.tag(tenant));
  }

  private Tenant find(Asked asked) {
    String id = id(asked);
    return desk.read(session -> session.tenants().find(id))
        .orElseThrow(() -> Problem.notFound("tenant"));
  }

  /** The tenant of the path; what can't be an id is not looked for. */
  static String id(Asked asked) {
    String id = asked.after("tenants");
    if (!ID.matcher(id).matches()) {
      throw Problem.notFound("tenant");
    }
    return id;
  }

  /** Changes the fields that the body names; the others stay as they are. */
  public HttpAnswer update(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String id = id(asked);
    Fields fields = Asked.fields(asked.body(), false);
    String match = asked.call().request().header("if-match");
    Tenant tenant =
        desk.write(
            session -> {
              Tenant before =
                  session.tenants().find(id).orElseThrow(() -> Problem.notFound("tenant"));
              requireMatch(match, before);
              if (!fields.text("id", 64).orElse(id).equals(id)) {
                throw Problem.invalid("id", "the id of a tenant can't be changed");
              }
              // as shown: whoever sends back what was read changes nothing of them
              fields.time("created_at");
              fields.time("updated_at");
              Tenant after = merged(before, fields, desk.now());
              fields.noOther();
              if (!session.tenants().update(after)) {
                throw match == null
                    ? Problem.conflict("changed_meanwhile", null, "somebody else was faster")
                    : Problem.stale();
              }
              session.changes().note(id);
              desk.audit(
                  session,
                  asked,
                  "tenant.update",
                  id,
                  id,
                  Shapes.tenant(before),
                  Shapes.tenant(after));
              return after;
            });
    desk.changed(id);
    return asked.answer(200, Shapes.tenant(tenant)).header("etag", Shapes.tag(tenant));
  }

  private static void requireMatch(@Nullable String match, Tenant tenant) {
    if (match == null || match.trim().equals("*")) {
      return;
    }
    for (String tag : match.split(",")) {
      if (tag.trim().equals(Shapes.tag(tenant))) {
        return;
      }
    }
    throw Problem.stale();
  }

  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String id = id(asked);
    String match = asked.call().request().header("if-match");
    desk.write(
        session -> {
          Tenant before = session.tenants().find(id).orElseThrow(() -> Problem.notFound("tenant"));
          requireMatch(match, before);
          if (!session.tenants().delete(id)) {
            throw Problem.notFound("tenant");
          }
          session.changes().note(id);
          desk.audit(session, asked, "tenant.delete", id, id, Shapes.tenant(before), null);
          return true;
        });
    desk.changed(id);
    return asked.nothing();
  }

  /**
   * A new key in place of all others, or of the one that {@code key_id} names; they go on for
   * {@code grace_seconds}.
   */
  public HttpAnswer rotate(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String id = id(asked);
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, true);
    int grace = fields.number("grace_seconds", 0, (int) LONGEST_GRACE.toSeconds()).orElse(0);
    Optional<String> keyId = fields.text("key_id", 40);
    fields.noOther();
    HttpAnswer answer = desk.once(asked, body, session -> rotate(session, asked, id, keyId, grace));
    desk.changed(id);
    return answer;
  }

  private Desk.Made rotate(
      Session session, Asked asked, String id, Optional<String> keyId, int grace) {
    Tenant tenant = session.tenants().find(id).orElseThrow(() -> Problem.notFound("tenant"));
    Instant now = desk.now();
    Instant end = now.plusSeconds(grace);
    List<ApiKey> live = new ArrayList<>();
    session
        .keys()
        .ofTenant(id)
        .forEach(
            grant -> {
              Instant ends = grant.key().endsAt();
              if (ends == null || ends.isAfter(now)) {
                live.add(grant.key());
              }
            });
    ApiKey model;
    if (keyId.isPresent()) {
      model =
          live.stream()
              .filter(key -> key.id().equals(keyId.get()))
              .findFirst()
              .orElseThrow(() -> Problem.invalid("key_id", "key_id names no key that is in use"));
    } else {
      model = live.stream().max(Comparator.comparing(ApiKey::createdAt)).orElse(null);
    }
    KeyMaker.Made made =
        model == null
            ? keys.make(id, "default", Scope.CALLS, null, null, null, now)
            : keys.make(
                id,
                model.name(),
                model.scopes(),
                model.expiresAt(),
                model.rateLimitRpm(),
                model.maxConcurrency(),
                now);
    session.keys().create(made.key());
    if (keyId.isPresent()) {
      session.keys().revoke(id, keyId.get(), end);
    } else {
      session.keys().revokeOthers(id, made.key().id(), end);
    }
    session.changes().note(id);
    ObjectNode shape = Shapes.key(made.key());
    desk.audit(session, asked, "tenant.rotate-key", id, id, null, shape);
    ObjectNode shown = Shapes.tenant(tenant);
    shown.set("key", shape);
    return new Desk.Made(200, Shapes.tag(tenant), shown.put("api_key", made.text()));
  }

  /** The tenant with what the fields say, of the next version. */
  private Tenant merged(Tenant before, Fields fields, Instant now) {
    fields.refuse("budget_usd");
    fields.refuse("rate_limit_tpm");
    return new Tenant(
        before.id(),
        fields.name("name", LONGEST_NAME).orElse(before.name()),
        fields.flag("enabled").orElse(before.enabled()),
        fields.has("rate_limit_rpm")
            ? fields.number("rate_limit_rpm", 1, MOST_A_MINUTE).orElse(null)
            : before.rateLimitRpm(),
        fields.has("max_concurrency")
            ? fields.number("max_concurrency", 1, MOST_AT_ONCE).orElse(null)
            : before.maxConcurrency(),
        fields.has("allowed_models")
            ? new ModelPatterns(
                fields
                    .texts("allowed_models", MOST_PATTERNS, LONGEST_PATTERN, PATTERN)
                    .orElse(List.of()))
            : before.allowedModels(),
        fields.has("default_provider")
            ? fields.text("default_provider", 63).map(this::known).orElse(null)
            : before.defaultProvider(),
        fields.has("fallback_providers")
            ? fallbacks(
                fields
                    .texts("fallback_providers", MOST_FALLBACKS, LONGEST_PATTERN, TARGET)
                    .orElse(List.of()))
            : before.fallbackProviders(),
        before.version() + 1,
        before.createdAt(),
        now);
  }

  private String known(String provider) {
    if (!providers.isKnown(provider)) {
      throw Problem.invalid("default_provider", "default_provider names no known provider");
    }
    return provider;
  }

  private List<String> fallbacks(List<String> entries) {
    for (String entry : entries) {
      int slash = entry.indexOf('/');
      String provider = slash < 0 ? entry : entry.substring(0, slash);
      if (!providers.isKnown(provider)) {
        throw Problem.invalid(
            "fallback_providers",
            "fallback_providers names a provider that is not known; accepted: provider or"
                + " provider/model");
      }
    }
    return entries;
  }
}
