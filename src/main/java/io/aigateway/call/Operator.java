package io.aigateway.call;

/**
 * Who administers.
 *
 * @param name as the audit log shows it
 */
public record Operator(String name) {}
