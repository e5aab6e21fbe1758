package io.aigateway.call;

import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The exchange variables that routes and steps may use, all of them. A YAML file that names another
 * one is refused by the house tests.
 */
public enum Var {
  /** {@link Call}: set by receive, read by every step. */
  CALL("call", Call.class),
  /** String: the model asked for, without the provider before it; set by read, for the policy. */
  MODEL("model", String.class),
  /** String: the provider that the caller insists on, or ""; set by read, for the policy. */
  PROVIDER("provider", String.class),
  /** String: the tenant's id; set by authenticate, for the policy. */
  TENANT("tenant", String.class),
  /**
   * String: the provider that serves the tenant's models which no rule names, unset when it has no
   * own; set by authenticate, for the policy.
   */
  DEFAULT_PROVIDER("defaultProvider", String.class),
  /**
   * Boolean: set to true by authenticate when the tenant has providers to fall back to, for the
   * spine.
   */
  FALLBACK("fallback", Boolean.class),
  /** Boolean: whether the caller reads events; set by read, for the policy. */
  STREAM("stream", Boolean.class),
  /** String: the model name to send; set by the policy to rename, read by the llm step. */
  MODEL_SENT("modelSent", String.class);

  private final String key;
  private final Class<?> type;

  Var(String key, Class<?> type) {
    this.key = key;
    this.type = type;
  }

  /** The name that YAML uses. */
  public String key() {
    return key;
  }

  public Class<?> type() {
    return type;
  }

  public void set(Exchange exchange, Object value) {
    exchange.setVariable(key, value);
  }

  public @Nullable Object get(Exchange exchange) {
    return exchange.getVariable(key);
  }
}
