package io.aigateway.provider;

import io.aigateway.call.Caller;
import io.aigateway.dialect.EmbeddingsDialect;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.error.RequestException;
import io.aigateway.tenant.OwnCredential;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One provider as its YAML file describes it.
 *
 * @param credential the credential's value, or "" when it needs or has none
 * @param credentialName its name; of several, all that have a value, separated by commas
 * @param configured whether it may be called: its credential is there, or it needs none
 * @param addressed whether its address is known, so that a tenant's own credential is all it takes
 * @param models names that {@code GET /v1/models} lists for it
 */
public record Provider(
    String name,
    ProviderDialect dialect,
    Address address,
    String credential,
    String credentialName,
    boolean configured,
    boolean addressed,
    Timeouts timeouts,
    ModelDefaults defaults,
    List<String> models) {
  public Provider {
    models = List.copyOf(models);
  }

  /** It may change while the gateway runs, where the dialect looks for credentials by itself. */
  @Override
  public boolean configured() {
    return configured && dialect.isReady();
  }

  /** Whether the holder of this key may call it: with a credential of its own, or the gateway's. */
  public boolean configuredFor(@Nullable Caller caller) {
    OwnCredential own = caller == null ? null : caller.ownCredential(name);
    return own == null ? configured() : takesOwn() && own.isReadable();
  }

  /** Whether it can be called with a tenant's own credential. */
  boolean takesOwn() {
    return addressed && dialect.takesKey();
  }

  /** The same with another credential. */
  Provider with(String credentialName, String credential) {
    return new Provider(
        name,
        dialect,
        address,
        credential,
        credentialName,
        configured,
        addressed,
        timeouts,
        defaults,
        models);
  }

  /** The names of the credentials that it may be called with. */
  public List<String> credentialNames() {
    return credentialName.isEmpty() ? List.of() : List.of(credentialName.split(","));
  }

  /** The name of the breaker of one of several credentials. */
  public String breakerOf(String credential) {
    return name + '/' + credential;
  }

  /**
   * How it is asked for vectors.
   *
   * @throws io.aigateway.error.RequestException 400 naming the model when it has none
   */
  EmbeddingsDialect vectors() {
    EmbeddingsDialect vectors = dialect.embeddings();
    if (vectors == null) {
      throw lacks(Operation.EMBEDDINGS);
    }
    return vectors;
  }

  /** The 400 for what it does not offer. */
  RequestException lacks(Operation operation) {
    return Leftovers.unsupported(
        "model", "the provider " + name + " offers no " + operation.label());
  }

  /** Without the credential. */
  @Override
  public String toString() {
    return "Provider[" + name + " " + dialect.name() + " " + address + "]";
  }
}
