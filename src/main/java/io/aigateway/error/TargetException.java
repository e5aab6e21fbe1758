package io.aigateway.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One target could not serve the request; another one may. The failover of the routing policy goes
 * on to the next target on this class and on no other. Carries no stack trace.
 */
public final class TargetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a target did not serve. */
  public enum Kind {
    /** It has no credential. */
    NOT_CONFIGURED("not_configured", BreakerEffect.NONE),
    /** The tenant may not call this model of it. */
    NOT_ALLOWED("not_allowed", BreakerEffect.NONE),
    /** Its circuit breaker is open. */
    BREAKER_OPEN("breaker_open", BreakerEffect.NONE),
    /** As many calls as it may have are under way, and its queue is full or too slow. */
    BUSY("busy", BreakerEffect.NONE),
    /** The request has used up its attempts. */
    NO_ATTEMPT_LEFT("no_attempt_left", BreakerEffect.NONE),
    /** No connection: refused, unreachable, unknown host, bad certificate. */
    CONNECT("connect", BreakerEffect.FAILURE),
    /** No answer in time. */
    TIMEOUT("timeout", BreakerEffect.FAILURE),
    /** HTTP 429. */
    RATE_LIMITED("rate_limited", BreakerEffect.FAILURE),
    /** HTTP 401: the credential is wrong. */
    UNAUTHORIZED("unauthorized", BreakerEffect.OPEN),
    /** HTTP 403: the credential may not do this. */
    FORBIDDEN("forbidden", BreakerEffect.NONE),
    /** HTTP 408 or 5xx. */
    SERVER_ERROR("server_error", BreakerEffect.FAILURE),
    /** The connection ended before the answer did. */
    BROKEN("broken", BreakerEffect.FAILURE),
    /** The answer is not of the provider's dialect. */
    MALFORMED("malformed", BreakerEffect.FAILURE),
    /** The provider works, and its model came to no answer. */
    NO_ANSWER("no_answer", BreakerEffect.NONE),
    /** The whole-call limit, after the answer had begun. */
    CUT_OFF("cut_off", BreakerEffect.NONE);

    private final String label;
    private final BreakerEffect effect;

    Kind(String label, BreakerEffect effect) {
      this.label = label;
      this.effect = effect;
    }

    /** The word for it in metrics. */
    public String label() {
      return label;
    }
  }

  private final Kind kind;
  private final String provider;
  private final int status;
  private final transient @Nullable Duration retryAfter;
  private final BreakerEffect effect;
  private final boolean ownCredential;

  /**
   * @param status what the provider answered, or 0 when it did not
   * @param message what may be shown to a caller
   */
  public TargetException(
      Kind kind, String provider, int status, String message, @Nullable Duration retryAfter) {
    this(kind, provider, status, message, retryAfter, kind.effect, false);
  }

  private TargetException(
      Kind kind,
      String provider,
      int status,
      String message,
      @Nullable Duration retryAfter,
      BreakerEffect effect,
      boolean ownCredential) {
    super(message, null, false, false);
    this.kind = kind;
    this.provider = provider;
    this.status = status;
    this.retryAfter = retryAfter;
    this.effect = effect;
    this.ownCredential = ownCredential;
  }

  public TargetException(Kind kind, String provider, String message) {
    this(kind, provider, 0, message, null);
  }

  public Kind kind() {
    return kind;
  }

  public String provider() {
    return provider;
  }

  /** HTTP status, or 0 when there was none. */
  public int status() {
    return status;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  public BreakerEffect effect() {
    return effect;
  }

  /**
   * The same failure where it is one of a single credential of several: the credential's own
   * breaker has counted it, the provider's must not.
   *
   * @param soonest when another credential may be used again, or null for the failure's own time
   */
  public TargetException ofOneCredential(@Nullable Duration soonest) {
    return new TargetException(
        kind,
        provider,
        status,
        String.valueOf(getMessage()),
        soonest == null ? retryAfter : soonest,
        BreakerEffect.NONE,
        ownCredential);
  }

  /**
   * The same failure of a call that was made with the tenant's own credential; says so where the
   * credential may be at fault.
   */
  public TargetException ofOwnCredential() {
    String message = String.valueOf(getMessage());
    return new TargetException(
        kind,
        provider,
        status,
        switch (kind) {
          case UNAUTHORIZED, FORBIDDEN, RATE_LIMITED ->
              "with the tenant's own credential: " + message;
          default -> message;
        },
        retryAfter,
        effect,
        true);
  }

  /** Whether the call was made with the tenant's own credential. */
  public boolean isOfOwnCredential() {
    return ownCredential;
  }

  /** Whether the same request may succeed at the same target a moment later. */
  public boolean mayPass() {
    return switch (kind) {
      case CONNECT, TIMEOUT, RATE_LIMITED, SERVER_ERROR, BROKEN, MALFORMED, NO_ANSWER -> true;
      case NOT_CONFIGURED,
          NOT_ALLOWED,
          BREAKER_OPEN,
          BUSY,
          NO_ATTEMPT_LEFT,
          UNAUTHORIZED,
          FORBIDDEN,
          CUT_OFF ->
          false;
    };
  }

  /** Whether the provider was asked at all. */
  public boolean wasAsked() {
    return switch (kind) {
      case NOT_CONFIGURED, NOT_ALLOWED, BREAKER_OPEN, BUSY, NO_ATTEMPT_LEFT -> false;
      case CONNECT,
          TIMEOUT,
          RATE_LIMITED,
          UNAUTHORIZED,
          FORBIDDEN,
          SERVER_ERROR,
          BROKEN,
          MALFORMED,
          NO_ANSWER,
          CUT_OFF ->
          true;
    };
  }
}
