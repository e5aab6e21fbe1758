package io.aigateway.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Those who administer. */
public final class Users {

  /**
   * One of them.
   *
   * @param passwordHash bcrypt
   * @param role the word for it
   */
  public record User(
      String name, String passwordHash, String role, Instant createdAt, Instant updatedAt) {
    /** Without the hash. */
    @Override
    public String toString() {
      return "User[" + name + " " + role + "]";
    }
  }

  private final JdbcClient jdbc;

  Users(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** False when there is one of this name. */
  public boolean create(User user) {
    return jdbc.sql(
                "insert into users (name, password_hash, role, created_at, updated_at) values"
                    + " (:name, :hash, :role, :created, :updated) on conflict do nothing")
            .param("name", user.name())
            .param("hash", user.passwordHash())
            .param("role", user.role())
            .param("created", Columns.time(user.createdAt()))
            .param("updated", Columns.time(user.updatedAt()))
            .update()
        == 1;
  }

  /** Changes password and role of the user of this name; false when there is none. */
  public boolean update(User user) {
    return jdbc.sql(
                "update users set password_hash = :hash, role = :role, updated_at = :updated"
                    + " where name = :name")
            .param("name", user.name())
            .param("hash", user.passwordHash())
            .param("role", user.role())
            .param("updated", Columns.time(user.updatedAt()))
            .update()
        == 1;
  }

  public Optional<User> find(String name) {
    return jdbc.sql(
            "select name, password_hash, role, created_at, updated_at from users"
                + " where name = :name")
        .param("name", name)
        .query((row, number) -> read(row))
        .optional();
  }

  /** At most {@code limit} users whose name comes after {@code after}, by name. */
  public List<User> page(String after, int limit) {
    return jdbc.sql(
            "select name, password_hash, role, created_at, updated_at from users"
                + " where name > :after order by name limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  public boolean delete(String name) {
    return jdbc.sql("delete from users where name = :name").param("name", name).update() == 1;
  }

  /** How many have this role; the rows are locked until the end of the transaction. */
  public int lockAndCount(String role) {
    return jdbc.sql("select name from users where role = :role order by name for update")
        .param("role", role)
        .query(String.class)
        .list()
        .size();
  }

  public boolean isEmpty() {
    return jdbc.sql("select count(*) from users").query(Long.class).single() == 0;
  }

  private static User read(ResultSet row) throws SQLException {
    return new User(
        Objects.requireNonNull(row.getString("name")),
        Objects.requireNonNull(row.getString("password_hash")),
        Objects.requireNonNull(row.getString("role")),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
