package io.aigateway.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.store.Database;
import io.aigateway.store.Replays.Replay;
import io.aigateway.store.Sealer;
import io.aigateway.store.Session;
import io.aigateway.store.Vault;
import io.aigateway.tenant.SealedCredential;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts everything that is sealed into a seal of {@code ENCRYPTION_KEY}, so that the previous key
 * can be forgotten. Goes on where it was broken off: what has the current seal is left as it is.
 * Waits.
 */
public final class Reencryption {
  private static final int AT_ONCE = 200;

  /**
   * What became of the rows of one kind.
   *
   * @param anew how many have got another seal
   * @param current how many had the current one
   * @param unreadable how many neither key opens
   */
  public record Count(int anew, int current, int unreadable) {}

  private enum Outcome {
    ANEW,
    CURRENT,
    UNREADABLE,
    /** Somebody else has just changed it, and has used the current key. */
    CHANGED
  }

  private final Database database;
  private final Sealer sealer;
  private final Vault vault;
  private final List<String> unreadable = new ArrayList<>();

  public Reencryption(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
    this.vault = new Vault(sealer);
  }

  /** Which credentials could not be opened, each as {@code tenant, provider}. */
  public List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  /** The tenants' own credentials. */
  public Count credentials() {
    List<Outcome> outcomes = new ArrayList<>();
    String tenant = "";
    String provider = "";
    while (true) {
      String afterTenant = tenant;
      String afterProvider = provider;
      List<SealedCredential> page =
          database.change(
              session -> {
                List<SealedCredential> rows =
                    session.credentials().pageOfAll(afterTenant, afterProvider, AT_ONCE);
                rows.forEach(row -> outcomes.add(credential(session, row)));
                return rows;
              });
      if (page.isEmpty()) {
        return count(outcomes);
      }
      tenant = page.get(page.size() - 1).tenantId();
      provider = page.get(page.size() - 1).provider();
    }
  }

  private Outcome credential(Session session, SealedCredential row) {
    Optional<String> opened = vault.resealed(row);
    if (opened.isEmpty()) {
      unreadable.add("tenant " + row.tenantId() + ", provider " + row.provider());
      return Outcome.UNREADABLE;
    }
    if (vault.isCurrent(row)) {
      return Outcome.CURRENT;
    }
    return session.credentials().reseal(row, opened.get()) ? Outcome.ANEW : Outcome.CHANGED;
  }

  /** The keys in answers that an {@code Idempotency-Key} replays for a day. */
  public Count replays() {
    List<Outcome> outcomes = new ArrayList<>();
    String last = "";
    while (true) {
      String after = last;
      List<Replay> page =
          database.change(
              session -> {
                List<Replay> rows = session.replays().page(after, AT_ONCE);
                rows.forEach(row -> replay(session, row).ifPresent(outcomes::add));
                return rows;
              });
      if (page.isEmpty()) {
        return count(outcomes);
      }
      last = page.get(page.size() - 1).id();
    }
  }

  /** Nothing for an answer that shows no key. */
  private Optional<Outcome> replay(Session session, Replay row) {
    try {
      if (!(Json.read(row.sealed()) instanceof ObjectNode kept) || !kept.has(Desk.SEALED)) {
        return Optional.empty();
      }
      String sealed = kept.path(Desk.SEALED).asText();
      String purpose = Desk.purpose(row.id());
      Optional<String> opened = sealer.open(sealed, purpose);
      if (opened.isEmpty()) {
        return Optional.of(Outcome.UNREADABLE);
      }
      if (sealer.isCurrent(sealed)) {
        return Optional.of(Outcome.CURRENT);
      }
      kept.put(Desk.SEALED, sealer.seal(opened.get(), purpose));
      session.replays().reseal(row.id(), Json.text(kept));
      return Optional.of(Outcome.ANEW);
    } catch (JsonProcessingException e) {
      return Optional.of(Outcome.UNREADABLE);
    }
  }

  private static Count count(List<Outcome> outcomes) {
    return new Count(
        number(outcomes, Outcome.ANEW),
        number(outcomes, Outcome.CURRENT) + number(outcomes, Outcome.CHANGED),
        number(outcomes, Outcome.UNREADABLE));
  }

  private static int number(List<Outcome> outcomes, Outcome wanted) {
    return (int) outcomes.stream().filter(wanted::equals).count();
  }
}
