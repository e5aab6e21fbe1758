package io.aigateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code user …} */
@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    description = "Makes, lists, changes and removes those who administer.")
final class UserCommand {
  private static final String PASSWORD = "password";
  private static final List<String> COLUMNS =
      List.of("username", "role", "created_at", "updated_at");

  private final Supplier<Workplace> workplace;
  private final Terminal terminal;

  UserCommand(Supplier<Workplace> workplace, Terminal terminal) {
    this.workplace = workplace;
    this.terminal = terminal;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a user of the admin API.",
        "The password is asked for, or read from the first line of the standard input."
      })
  int create(
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "viewer, editor or admin.")
          String role,
      @Option(names = "--json", description = "prints the user as JSON.") boolean json) {
    ObjectNode fields =
        new Body()
            .text("username", name)
            .text("role", role)
            .text(PASSWORD, terminal.secret(PASSWORD))
            .fields();
    try (Workplace opened = workplace.get()) {
      new Printer(terminal.out(), json)
          .one("made user " + name, opened.console().createUser(fields));
    }
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists all users.")
  int list(@Option(names = "--json", description = "one JSON object a line.") boolean json) {
    try (Workplace opened = workplace.get()) {
      opened.console().eachUser(new Printer(terminal.out(), json).table(COLUMNS));
    }
    return 0;
  }

  @Command(
      name = "password",
      mixinStandardHelpOptions = true,
      description = {
        "Gives a user another password.",
        "It is asked for, or read from the first line of the standard input."
      })
  int password(@Parameters(paramLabel = "NAME") String name) {
    ObjectNode fields = new Body().text(PASSWORD, terminal.secret(PASSWORD)).fields();
    try (Workplace opened = workplace.get()) {
      new Printer(terminal.out(), false)
          .one("changed the password of " + name, opened.console().changePassword(name, fields));
    }
    return 0;
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Removes a user.")
  int delete(@Parameters(paramLabel = "NAME") String name) {
    try (Workplace opened = workplace.get()) {
      new Printer(terminal.out(), false)
          .one("removed user " + name, opened.console().deleteUser(name));
    }
    return 0;
  }
}
