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
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Puts everything that is sealed into a seal of {@code ENCRYPTION_KEY}, so that the previous key
 * can be forgotten. Goes on where it was broken off: what has the current seal is left as it is.
 * Others may write at the same time, even under the previous key: it ends with a look at everything
 * and begins anew if need be, but not for ever. Waits.
 */
public final class Reencryption {
  private static final int AT_ONCE = 200;

  /** How often it goes through all rows while others write under the previous key. */
  private static final int PASSES = 5;

  /** How often it tries one row that others write. */
  private static final int TRIES = 3;

  /**
   * What became of the rows of one kind.
   *
   * @param anew how many seals have been replaced
   * @param current how many rows had the current one already
   * @param unreadable how many rows neither key opens
   */
  public record Count(int anew, int current, int unreadable) {}

  private enum Outcome {
    ANEW,
    CURRENT,
    UNREADABLE,
    /** Somebody else has changed or removed it meanwhile; its seal is not known. */
    CHANGED
  }

  private final Database database;
  private final Sealer sealer;
  private final Vault vault;
  private final List<String> unreadable = new ArrayList<>();
  private final List<String> left = new ArrayList<>();

  public Reencryption(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
    this.vault = new Vault(sealer);
  }

  /** Which credentials could not be opened, each as {@code tenant, provider}. */
  public List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  /**
   * Which credentials still need the previous key, since others go on writing under it; each as
   * {@code tenant, provider}.
   */
  public List<String> left() {
    return List.copyOf(left);
  }

  /** The tenants' own credentials. */
  public Count credentials() {
    List<Outcome> first = everyCredential();
    int anew = number(first, Outcome.ANEW);
    look();
    for (int pass = 1; pass < PASSES && !left.isEmpty(); pass++) {
      anew += number(everyCredential(), Outcome.ANEW);
      look();
    }
    return new Count(anew, number(first, Outcome.CURRENT), unreadable.size());
  }

  /** What is stored now, all of one moment: rows that came behind the pass too. */
  private void look() {
    left.clear();
    unreadable.clear();
    database.scan(
        session -> {
          session
              .credentials()
              .each(
                  row -> {
                    if (!vault.open(row).isReadable()) {
                      unreadable.add(name(row));
                    } else if (!vault.isCurrent(row)) {
                      left.add(name(row));
                    }
                  });
          return true;
        });
    Collections.sort(left);
    Collections.sort(unreadable);
  }

  private static String name(SealedCredential row) {
    return "tenant " + row.tenantId() + ", provider " + row.provider();
  }

  private List<Outcome> everyCredential() {
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
        return outcomes;
      }
      tenant = page.get(page.size() - 1).tenantId();
      provider = page.get(page.size() - 1).provider();
    }
  }

  private Outcome credential(Session session, SealedCredential found) {
    Optional<SealedCredential> row = Optional.of(found);
    for (int i = 0; i < TRIES && row.isPresent(); i++) {
      Optional<String> resealed = vault.resealed(row.get());
      if (resealed.isEmpty()) {
        return Outcome.UNREADABLE;
      }
      if (vault.isCurrent(row.get())) {
        return Outcome.CURRENT;
      }
      if (session.credentials().reseal(row.get(), resealed.get())) {
        return Outcome.ANEW;
      }
      row = session.credentials().find(found.tenantId(), found.provider());
    }
    return Outcome.CHANGED;
  }

  /** The keys in answers that an {@code Idempotency-Key} replays for a day. */
  public Count replays() {
    List<Outcome> first = everyReplay();
    int anew = number(first, Outcome.ANEW);
    List<Outcome> last = first;
    for (int pass = 1; pass < PASSES && last.contains(Outcome.ANEW); pass++) {
      last = everyReplay();
      anew += number(last, Outcome.ANEW);
    }
    return new Count(anew, number(first, Outcome.CURRENT), number(last, Outcome.UNREADABLE));
  }

  private List<Outcome> everyReplay() {
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
        return outcomes;
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
      boolean there = session.replays().reseal(row.id(), Json.text(kept));
      return Optional.of(there ? Outcome.ANEW : Outcome.CHANGED);
    } catch (JsonProcessingException e) {
      return Optional.of(Outcome.UNREADABLE);
    }
  }

  private static int number(List<Outcome> outcomes, Outcome wanted) {
    return (int) outcomes.stream().filter(wanted::equals).count();
  }
}
