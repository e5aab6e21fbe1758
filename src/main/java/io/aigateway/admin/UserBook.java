package io.aigateway.admin;

import io.aigateway.store.Session;
import io.aigateway.store.Users.User;
import java.time.Instant;
import java.util.function.Function;
import java.util.regex.Pattern;

/** How those who administer are made, changed and removed, whoever asks for it. */
final class UserBook {
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
  static final int SHORTEST_PASSWORD = 12;
  static final int LONGEST_PASSWORD = 200;

  private final Desk desk;
  private final Passwords passwords;

  UserBook(Desk desk, Passwords passwords) {
    this.desk = desk;
    this.passwords = passwords;
  }

  Function<Session, Desk.Made> create(Fields fields, Actor actor) {
    String name =
        fields
            .text("username", 64)
            .filter(text -> NAME.matcher(text).matches())
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "username",
                        "username is not accepted; accepted: letters, digits and . _ @ -, at most"
                            + " 64"));
    String password = password(fields);
    Role role =
        fields
            .text("role", 16)
            .flatMap(Role::of)
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "role", "role is not accepted; accepted: viewer, editor, admin"));
    fields.noOther();
    Instant now = desk.now();
    User user = new User(name, hash(password), role.label(), now, now);
    return session -> {
      if (!session.users().create(user)) {
        throw Problem.conflict("already_exists", "username", "there is a user of this name");
      }
      desk.audit(session, actor, "user.create", name, null, null, Shapes.user(user));
      return new Desk.Made(201, null, Shapes.user(user));
    };
  }

  private static String password(Fields fields) {
    return fields
        .text("password", LONGEST_PASSWORD)
        .filter(text -> text.length() >= SHORTEST_PASSWORD)
        .orElseThrow(
            () ->
                Problem.invalid(
                    "password",
                    "password is not accepted; accepted: "
                        + SHORTEST_PASSWORD
                        + " to "
                        + LONGEST_PASSWORD
                        + " characters"));
  }

  private String hash(String password) {
    try {
      return passwords.hash(password);
    } catch (Passwords.BusyException e) {
      throw Problem.unavailable("busy", e.getMessage());
    }
  }

  /** Another password for a user who is there. */
  Function<Session, User> password(String name, Fields fields, Actor actor) {
    String hash = hash(password(fields));
    fields.noOther();
    return session -> {
      User before = session.users().find(name).orElseThrow(() -> Problem.notFound("user"));
      User after = new User(name, hash, before.role(), before.createdAt(), desk.now());
      session.users().update(after);
      desk.audit(
          session, actor, "user.password", name, null, Shapes.user(before), Shapes.user(after));
      return after;
    };
  }

  Function<Session, User> delete(String name, Actor actor) {
    if (!NAME.matcher(name).matches()) {
      throw Problem.notFound("user");
    }
    return session -> {
      int admins = session.users().lockAndCount(Role.ADMIN.label());
      User before = session.users().find(name).orElseThrow(() -> Problem.notFound("user"));
      if (before.role().equals(Role.ADMIN.label()) && admins == 1) {
        throw Problem.conflict("last_admin", "username", "the last admin can't be removed");
      }
      session.users().delete(name);
      desk.audit(session, actor, "user.delete", name, null, Shapes.user(before), null);
      return before;
    };
  }
}
