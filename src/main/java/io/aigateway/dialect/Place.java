package io.aigateway.dialect;

/**
 * What must a dialect know of the one provider that it is spoken to? Values are "" where the
 * provider's YAML does not say.
 *
 * @param host of the provider's address
 * @param region AWS' name of a region
 * @param apiVersion Azure's date of an API, or {@code v1}
 * @param variant whose words a provider of OpenAI's dialect takes beside OpenAI's own
 */
public record Place(String host, String region, String apiVersion, String variant) {}
