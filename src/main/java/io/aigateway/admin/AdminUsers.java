package io.aigateway.admin;

import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.store.Users.User;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** The steps that list, make and remove those who administer. They wait for the database. */
@RouteStep
public final class AdminUsers {
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
  static final int SHORTEST_PASSWORD = 12;
  static final int LONGEST_PASSWORD = 200;

  private final Desk desk;
  private final Passwords passwords;

  public AdminUsers(Desk desk, Passwords passwords) {
    this.desk = desk;
    this.passwords = passwords;
  }

  /** One page of them, by name. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    int limit = asked.limit();
    String after = asked.after(NAME);
    List<User> rows = desk.read(session -> session.users().page(after, limit + 1));
    return asked.answer(200, Shapes.page(rows, limit, Shapes::user, User::name));
  }

  public HttpAnswer create(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, false);
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
    String password =
        fields
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
    User user;
    try {
      user = new User(name, passwords.hash(password), role.label(), now, now);
    } catch (Passwords.BusyException e) {
      throw Problem.unavailable("busy", e.getMessage());
    }
    return desk.once(
        asked,
        body,
        session -> {
          if (!session.users().create(user)) {
            throw Problem.conflict("already_exists", "username", "there is a user of this name");
          }
          desk.audit(session, asked, "user.create", name, null, null, Shapes.user(user));
          return new Desk.Made(201, null, Shapes.user(user));
        });
  }

  /** The user of the path, or of the parameter {@code username}. */
  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    desk.requireWritable();
    asked.onlyParameters("username");
    String inPath = asked.after("users");
    String parameter = asked.parameter("username");
    String name = inPath.isEmpty() && parameter != null ? parameter : inPath;
    if (name.isEmpty()) {
      throw Problem.invalid("username", "username is missing");
    }
    if (!NAME.matcher(name).matches()) {
      throw Problem.notFound("user");
    }
    desk.write(
        session -> {
          int admins = session.users().lockAndCount(Role.ADMIN.label());
          User before = session.users().find(name).orElseThrow(() -> Problem.notFound("user"));
          if (before.role().equals(Role.ADMIN.label()) && admins == 1) {
            throw Problem.conflict("last_admin", "username", "the last admin can't be removed");
          }
          session.users().delete(name);
          desk.audit(session, asked, "user.delete", name, null, Shapes.user(before), null);
          return true;
        });
    return asked.nothing();
  }
}
