package io.aigateway.tenant;

/** What a key opens: the key and the tenant it belongs to. */
public record Grant(Tenant tenant, ApiKey key) {}
