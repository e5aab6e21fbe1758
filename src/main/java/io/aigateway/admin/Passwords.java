package io.aigateway.admin;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.bcrypt.BCrypt;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * Is this the password? bcrypt, on a few threads of its own so that guessing can't take the
 * machine; a success is remembered for {@link #REMEMBERED}. Waits. For all threads.
 */
public final class Passwords implements AutoCloseable {
  /** Nobody has time for another guess now. */
  public static final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BusyException() {
      super("too many passwords are being checked", null, false, false);
    }
  }

  static final Duration REMEMBERED = Duration.ofSeconds(60);

  /** The usual work of bcrypt: about 50 ms. */
  public static final int STRENGTH = 10;

  /** What follows the salt in a hash of bcrypt. */
  private static final int DIGEST_CHARACTERS = 31;

  private static final int THREADS = 2;
  private static final int MOST_WAITING = 32;
  private static final int MOST_REMEMBERED = 1_000;

  private final BCryptPasswordEncoder bcrypt;
  private final LongSupplier nanoClock;
  private final ThreadPoolExecutor pool;
  private final SecretKeySpec ownKey;
  private final String nobodys;

  /** From a digest of password and hash, to when it is forgotten. */
  private final Map<String, Long> remembered =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * @param strength of bcrypt; each one more doubles the work
   * @param nanoClock monotonic, nanoseconds
   */
  public Passwords(int strength, SecureRandom random, LongSupplier nanoClock) {
    this.bcrypt = new BCryptPasswordEncoder(strength, random);
    this.nanoClock = nanoClock;
    this.pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread thread = new Thread(task, "passwords");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.ownKey = new SecretKeySpec(key, "HmacSHA256");
    // what bcrypt makes of a password, but of none: to find one that fits is to break bcrypt
    this.nobodys = BCrypt.gensalt(strength, random) + ".".repeat(DIGEST_CHARACTERS);
  }

  /** What is stored of a password. */
  public String hash(String password) {
    return onPool(() -> bcrypt.encode(digest(password)));
  }

  /**
   * Whether the password is the one of this hash.
   *
   * @throws BusyException when too many ask
   */
  public boolean matches(String password, String hash) {
    String proof = proof(password, hash);
    synchronized (remembered) {
      Long until = remembered.get(proof);
      if (until != null && nanoClock.getAsLong() - until < 0) {
        return true;
      }
    }
    boolean matches = onPool(() -> bcrypt.matches(digest(password), hash));
    if (matches) {
      synchronized (remembered) {
        remembered.remove(proof);
        remembered.put(proof, nanoClock.getAsLong() + REMEMBERED.toNanos());
      }
    }
    return matches;
  }

  /** Does the same work for a user who doesn't exist. */
  public void matchesNobody(String password) {
    onPool(() -> bcrypt.matches(digest(password), nobodys));
  }

  private <T> T onPool(Supplier<T> work) {
    try {
      Future<T> result = pool.submit(work::get);
      return result.get();
    } catch (RejectedExecutionException e) {
      throw new BusyException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BusyException();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** bcrypt looks at 72 bytes only; this is shorter and depends on all. */
  private static String digest(String password) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nothing that would be of use elsewhere is kept in memory. */
  private String proof(String password, String hash) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(ownKey);
      mac.update(hash.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
