package io.aigateway.call;

import io.aigateway.tenant.Grant;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.OwnCredential;
import io.aigateway.tenant.Quota;
import io.aigateway.tenant.Scope;
import io.aigateway.tenant.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who sends the request, and what it may do.
 *
 * @param tenant the tenant's id
 * @param keyId the id of its key, "" for a key that is not stored
 * @param keyName the name of its key, never the key
 * @param models what it may ask for and call
 * @param defaultProvider who serves models that no rule names; null for the gateway's own
 * @param fallbackProviders who is asked when all targets of a rule failed
 * @param ownCredentials by provider: what is used there instead of the gateway's
 */
public record Caller(
    String tenant,
    String keyId,
    String keyName,
    Set<Scope> scopes,
    ModelPatterns models,
    @Nullable String defaultProvider,
    List<String> fallbackProviders,
    Quota tenantQuota,
    Quota keyQuota,
    Map<String, OwnCredential> ownCredentials) {

  /** One without credentials of its own. */
  public Caller(
      String tenant,
      String keyId,
      String keyName,
      Set<Scope> scopes,
      ModelPatterns models,
      @Nullable String defaultProvider,
      List<String> fallbackProviders,
      Quota tenantQuota,
      Quota keyQuota) {
    this(
        tenant,
        keyId,
        keyName,
        scopes,
        models,
        defaultProvider,
        fallbackProviders,
        tenantQuota,
        keyQuota,
        Map.of());
  }

  /** One that may call everything, within a limit. */
  public Caller(String tenant, String keyName, Quota quota) {
    this(tenant, "", keyName, Scope.CALLS, ModelPatterns.ALL, null, List.of(), quota, Quota.NONE);
  }

  /** One that may call everything. */
  public Caller(String tenant, String keyName) {
    this(tenant, keyName, Quota.NONE);
  }

  /**
   * Whoever holds the key of this grant.
   *
   * @param ownCredentials the tenant's, by provider
   */
  public static Caller of(Grant grant, Map<String, OwnCredential> ownCredentials) {
    Tenant tenant = grant.tenant();
    return new Caller(
        tenant.id(),
        grant.key().id(),
        grant.key().name(),
        grant.key().scopes().equals(Scope.CALLS) ? Scope.CALLS : grant.key().scopes(),
        tenant.allowedModels(),
        tenant.defaultProvider(),
        tenant.fallbackProviders(),
        quota(tenant.rateLimitRpm(), tenant.maxConcurrency()),
        quota(grant.key().rateLimitRpm(), grant.key().maxConcurrency()),
        ownCredentials);
  }

  /** What it calls this provider with instead of the gateway's credential, or null. */
  public @Nullable OwnCredential ownCredential(String provider) {
    return ownCredentials.isEmpty() ? null : ownCredentials.get(provider);
  }

  private static Quota quota(@Nullable Integer requestsPerMinute, @Nullable Integer concurrency) {
    return requestsPerMinute == null && concurrency == null
        ? Quota.NONE
        : new Quota(requestsPerMinute, concurrency);
  }
}
