package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** How tenants are made and changed, whoever asks for it: what is accepted, stored and noted. */
final class TenantBook {
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
  private final Predicate<String> isProvider;

  /**
   * @param isProvider whether there is a provider of this name
   */
  TenantBook(Desk desk, KeyMaker keys, Predicate<String> isProvider) {
    this.desk = desk;
    this.keys = keys;
    this.isProvider = isProvider;
  }

  /** A new one, with its first key. */
  Function<Session, Desk.Made> create(Fields fields, Actor actor) {
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
    return session -> create(session, actor, tenant, now);
  }

  private Desk.Made create(Session session, Actor actor, Tenant tenant, Instant now) {
    if (!session.tenants().create(tenant)) {
      throw Problem.conflict("already_exists", "id", "there is a tenant of this id");
    }
    KeyMaker.Made made = keys.make(tenant.id(), "default", Scope.CALLS, null, null, null, now);
    session.keys().create(made.key());
    session.changes().note(tenant.id());
    ObjectNode shape = Shapes.tenant(tenant);
    desk.audit(session, actor, "tenant.create", tenant.id(), tenant.id(), null, shape);
    ObjectNode shown = shape.deepCopy();
    shown.set("key", Shapes.key(made.key()));
    return new Desk.Made(201, Shapes.tag(tenant), shown.put("api_key", made.text()));
  }

  /**
   * Changes the fields that are named.
   *
   * @param mustFit looks at the tenant as it is, and throws when it may not be changed
   */
  Function<Session, Tenant> update(
      String id, Fields fields, Actor actor, Consumer<Tenant> mustFit, boolean matched) {
    return session -> {
      Tenant before = session.tenants().find(id).orElseThrow(() -> Problem.notFound("tenant"));
      mustFit.accept(before);
      if (!fields.text("id", 64).orElse(id).equals(id)) {
        throw Problem.invalid("id", "the id of a tenant can't be changed");
      }
      // as shown: whoever sends back what was read changes nothing of them
      fields.time("created_at");
      fields.time("updated_at");
      Tenant after = merged(before, fields, desk.now());
      fields.noOther();
      if (!session.tenants().update(after)) {
        throw matched
            ? Problem.stale()
            : Problem.conflict("changed_meanwhile", null, "somebody else was faster");
      }
      session.changes().note(id);
      desk.audit(
          session, actor, "tenant.update", id, id, Shapes.tenant(before), Shapes.tenant(after));
      return after;
    };
  }

  /**
   * A new key in place of all others, or of the one that {@code key_id} names; they go on for
   * {@code grace_seconds}.
   */
  Function<Session, Desk.Made> rotate(String id, Fields fields, Actor actor) {
    int grace = fields.number("grace_seconds", 0, (int) LONGEST_GRACE.toSeconds()).orElse(0);
    Optional<String> keyId = fields.text("key_id", 40);
    fields.noOther();
    return session -> rotate(session, actor, id, keyId, grace);
  }

  private Desk.Made rotate(
      Session session, Actor actor, String id, Optional<String> keyId, int grace) {
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
    desk.audit(session, actor, "tenant.rotate-key", id, id, null, shape);
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
    if (!isProvider.test(provider)) {
      throw Problem.invalid("default_provider", "default_provider names no known provider");
    }
    return provider;
  }

  private List<String> fallbacks(List<String> entries) {
    for (String entry : entries) {
      int slash = entry.indexOf('/');
      String provider = slash < 0 ? entry : entry.substring(0, slash);
      if (!isProvider.test(provider)) {
        throw Problem.invalid(
            "fallback_providers",
            "fallback_providers names a provider that is not known; accepted: provider or"
                + " provider/model");
      }
    }
    return entries;
  }
}
