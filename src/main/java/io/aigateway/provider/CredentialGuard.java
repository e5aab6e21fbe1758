package io.aigateway.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * May this credential, one of several of a provider, be used now? One that its provider throttled
 * or refused is left alone for a while. For all threads.
 */
public interface CredentialGuard {

  /** Makes the guard of a credential, or gives the one that it has. */
  interface Source {
    /**
     * @param name of the credential's breaker: the provider's and the credential's
     */
    CredentialGuard of(String name);
  }

  /** Asks to use it; null when it is to be left alone. */
  @Nullable Use acquire();

  /** How long until it may be used again; nothing when it may be now. */
  Duration usableIn();

  /** One use, ended by exactly one of these. */
  interface Use {
    void served();

    /**
     * The provider throttles it.
     *
     * @param wait what the provider asked for, or null
     */
    void throttled(@Nullable Duration wait);

    /** The provider doesn't take it. */
    void refused();

    /** The use says nothing of it. */
    void release();
  }
}
