package io.aigateway.settings;

/**
 * Which replica is this?
 *
 * @param podName {@code POD_NAME}, else the host name
 * @param podNamespace {@code POD_NAMESPACE}
 */
public record Identity(String podName, String podNamespace) {}
