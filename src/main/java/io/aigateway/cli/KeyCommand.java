package io.aigateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.admin.Console;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code key …} */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description = "Makes, lists and revokes keys of a tenant.")
final class KeyCommand {
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "name",
          "prefix",
          "scopes",
          "expires_at",
          "last_used_at",
          "created_at",
          "revoked_at");

  private final Supplier<Workplace> workplace;
  private final Terminal terminal;

  KeyCommand(Supplier<Workplace> workplace, Terminal terminal) {
    this.workplace = workplace;
    this.terminal = terminal;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes another key, which is shown once.")
  int create(
      @Parameters(paramLabel = "TENANT") String tenant,
      @Option(names = "--name", paramLabel = "TEXT") @Nullable String name,
      @Option(
              names = "--scopes",
              paramLabel = "SCOPE",
              split = ",",
              description = "such as chat,embeddings; all that call models when left out.")
          @Nullable List<String> scopes,
      @Option(
              names = "--expires-at",
              paramLabel = "TIME",
              description = "such as 2027-01-31T12:00:00Z.")
          @Nullable String expires,
      @Option(names = "--json", description = "prints the key as JSON.") boolean json) {
    ObjectNode fields =
        new Body().text("name", name).list("scopes", scopes).text("expires_at", expires).fields();
    try (Workplace opened = workplace.get()) {
      ObjectNode made = opened.console().createKey(tenant, fields);
      new Printer(terminal.out(), json).one("made key " + made.path("id").asText(), made);
    }
    return 0;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the keys of a tenant, revoked ones too.")
  int list(
      @Parameters(paramLabel = "TENANT") String tenant,
      @Option(names = "--json", description = "one JSON object a line.") boolean json) {
    try (Workplace opened = workplace.get()) {
      Console console = opened.console();
      console.requireTenant(tenant);
      console.eachKey(tenant, new Printer(terminal.out(), json).table(COLUMNS));
    }
    return 0;
  }

  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Ends a key at once.")
  int revoke(
      @Parameters(paramLabel = "TENANT") String tenant,
      @Parameters(paramLabel = "KEY", description = "its id.") String id) {
    try (Workplace opened = workplace.get()) {
      new Printer(terminal.out(), false)
          .one("revoked key " + id, opened.console().revokeKey(tenant, id));
    }
    return 0;
  }
}
