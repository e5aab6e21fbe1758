package io.aigateway.targets;

import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.BreakerSettings;
import io.aigateway.breaker.Breakers;
import io.aigateway.provider.CredentialGuard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A breaker for each of a provider's several credentials, under the name {@code
 * provider/CREDENTIAL}. It opens at the first throttling or refusal, since others can serve, and
 * closes at the first success.
 */
public final class CredentialBreakers implements CredentialGuard.Source {
  /** For a throttled credential whose provider doesn't say how long. */
  static final Duration THROTTLED = Duration.ofSeconds(10);

  /** Opened for a moment, and then lengthened to what is asked for. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Breakers breakers;
  private final Duration refusedFor;

  /**
   * @param refusedFor how long a refused credential is left alone
   */
  public CredentialBreakers(Breakers breakers, Duration refusedFor) {
    this.breakers = breakers;
    this.refusedFor = refusedFor;
  }

  @Override
  public CredentialGuard of(String name) {
    BreakerSettings atOnce =
        new BreakerSettings(1, 100, Integer.MAX_VALUE, Duration.ofSeconds(30), MOMENT, 1);
    return new Guard(breakers.get(name, atOnce), refusedFor);
  }

  private record Guard(Breaker breaker, Duration refusedFor) implements CredentialGuard {
    @Override
    public @Nullable Use acquire() {
      Breaker.Permit permit = breaker.acquire();
      return permit == null ? null : new Used(permit, refusedFor);
    }

    @Override
    public Duration usableIn() {
      return breaker.state() == Breaker.State.CLOSED ? Duration.ZERO : breaker.retryAfter();
    }
  }

  private record Used(Breaker.Permit permit, Duration refusedFor) implements CredentialGuard.Use {
    @Override
    public void served() {
      permit.success();
    }

    @Override
    public void throttled(@Nullable Duration wait) {
      open("rate_limited", wait == null ? THROTTLED : wait);
    }

    @Override
    public void refused() {
      open("unauthorized", refusedFor);
    }

    /** Opens whatever was before, then for as long as asked. */
    private void open(String why, Duration time) {
      permit.fatal(why);
      permit.failure(why, time);
    }

    @Override
    public void release() {
      permit.release();
    }
  }
}
