package io.aigateway.provider;

import io.aigateway.tenant.OwnCredential;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which of a provider's credentials is used next? Each in its turn, but for those that are to be
 * left alone. For all threads.
 */
final class CredentialPool {
  /** One credential's bit in the marks of a request. */
  static final int MOST = 32;

  /**
   * One credential and the way to the provider with it.
   *
   * @param guard null for the only one, which the breaker of the provider guards
   */
  record Member(Upstream upstream, @Nullable CredentialGuard guard) {}

  /**
   * A credential in use.
   *
   * @param bit its mark
   * @param use null for the only one
   */
  record Lease(Upstream upstream, int bit, CredentialGuard.@Nullable Use use) {}

  private final List<Member> members;
  private final AtomicInteger turn = new AtomicInteger();

  CredentialPool(List<Member> members) {
    if (members.isEmpty() || members.size() > MOST) {
      throw new IllegalArgumentException(
          "credential names " + members.size() + "; accepted: 1 to " + MOST);
    }
    this.members = List.copyOf(members);
  }

  boolean isPool() {
    return members.size() > 1;
  }

  /** Any way to the provider: all of them speak alike. */
  Upstream any() {
    return members.get(0).upstream();
  }

  /**
   * The next credential that may be used.
   *
   * @param used marks of those that this request has used
   * @return null when there is none
   */
  @Nullable Lease next(int used) {
    int count = members.size();
    int first = count == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), count);
    for (int i = 0; i < count; i++) {
      int at = (first + i) % count;
      int bit = 1 << at;
      if ((used & bit) == 0) {
        Member member = members.get(at);
        CredentialGuard guard = member.guard();
        if (guard == null) {
          return new Lease(member.upstream(), bit, null);
        }
        CredentialGuard.Use use = guard.acquire();
        if (use != null) {
          return new Lease(member.upstream(), bit, use);
        }
      }
    }
    return null;
  }

  /** A tenant's own instead of all of them. */
  Lease own(OwnCredential credential) {
    return new Lease(any().with(credential.reveal()), 1, null);
  }

  /** How long until one of them may be used. */
  Duration usableIn() {
    Duration soonest = Duration.ofDays(1);
    for (Member member : members) {
      CredentialGuard guard = member.guard();
      Duration wait = guard == null ? Duration.ZERO : guard.usableIn();
      soonest = wait.compareTo(soonest) < 0 ? wait : soonest;
    }
    return soonest;
  }

  void close() {
    members.forEach(member -> member.upstream().close());
  }
}
