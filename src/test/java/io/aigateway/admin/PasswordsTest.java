package io.aigateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  private final AtomicLong now = new AtomicLong();
  private final Passwords passwords = new Passwords(8, new SecureRandom(), now::get);

  @AfterEach
  void close() {
    passwords.close();
  }

  private long nanos(String password, String hash) {
    long started = System.nanoTime();
    assertThat(passwords.matches(password, hash)).isTrue();
    return System.nanoTime() - started;
  }

  @Test
  void onlyTheSamePasswordMatches() {
    String hash = passwords.hash("correct horse");

    assertThat(hash).startsWith("$2").doesNotContain("horse");
    assertThat(passwords.matches("correct horse", hash)).isTrue();
    assertThat(passwords.matches("correct horsf", hash)).isFalse();
    assertThat(passwords.matches("", hash)).isFalse();
  }

  @Test
  void everyCharacterOfALongPasswordCounts() {
    String hash = passwords.hash("x".repeat(100) + "a");

    assertThat(passwords.matches("x".repeat(100) + "b", hash)).isFalse();
    assertThat(passwords.matches("x".repeat(100) + "a", hash)).isTrue();
  }

  @Test
  void successIsRememberedForAMinute() {
    String hash = passwords.hash("correct horse");
    nanos("correct horse", hash);

    long remembered = nanos("correct horse", hash);
    now.addAndGet(Duration.ofSeconds(61).toNanos());
    long again = nanos("correct horse", hash);

    assertThat(remembered).isLessThan(again / 2);
    assertThat(passwords.matches("correct horse", passwords.hash("other"))).isFalse();
  }

  @Test
  void aUserWhoDoesNotExistTakesTheSameWork() {
    String hash = passwords.hash("correct horse");
    passwords.matchesNobody("correct horse");

    long somebody = nanos("correct horse", hash);
    long started = System.nanoTime();
    passwords.matchesNobody("correct horse");
    long nobody = System.nanoTime() - started;

    assertThat(nobody).isGreaterThan(somebody / 4);
  }
}
