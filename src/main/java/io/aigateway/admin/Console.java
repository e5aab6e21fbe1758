package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.store.Session;
import io.aigateway.store.Users.User;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.Tenant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What the admin API does, for a person at the machine itself: the same fields are accepted, the
 * same rows are written, and things look the same. What is wrong ends in a {@link
 * io.aigateway.error.RequestException}. Waits for the database.
 */
public final class Console {
  private static final int AT_ONCE = 200;

  private final Desk desk;
  private final TenantBook tenants;
  private final KeyBook keys;
  private final Supplier<Passwords> passwords;
  private final Actor actor;

  /**
   * @param passwords made when a user is
   * @param isProvider whether there is a provider of this name
   * @param actor whoever it is that does all this
   */
  public Console(
      Desk desk,
      KeyMaker maker,
      Supplier<Passwords> passwords,
      Predicate<String> isProvider,
      Actor actor) {
    this.desk = desk;
    this.tenants = new TenantBook(desk, maker, isProvider);
    this.keys = new KeyBook(desk, maker);
    this.passwords = passwords;
    this.actor = actor;
  }

  private ObjectNode made(Function<Session, Desk.Made> work) {
    return desk.write(work).body();
  }

  /** A new tenant, with its first key in {@code api_key}. */
  public ObjectNode createTenant(ObjectNode fields) {
    return made(tenants.create(new Fields(fields), actor));
  }

  public ObjectNode updateTenant(String id, ObjectNode fields) {
    requireId(id);
    return Shapes.tenant(
        desk.write(tenants.update(id, new Fields(fields), actor, before -> {}, false)));
  }

  /** A new key, in {@code api_key}, in place of those that the tenant has. */
  public ObjectNode rotate(String id, ObjectNode fields) {
    requireId(id);
    return made(tenants.rotate(id, new Fields(fields), actor));
  }

  public void eachTenant(Consumer<ObjectNode> taker) {
    each(
        (session, after) -> session.tenants().page(after, AT_ONCE),
        Tenant::id,
        tenant -> taker.accept(Shapes.tenant(tenant)));
  }

  public ObjectNode createKey(String tenant, ObjectNode fields) {
    requireId(tenant);
    return made(keys.create(tenant, new Fields(fields), actor));
  }

  public ObjectNode revokeKey(String tenant, String id) {
    requireId(tenant);
    return Shapes.key(desk.write(keys.revoke(tenant, id, actor)));
  }

  /** Looks for a tenant before anything is said of it. */
  public void requireTenant(String id) {
    requireId(id);
    desk.read(
        session -> {
          AdminTenants.require(session, id);
          return true;
        });
  }

  public void eachKey(String tenant, Consumer<ObjectNode> taker) {
    each(
        (session, after) -> session.keys().page(tenant, after, AT_ONCE),
        ApiKey::id,
        key -> taker.accept(Shapes.key(key)));
  }

  public ObjectNode createUser(ObjectNode fields) {
    return made(users().create(new Fields(fields), actor));
  }

  public ObjectNode changePassword(String name, ObjectNode fields) {
    return Shapes.user(desk.write(users().password(name, new Fields(fields), actor)));
  }

  public ObjectNode deleteUser(String name) {
    return Shapes.user(desk.write(users().delete(name, actor)));
  }

  public void eachUser(Consumer<ObjectNode> taker) {
    each(
        (session, after) -> session.users().page(after, AT_ONCE),
        User::name,
        user -> taker.accept(Shapes.user(user)));
  }

  private UserBook users() {
    return new UserBook(desk, passwords.get());
  }

  private static void requireId(String tenant) {
    if (!TenantBook.ID.matcher(tenant).matches()) {
      throw Problem.notFound("tenant");
    }
  }

  private <T> void each(
      BiFunction<Session, String, List<T>> page, Function<T, String> last, Consumer<T> taker) {
    String after = "";
    while (true) {
      String from = after;
      List<T> rows = desk.read(session -> page.apply(session, from));
      rows.forEach(taker);
      if (rows.size() < AT_ONCE) {
        return;
      }
      after = last.apply(rows.get(rows.size() - 1));
    }
  }
}
