package io.aigateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.tenant.OwnCredential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The breakers of tenants' own credentials. */
class OwnBreakersTest {
  private static final BreakerSettings SETTINGS =
      new BreakerSettings(5, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(30), 2);

  private final AtomicLong now = new AtomicLong();
  private final Breakers breakers = new Breakers(now::get, (name, from, to, why) -> {});

  private Breaker of(String id) {
    return of("p", id, SETTINGS);
  }

  private Breaker of(String name, String id, BreakerSettings settings) {
    return breakers.ofOwn(new OwnCredential("acme", id, "sk-x"), name, settings);
  }

  @Test
  void eachCredentialHasOneThatNobodyElseHearsOf() {
    List<Breaker> seen = new ArrayList<>();
    breakers.onNew(seen::add);
    Breaker shared = breakers.get("p", SETTINGS);

    of("1").acquire().fatal("unauthorized");

    assertThat(of("1").state()).isEqualTo(Breaker.State.OPEN);
    assertThat(of("1").name()).isEqualTo("p/tenant:acme");
    assertThat(of("2").state()).as("another value").isEqualTo(Breaker.State.CLOSED);
    assertThat(shared.state()).isEqualTo(Breaker.State.CLOSED);
    assertThat(seen).containsExactly(shared);
    assertThat(breakers.all()).containsExactly(shared);
    assertThat(breakers.find("p/tenant:acme")).isNull();
  }

  @Test
  void numbersOfTheProvidersBreakerAreTakenOver() {
    Breaker own = of("1");
    BreakerSettings edited =
        new BreakerSettings(7, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(5), 2);

    of("p", "1", edited);

    assertThat(own.settings()).isEqualTo(edited);
  }

  @Test
  void oneCredentialHasOneInThePlaceOfEachBreaker() {
    BreakerSettings others =
        new BreakerSettings(2, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(5), 2);
    Breaker here = of("p/here", "1", SETTINGS);

    Breaker there = of("p/there", "1", others);
    for (int i = 0; i < 2; i++) {
      of("p/there", "1", others).acquire().failure("server_error", null);
      of("p/here", "1", SETTINGS).acquire().failure("server_error", null);
    }

    assertThat(there.state()).isEqualTo(Breaker.State.OPEN);
    assertThat(there.name()).isEqualTo("p/there/tenant:acme");
    assertThat(here.state()).isEqualTo(Breaker.State.CLOSED);
    assertThat(here.settings()).isEqualTo(SETTINGS);
    assertThat(of("p/here", "1", SETTINGS)).as("still the same").isSameAs(here);
  }

  @Test
  void thoseThatWereUsedLongestAgoAreForgotten() {
    of("first").acquire().fatal("unauthorized");
    of("second").acquire().fatal("unauthorized");
    for (int i = 0; i < Breakers.MOST_OWN - 1; i++) {
      of("first");
      of("other-" + i);
    }

    assertThat(of("first").state()).isEqualTo(Breaker.State.OPEN);
    assertThat(of("second").state()).isEqualTo(Breaker.State.CLOSED);
  }
}
