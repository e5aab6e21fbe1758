package io.aigateway.dialect.bedrock;

import io.aigateway.dialect.OutgoingCall;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Who are we to AWS? Looks the credentials up in AWS' default chain (environment, profile, web
 * identity, container, instance) on a thread of its own, because the chain may ask the network, and
 * again every half minute, in which the chain renews what will expire. For all threads.
 *
 * <p>Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
public final class AwsCredentials implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AwsCredentials.class);
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final Supplier<AwsCredentialsIdentity> chain;
  private final Signer signer;
  private final Clock clock;
  private volatile @Nullable AwsCredentialsIdentity current;
  private boolean missed;
  private boolean rehearsed;
  private @Nullable ScheduledExecutorService thread;

  /**
   * @param chain finds the credentials or throws; may take its time
   */
  AwsCredentials(Supplier<AwsCredentialsIdentity> chain, Clock clock) {
    this.chain = chain;
    this.signer = new Signer(clock);
    this.clock = clock;
  }

  /** Those of AWS' default chain. */
  public static AwsCredentials ofDefaultChain(Clock clock) {
    DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
    return new AwsCredentials(chain::resolveCredentials, clock);
  }

  /** Begins to look; nothing is looked up before the first provider needs it. */
  synchronized void start() {
    if (thread == null) {
      ScheduledExecutorService started =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread daemon = new Thread(work, "aws-credentials");
                daemon.setDaemon(true);
                return daemon;
              });
      started.scheduleWithFixedDelay(this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
      thread = started;
    }
  }

  /** What was found last, or null; never waits. */
  @Nullable AwsCredentialsIdentity current() {
    return current;
  }

  Signer signer() {
    return signer;
  }

  /** Looks once, and waits for the answer. */
  void look() {
    try {
      AwsCredentialsIdentity found = chain.get();
      rehearse(found);
      current = found;
      if (missed) {
        missed = false;
        LOG.info("AWS credentials found");
      }
    } catch (RuntimeException | LinkageError e) {
      if (isExpired(current)) {
        current = null;
      }
      if (!missed) {
        missed = true;
        LOG.warn("no AWS credentials: {}", e.getMessage());
      }
    }
  }

  /** The first signature loads many classes, for which no event loop shall wait. */
  private void rehearse(AwsCredentialsIdentity found) {
    if (!rehearsed) {
      signer.headers(
          new OutgoingCall("POST", true, "localhost", "/", new byte[0]), found, "us-east-1");
      rehearsed = true;
    }
  }

  private boolean isExpired(@Nullable AwsCredentialsIdentity known) {
    return known == null
        || known.expirationTime().filter(end -> end.isBefore(Instant.now(clock))).isPresent();
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
