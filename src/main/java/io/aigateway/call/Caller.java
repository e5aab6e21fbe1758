package io.aigateway.call;

/**
 * Who sends the request.
 *
 * @param tenant the tenant's id
 * @param keyName the name of its key, never the key
 */
public record Caller(String tenant, String keyName) {}
