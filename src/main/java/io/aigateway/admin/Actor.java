package io.aigateway.admin;

/**
 * Who changes something, for the audit log.
 *
 * @param address where it was asked from
 */
public record Actor(String name, String address, String requestId) {}
