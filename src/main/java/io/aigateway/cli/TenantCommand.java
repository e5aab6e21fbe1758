package io.aigateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenant …} */
@Command(
    name = "tenant",
    mixinStandardHelpOptions = true,
    description = "Makes, lists and changes tenants.")
final class TenantCommand {
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "name",
          "enabled",
          "rate_limit_rpm",
          "max_concurrency",
          "allowed_models",
          "created_at");

  private final Supplier<Workplace> workplace;
  private final Terminal terminal;

  TenantCommand(Supplier<Workplace> workplace, Terminal terminal) {
    this.workplace = workplace;
    this.terminal = terminal;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a tenant with its first key, which is shown once.")
  int create(
      @Parameters(paramLabel = "ID", arity = "0..1", description = "made up when left out.")
          @Nullable String id,
      @Option(names = "--name", paramLabel = "TEXT") @Nullable String name,
      @Option(
              names = "--rate-limit-rpm",
              paramLabel = "N",
              description = "requests a minute, or none; 60 unless said otherwise.")
          @Nullable String requests,
      @Option(
              names = "--max-concurrency",
              paramLabel = "N",
              description = "requests at the same time, or none.")
          @Nullable String concurrency,
      @Option(
              names = "--allowed-models",
              paramLabel = "PATTERN",
              split = ",",
              description = "such as gpt-4o*,demo/*; all when left out.")
          @Nullable List<String> models,
      @Option(names = "--default-provider", paramLabel = "NAME") @Nullable String provider,
      @Option(names = "--fallback-providers", paramLabel = "NAME", split = ",")
          @Nullable List<String> fallbacks,
      @Option(names = "--json", description = "prints what was made as JSON.") boolean json) {
    ObjectNode fields =
        new Body()
            .text("id", id)
            .text("name", name)
            .number("rate_limit_rpm", requests)
            .number("max_concurrency", concurrency)
            .list("allowed_models", models)
            .text("default_provider", provider)
            .list("fallback_providers", fallbacks)
            .fields();
    try (Workplace opened = workplace.get()) {
      ObjectNode made = opened.console().createTenant(fields);
      new Printer(terminal.out(), json).one("made tenant " + made.path("id").asText(), made);
    }
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists all tenants.")
  int list(@Option(names = "--json", description = "one JSON object a line.") boolean json) {
    try (Workplace opened = workplace.get()) {
      opened.console().eachTenant(new Printer(terminal.out(), json).table(COLUMNS));
    }
    return 0;
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Makes a new key, shown once, in place of all others or of one.")
  int rotate(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = "--grace-seconds",
              paramLabel = "N",
              description = "how long the old keys go on; 0 unless said otherwise.")
          @Nullable String grace,
      @Option(names = "--key-id", paramLabel = "KEY", description = "replaces only this one.")
          @Nullable String keyId,
      @Option(names = "--json", description = "prints the tenant and the key as JSON.")
          boolean json) {
    ObjectNode fields = new Body().number("grace_seconds", grace).text("key_id", keyId).fields();
    try (Workplace opened = workplace.get()) {
      ObjectNode made = opened.console().rotate(id, fields);
      new Printer(terminal.out(), json).one("rotated the keys of tenant " + id, made);
    }
    return 0;
  }

  @Command(
      name = "disable",
      mixinStandardHelpOptions = true,
      description = "Refuses all keys of a tenant until it is enabled.")
  int disable(@Parameters(paramLabel = "ID") String id) {
    return enabled(id, false);
  }

  @Command(
      name = "enable",
      mixinStandardHelpOptions = true,
      description = "Accepts a disabled tenant's keys again.")
  int enable(@Parameters(paramLabel = "ID") String id) {
    return enabled(id, true);
  }

  private int enabled(String id, boolean enabled) {
    try (Workplace opened = workplace.get()) {
      ObjectNode tenant =
          opened.console().updateTenant(id, new Body().flag("enabled", enabled).fields());
      new Printer(terminal.out(), false)
          .one((enabled ? "enabled" : "disabled") + " tenant " + id, tenant);
    }
    return 0;
  }
}
