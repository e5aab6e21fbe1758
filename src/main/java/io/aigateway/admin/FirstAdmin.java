package io.aigateway.admin;

import io.aigateway.settings.Admin;
import io.aigateway.settings.Secret;
import io.aigateway.store.Database;
import io.aigateway.store.Users.User;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who can administer a gateway that nobody has administered yet? The user of {@code ADMIN_USERNAME}
 * has the password of {@code ADMIN_PASSWORD}, at every start. Without one, and without any user, a
 * password is made up and shown to the person at the terminal; without a terminal the admin API
 * stays locked.
 */
public final class FirstAdmin {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAdmin.class);

  private final Database database;
  private final Passwords passwords;
  private final Admin settings;
  private final Clock clock;
  private final Supplier<String> invented;
  private final Optional<Consumer<String>> terminal;

  /**
   * @param invented makes up a password
   * @param terminal shows a line to a person, if there is one
   */
  public FirstAdmin(
      Database database,
      Passwords passwords,
      Admin settings,
      Clock clock,
      Supplier<String> invented,
      Optional<Consumer<String>> terminal) {
    this.database = database;
    this.passwords = passwords;
    this.settings = settings;
    this.clock = clock;
    this.invented = invented;
    this.terminal = terminal;
  }

  /** Each time the database has become usable; does something the first time only. */
  public void provide() {
    Optional<String> password = settings.password().map(Secret::reveal);
    if (password.isPresent()) {
      put(password.get());
      return;
    }
    boolean none = database.ask(session -> session.users().isEmpty());
    if (!none || !settings.authEnabled()) {
      return;
    }
    if (terminal.isEmpty()) {
      LOG.info("the admin API is locked: set ADMIN_PASSWORD, or run the command user create");
      return;
    }
    String made = invented.get();
    if (put(made)) {
      terminal
          .get()
          .accept("admin: user " + settings.username() + ", password " + made + " (shown once)");
    }
  }

  private boolean put(String password) {
    String name = settings.username();
    Optional<User> before = database.ask(session -> session.users().find(name));
    if (before.isPresent()
        && before.get().role().equals(Role.ADMIN.label())
        && passwords.matches(password, before.get().passwordHash())) {
      return false;
    }
    Instant now = clock.instant();
    User user = new User(name, passwords.hash(password), Role.ADMIN.label(), now, now);
    return database.change(session -> session.users().create(user) || session.users().update(user));
  }
}
