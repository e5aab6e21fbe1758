package io.aigateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import io.aigateway.store.Users.User;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.Grant;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Scope;
import io.aigateway.tenant.SealedCredential;
import io.aigateway.tenant.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every database has to do alike. */
abstract class StoreContract {
  private static final Instant NOW = Instant.parse("2026-11-27T10:15:30.123456Z");

  Database database;

  /** The address of a new, empty database, or null for the embedded one. */
  abstract @Nullable String url();

  static Database open(@Nullable String url, String name) {
    Database opened =
        new Database(
            new Storage(
                Optional.ofNullable(url).map(Secret::new),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            name);
    opened.start();
    assertThat(opened.awaitUp(Duration.ofSeconds(30))).as(opened.problem()).isTrue();
    return opened;
  }

  @BeforeEach
  void open() {
    database = open(url(), "contract-" + System.nanoTime());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Tenant tenant(String id) {
    return new Tenant(
        id,
        "The \"" + id + "\"; drop table tenants; -- 'ü'",
        true,
        60,
        null,
        new ModelPatterns(List.of("gpt-*", "anthropic/claude-*")),
        null,
        List.of("ollama/llama3.2", "groq"),
        1,
        NOW,
        NOW);
  }

  private static ApiKey key(String id, String tenant, @Nullable Instant expires) {
    return new ApiKey(
        id,
        tenant,
        "ci",
        "gw-abcdef",
        KeyText.hexHash("gw-" + id),
        EnumSet.of(Scope.CHAT, Scope.ADMIN_READ),
        null,
        5,
        expires,
        null,
        NOW,
        null);
  }

  private void put(Tenant tenant, ApiKey... keys) {
    database.change(
        (Session session) -> {
          assertThat(session.tenants().create(tenant)).isTrue();
          for (ApiKey key : keys) {
            session.keys().create(key);
          }
          return null;
        });
  }

  @Test
  void tenantComesBackAsItWasStored() {
    Tenant stored = tenant("acme");
    put(stored);

    assertThat(database.ask((Session session) -> session.tenants().find("acme"))).contains(stored);
    assertThat(database.ask((Session session) -> session.tenants().find("none"))).isEmpty();
    assertThat(database.ask((Session session) -> session.tenants().create(stored))).isFalse();
  }

  @Test
  void pagesGoOnAfterTheLastOne() {
    for (String id : List.of("b", "a", "d", "c")) {
      put(tenant(id));
    }

    List<String> first = ids(database.ask((Session session) -> session.tenants().page("", 3)));
    List<String> rest = ids(database.ask((Session session) -> session.tenants().page("c", 3)));

    assertThat(first).containsExactly("a", "b", "c");
    assertThat(rest).containsExactly("d");
  }

  private static List<String> ids(List<Tenant> tenants) {
    return tenants.stream().map(Tenant::id).toList();
  }

  @Test
  void onlyTheNextVersionReplacesATenant() {
    put(tenant("acme"));
    Tenant next =
        new Tenant(
            "acme", "new", false, null, 7, ModelPatterns.ALL, "groq", List.of(), 2, NOW, NOW);

    assertThat(database.ask((Session session) -> session.tenants().update(next))).isTrue();
    assertThat(database.ask((Session session) -> session.tenants().update(next))).isFalse();
    assertThat(database.ask((Session session) -> session.tenants().find("acme"))).contains(next);
  }

  @Test
  void keyIsFoundByItsDigestWithItsTenant() {
    ApiKey stored = key("k1", "acme", NOW.plusSeconds(60));
    put(tenant("acme"), stored, key("k2", "acme", null));

    Optional<Grant> found = database.ask((Session session) -> session.keys().byHash(stored.hash()));

    assertThat(found).contains(new Grant(tenant("acme"), stored));
    assertThat(database.ask((Session session) -> session.keys().byHash("' or '1'='1"))).isEmpty();
    assertThat(database.ask((Session session) -> session.keys().find("acme", "k1")))
        .contains(stored);
    assertThat(database.ask((Session session) -> session.keys().find("other", "k1"))).isEmpty();
    assertThat(database.ask((Session session) -> session.keys().page("acme", "k1", 9))).hasSize(1);
    assertThat(database.ask((Session session) -> session.keys().ofTenant("acme"))).hasSize(2);
  }

  @Test
  void revokingEndsAKeyAndNeverProlongsIt() {
    put(tenant("acme"), key("k1", "acme", null), key("k2", "acme", null));

    database.ask((Session session) -> session.keys().revoke("acme", "k1", NOW.plusSeconds(5)));
    database.ask((Session session) -> session.keys().revoke("acme", "k1", NOW.plusSeconds(50)));
    assertThat(database.ask((Session session) -> session.keys().revoke("other", "k1", NOW)))
        .isFalse();

    assertThat(revokedAt("k1")).isEqualTo(NOW.plusSeconds(5));
    database.ask(
        (Session session) -> {
          session.keys().revokeOthers("acme", "k2", NOW.plusSeconds(1));
          return null;
        });
    assertThat(revokedAt("k1")).isEqualTo(NOW.plusSeconds(1));
    assertThat(revokedAt("k2")).isNull();
  }

  private @Nullable Instant revokedAt(String id) {
    return database
        .ask((Session session) -> session.keys().find("acme", id))
        .orElseThrow()
        .revokedAt();
  }

  @Test
  void grantsComeWithoutRevokedKeysAndTheLastUsedFirst() {
    put(tenant("acme"), key("k1", "acme", null), key("k2", "acme", null), key("k3", "acme", null));
    database.ask(
        (Session session) -> {
          session.keys().used(Map.of("k3", NOW.plusSeconds(9)));
          session.keys().used(Map.of("k3", NOW.plusSeconds(1)));
          return session.keys().revoke("acme", "k2", NOW);
        });

    List<Grant> seen = new ArrayList<>();
    database.ask(
        (Session session) -> {
          session.keys().eachGrant(NOW, 10, seen::add);
          return null;
        });

    assertThat(seen).extracting(grant -> grant.key().id()).containsExactly("k3", "k1");
    assertThat(seen.get(0).key().lastUsedAt()).isEqualTo(NOW.plusSeconds(9));
    assertThat(seen.get(0).tenant()).isSameAs(seen.get(1).tenant());
  }

  @Test
  void deletingATenantTakesItsKeysAndLeavesItsAudit() {
    put(tenant("acme"), key("k1", "acme", null));
    audit("acme", "tenant.create");

    assertThat(database.ask((Session session) -> session.tenants().delete("acme"))).isTrue();
    assertThat(database.ask((Session session) -> session.tenants().delete("acme"))).isFalse();

    assertThat(database.ask((Session session) -> session.keys().byHash(KeyText.hexHash("gw-k1"))))
        .isEmpty();
    assertThat(database.ask((Session session) -> session.audit().page(Long.MAX_VALUE, "acme", 9)))
        .hasSize(1);
  }

  private static SealedCredential credential(String provider, String id, Instant at) {
    return new SealedCredential("acme", provider, id, "key.sealed-" + id, at, at);
  }

  private void put(SealedCredential credential) {
    database.change(
        (Session session) -> {
          session.credentials().put(credential);
          return null;
        });
  }

  @Test
  void credentialIsReplacedAndGoesWithItsTenant() {
    put(tenant("acme"));
    put(credential("b", "1", NOW));
    put(credential("a", "2", NOW));
    put(credential("b", "3", NOW.plusSeconds(5)));

    List<SealedCredential> all =
        database.ask((Session session) -> session.credentials().ofTenant("acme"));
    assertThat(all).extracting(SealedCredential::id).containsExactly("2", "3");
    assertThat(all.get(1).createdAt()).isEqualTo(NOW);
    assertThat(all.get(1).updatedAt()).isEqualTo(NOW.plusSeconds(5));
    assertThat(all.toString()).doesNotContain("sealed-");
    assertThat(database.ask((Session session) -> session.credentials().page("acme", "a", 9)))
        .hasSize(1);
    assertThat(database.ask((Session session) -> session.credentials().pageOfAll("acme", "a", 9)))
        .hasSize(1);
    assertThat(database.ask((Session session) -> session.credentials().pageOfAll("", "", 1)))
        .extracting(SealedCredential::provider)
        .containsExactly("a");
    assertThat(database.ask((Session session) -> session.credentials().delete("acme", "a")))
        .isTrue();
    assertThat(database.ask((Session session) -> session.credentials().delete("acme", "a")))
        .isFalse();

    database.ask((Session session) -> session.tenants().delete("acme"));
    assertThat(database.ask((Session session) -> session.credentials().find("acme", "b")))
        .isEmpty();
  }

  @Test
  void onlyWhatIsStillThereIsSealedAnew() {
    put(tenant("acme"));
    SealedCredential first = credential("a", "1", NOW);
    put(first);

    assertThat(database.ask((Session session) -> session.credentials().reseal(first, "new")))
        .isTrue();
    assertThat(database.ask((Session session) -> session.credentials().reseal(first, "newer")))
        .isFalse();
    assertThat(database.ask((Session session) -> session.credentials().find("acme", "a")))
        .contains(first.with("new"));
  }

  private void audit(String tenant, String action) {
    database.ask(
        (Session session) -> {
          session
              .audit()
              .add(
                  new Audit.Entry(
                      0, NOW, "root", action, tenant, tenant, null, "{\"id\":1}", "::1", "r1"));
          return null;
        });
  }

  @Test
  void auditShowsTheNewestFirstAndNeverChanges() {
    audit("a", "one");
    audit("b", "two");
    audit("a", "three");

    List<Audit.Entry> all =
        database.ask((Session session) -> session.audit().page(Long.MAX_VALUE, null, 2));
    List<Audit.Entry> older =
        database.ask((Session session) -> session.audit().page(all.get(1).seq(), null, 2));

    assertThat(all).extracting(Audit.Entry::action).containsExactly("three", "two");
    assertThat(older).extracting(Audit.Entry::action).containsExactly("one");
    assertThat(older.get(0).after()).isEqualTo("{\"id\":1}");
    for (String sql : List.of("update audit set actor = 'x'", "delete from audit")) {
      assertThatThrownBy(() -> run(sql)).hasStackTraceContaining("append-only");
    }
    assertThat(database.ask((Session session) -> session.audit().page(Long.MAX_VALUE, "a", 9)))
        .hasSize(2);
  }

  private int run(String sql) {
    return database.ask((Session session) -> session.execute(sql));
  }

  @Test
  void changesOfAWhileAreRemembered() {
    database.change(
        (Session session) -> {
          session.changes().note("a");
          session.changes().note("b");
          return null;
        });

    List<Changes.Change> seen =
        database.ask((Session session) -> session.changes().ofLast(Duration.ofSeconds(10)));

    assertThat(seen).extracting(Changes.Change::tenantId).containsExactly("a", "b");
    assertThat(seen.get(0).seq()).isLessThan(seen.get(1).seq());
    run("update changes set at = at - interval '60' second");
    assertThat(database.ask((Session session) -> session.changes().ofLast(Duration.ofSeconds(10))))
        .isEmpty();
    database.ask(
        (Session session) -> {
          session.changes().forgetOlderThan(Duration.ofSeconds(30));
          return null;
        });
    assertThat(database.ask((Session session) -> session.changes().ofLast(Duration.ofHours(1))))
        .isEmpty();
  }

  @Test
  void usersAreKept() {
    assertThat(database.ask((Session session) -> session.users().isEmpty())).isTrue();
    User root = new User("root", "$2a$hash", "admin", NOW, NOW);
    assertThat(database.ask((Session session) -> session.users().create(root))).isTrue();
    assertThat(database.ask((Session session) -> session.users().create(root))).isFalse();
    database.ask(
        (Session session) -> session.users().create(new User("eve", "h", "viewer", NOW, NOW)));

    assertThat(database.ask((Session session) -> session.users().find("root"))).contains(root);
    assertThat(database.change((Session session) -> session.users().lockAndCount("admin")))
        .isEqualTo(1);
    User changed = new User("root", "$2a$other", "editor", NOW, NOW.plusSeconds(1));
    assertThat(database.ask((Session session) -> session.users().update(changed))).isTrue();
    assertThat(database.ask((Session session) -> session.users().page("", 9)))
        .extracting(User::name)
        .containsExactly("eve", "root");
    assertThat(database.ask((Session session) -> session.users().find("root"))).contains(changed);
    assertThat(database.ask((Session session) -> session.users().delete("root"))).isTrue();
    assertThat(changed.toString()).doesNotContain("$2a$");
  }

  @Test
  void replaysAreForgottenInTime() {
    Replays.Replay replay = new Replays.Replay("r", "hash", 201, "\"1\"", "sealed", NOW);
    database.ask(
        (Session session) -> {
          session.replays().create(replay);
          return null;
        });

    assertThat(database.ask((Session session) -> session.replays().find("r"))).contains(replay);
    assertThatThrownBy(
            () ->
                database.ask(
                    (Session session) -> {
                      session.replays().create(replay);
                      return null;
                    }))
        .isNotInstanceOf(StoreAwayException.class);
    database.ask(
        (Session session) -> {
          session.replays().forgetBefore(NOW.plusSeconds(1));
          return null;
        });
    assertThat(database.ask((Session session) -> session.replays().find("r"))).isEmpty();
  }

  @Test
  void brokenTransactionLeavesNothing() {
    assertThatThrownBy(
            () ->
                database.change(
                    (Session session) -> {
                      session.tenants().create(tenant("half"));
                      throw new IllegalStateException("stop");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(database.ask((Session session) -> session.tenants().find("half"))).isEmpty();
    assertThat(database.isUp()).isTrue();
  }

  @Test
  void unknownScopeGivesNothing() {
    put(tenant("acme"), key("k1", "acme", null));
    run("update api_keys set scopes = '[\"chat\",\"from-the-future\"]'");

    assertThat(
            database
                .ask((Session session) -> session.keys().find("acme", "k1"))
                .orElseThrow()
                .scopes())
        .isEqualTo(Set.of(Scope.CHAT));
  }
}
