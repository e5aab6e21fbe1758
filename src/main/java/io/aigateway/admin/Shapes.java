package io.aigateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.store.Audit;
import io.aigateway.store.Users.User;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.Scope;
import io.aigateway.tenant.SealedCredential;
import io.aigateway.tenant.Tenant;
import io.aigateway.wire.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How things look in the admin API's JSON. */
final class Shapes {
  private Shapes() {}

  static ObjectNode tenant(Tenant tenant) {
    ObjectNode node =
        Json.object()
            .put("id", tenant.id())
            .put("name", tenant.name())
            .put("enabled", tenant.enabled())
            .putNull("budget_usd")
            .put("rate_limit_rpm", tenant.rateLimitRpm())
            .putNull("rate_limit_tpm")
            .put("max_concurrency", tenant.maxConcurrency());
    node.set("allowed_models", list(tenant.allowedModels().patterns()));
    node.put("default_provider", tenant.defaultProvider());
    node.set("fallback_providers", list(tenant.fallbackProviders()));
    return node.put("created_at", text(tenant.createdAt()))
        .put("updated_at", text(tenant.updatedAt()));
  }

  /** The version, as {@code ETag}. */
  static String tag(Tenant tenant) {
    return "\"" + tenant.version() + "\"";
  }

  static ObjectNode key(ApiKey key) {
    ObjectNode node =
        Json.object().put("id", key.id()).put("name", key.name()).put("prefix", key.prefix());
    node.set("scopes", list(key.scopes().stream().map(Scope::label).sorted().toList()));
    return node.put("rate_limit_rpm", key.rateLimitRpm())
        .put("max_concurrency", key.maxConcurrency())
        .put("expires_at", text(key.expiresAt()))
        .put("last_used_at", text(key.lastUsedAt()))
        .put("created_at", text(key.createdAt()))
        .put("revoked_at", text(key.revokedAt()));
  }

  /**
   * Nothing of what is sealed.
   *
   * @param readable whether the gateway can open it with the keys that it has
   */
  static ObjectNode credential(SealedCredential stored, boolean readable) {
    return Json.object()
        .put("provider", stored.provider())
        .put("readable", readable)
        .put("created_at", text(stored.createdAt()))
        .put("updated_at", text(stored.updatedAt()));
  }

  static ObjectNode user(User user) {
    return Json.object()
        .put("username", user.name())
        .put("role", user.role())
        .put("created_at", text(user.createdAt()))
        .put("updated_at", text(user.updatedAt()));
  }

  static ObjectNode audit(Audit.Entry entry) {
    ObjectNode node =
        Json.object()
            .put("id", Long.toString(entry.seq()))
            .put("at", text(entry.at()))
            .put("actor", entry.actor())
            .put("action", entry.action())
            .put("object", entry.object())
            .put("tenant_id", entry.tenantId());
    node.set("before", json(entry.before()));
    node.set("after", json(entry.after()));
    return node.put("address", entry.address()).put("request_id", entry.requestId());
  }

  /**
   * One page of a list.
   *
   * @param rows one more than {@code limit} when there is another page
   * @param last what {@code after} has to be to go on after a row
   */
  static <T> ObjectNode page(
      List<T> rows, int limit, Function<T, ObjectNode> shape, Function<T, String> last) {
    boolean more = rows.size() > limit;
    List<T> shown = more ? rows.subList(0, limit) : rows;
    ObjectNode page = Json.object();
    ArrayNode data = page.putArray("data");
    shown.forEach(row -> data.add(shape.apply(row)));
    return page.put("has_more", more)
        .put("next_after", more ? last.apply(shown.get(shown.size() - 1)) : null);
  }

  private static JsonNode json(@Nullable String text) {
    try {
      return text == null ? Json.MAPPER.nullNode() : Json.read(text);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ArrayNode list(Collection<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return array;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
