package io.aigateway.settings;

import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What do these environment variables mean, and what is wrong with them? Strict: {@code TRUE},
 * {@code 15s} and {@code " 5"} are faults. Touches nothing but the folders that are named. Safe for
 * any thread.
 */
public final class SettingsReader {
  /** Set by Kubernetes in every container. */
  static final String KUBERNETES = "KUBERNETES_SERVICE_HOST";

  private static final Set<String> PLACEHOLDERS =
      Set.of("sk-...", "sk-ant-...", "your-32-byte-key", "postgres://...");

  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern PASSWORD = Pattern.compile("[^\\p{Cntrl}]+");
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9._-]{1,253}");
  private static final Pattern PROVIDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String NOT_PRINTABLE = "has a blank, a line end or a non-ASCII character";
  private static final String NOT_A_LABEL = "has a character that is not accepted, or is too long";

  private final Surroundings surroundings;

  public SettingsReader(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Does the value count as unset: none, empty, or a placeholder of the sample manifests? */
  public static boolean countsAsUnset(@Nullable String value) {
    return value == null || value.isEmpty() || PLACEHOLDERS.contains(value);
  }

  /**
   * The settings that {@code environment} asks for.
   *
   * @throws SettingsException with every fault, not only the first
   */
  public Settings read(Map<String, String> environment) {
    List<String> warnings = new ArrayList<>();
    Map<Variable, String> set = new EnumMap<>(Variable.class);
    for (Variable variable : Variable.values()) {
      String value = environment.get(variable.name());
      if (!countsAsUnset(value)) {
        set.put(variable, value);
      } else if (value != null && !value.isEmpty()) {
        warnings.add(
            variable.name()
                + " still has the placeholder "
                + value
                + " of the sample manifests and counts as unset");
      }
    }
    Values values = new Values(set);
    Optional<Listen> listen = values.group(() -> listen(values));
    Optional<Logging> logging = values.group(() -> logging(values));
    Optional<Routing> routing = values.group(() -> routing(values));
    Optional<Breakers> breakers = values.group(() -> breakers(values));
    Optional<Shutdown> shutdown = values.group(() -> shutdown(values));
    Optional<Limits> limits = values.group(() -> limits(values));
    Optional<Providers> providers = values.group(() -> providers(values));
    Optional<SharedState> sharedState = values.group(() -> sharedState(values));
    Optional<Storage> storage = values.group(() -> storage(values));
    boolean kubernetes = !countsAsUnset(environment.get(KUBERNETES));
    boolean database = set.containsKey(Variable.DATABASE_URL);
    Optional<Access> access = values.group(() -> access(values, database, kubernetes));
    Optional<Admin> admin =
        values.group(
            () -> {
              Admin read = admin(values);
              listen.ifPresent(read::checkReach);
              return read;
            });
    Optional<Observation> observation =
        values.group(
            () -> {
              Observation read = observation(values);
              sharedState.ifPresent(read::checkDependencies);
              return read;
            });
    Optional<Identity> identity = values.group(() -> identity(values));
    set.forEach((variable, value) -> unbuilt(variable, value, values, warnings));
    values.orThrow();
    return new Settings(
        listen.orElseThrow(),
        logging.orElseThrow(),
        routing.orElseThrow(),
        breakers.orElseThrow(),
        shutdown.orElseThrow(),
        access.orElseThrow(),
        limits.orElseThrow(),
        providers.orElseThrow(),
        sharedState.orElseThrow(),
        storage.orElseThrow(),
        admin.orElseThrow(),
        observation.orElseThrow(),
        identity.orElseThrow(),
        warnings);
  }

  private static void unbuilt(
      Variable variable, String value, Values values, List<String> warnings) {
    Unbuilt.refused(variable)
        .ifPresent(
            problem ->
                values.add(
                    Fault.among(
                        Set.of(variable),
                        Fault.assignment(variable, value) + " " + problem,
                        "unset")));
    Unbuilt.warned(variable)
        .filter(today -> !variable.defaultValue().equals(Optional.of(value)))
        .ifPresent(today -> warnings.add(variable.name() + " for now " + today));
  }

  private static Listen listen(Values values) {
    return new Listen(
        values.address(Variable.ADDR).orElseThrow(),
        values.number(Variable.MAX_BODY_BYTES),
        values.flag(Variable.IMAGE_FETCH));
  }

  private Logging logging(Values values) {
    return new Logging(
        values.choice(Variable.LOG_LEVEL, LogLevel.class).orElseThrow(),
        values
            .choice(Variable.LOG_FORMAT, LogFormat.class)
            .orElseGet(
                () -> surroundings.terminal().getAsBoolean() ? LogFormat.TEXT : LogFormat.JSON));
  }

  private static Routing routing(Values values) {
    return new Routing(
        values
            .text(Variable.DEFAULT_PROVIDER, PROVIDER, "is not the name of a provider")
            .orElseThrow(),
        values.readableFolder(Variable.ROUTES_DIR),
        values.number(Variable.MAX_ATTEMPTS),
        values.seconds(Variable.CACHE_TTL));
  }

  private static Breakers breakers(Values values) {
    return new Breakers(
        values.number(Variable.BREAKER_CONSECUTIVE_FAILURES),
        values.number(Variable.BREAKER_FAILURE_RATE),
        values.number(Variable.BREAKER_MINIMUM_CALLS),
        values.seconds(Variable.BREAKER_WINDOW),
        values.seconds(Variable.BREAKER_OPEN),
        values.number(Variable.BREAKER_CLOSE_AFTER));
  }

  private static Shutdown shutdown(Values values) {
    return new Shutdown(
        values.seconds(Variable.PRE_DRAIN),
        values.seconds(Variable.DRAIN_TIMEOUT),
        values.seconds(Variable.SHUTDOWN_TIMEOUT));
  }

  private static Access access(Values values, boolean database, boolean kubernetes) {
    Optional<Secret> key = values.secret(Variable.BOOTSTRAP_API_KEY, KEY, NOT_PRINTABLE);
    return new Access(key, key.isEmpty() && !database && !kubernetes);
  }

  private static Limits limits(Values values) {
    return new Limits(
        values.optionalNumber(Variable.BOOTSTRAP_RATE_LIMIT_RPM),
        values.money(Variable.BOOTSTRAP_BUDGET_USD));
  }

  private static Providers providers(Values values) {
    Map<Variable, Secret> keys = new EnumMap<>(Variable.class);
    Map<Variable, URI> addresses = new EnumMap<>(Variable.class);
    for (Variable variable : Variable.values()) {
      if (variable.theme() != Variable.Theme.PROVIDERS) {
        continue;
      }
      switch (variable.disclosure()) {
        case SECRET ->
            values
                .secret(variable, KEY, NOT_PRINTABLE)
                .ifPresent(secret -> keys.put(variable, secret));
        case ADDRESS ->
            values.webAddress(variable).ifPresent(address -> addresses.put(variable, address));
        case SHOWN -> values.text(variable, LABEL, NOT_A_LABEL);
      }
    }
    return new Providers(keys, addresses);
  }

  private static SharedState sharedState(Values values) {
    return new SharedState(
        values.redisUrl(Variable.REDIS_URL), values.flag(Variable.USE_DISTRIBUTED_CB));
  }

  private static Storage storage(Values values) {
    return new Storage(
        values.databaseUrl(Variable.DATABASE_URL),
        values.writableFolder(Variable.DATA_DIR),
        values.encryptionKey(Variable.ENCRYPTION_KEY),
        values.encryptionKey(Variable.ENCRYPTION_KEY_PREVIOUS));
  }

  private static Admin admin(Values values) {
    return new Admin(
        values.text(Variable.ADMIN_USERNAME, USER, NOT_A_LABEL).orElseThrow(),
        values.secret(Variable.ADMIN_PASSWORD, PASSWORD, "has a control character"),
        values.flag(Variable.ADMIN_AUTH_ENABLED),
        values.address(Variable.ADMIN_ADDR),
        new Oidc(
            values.webAddress(Variable.OIDC_ISSUER),
            values.text(Variable.OIDC_AUDIENCE, KEY, NOT_PRINTABLE),
            values.webAddress(Variable.OIDC_JWKS_URL),
            values.text(Variable.OIDC_ROLE_CLAIM, KEY, NOT_PRINTABLE).orElseThrow()));
  }

  private static Observation observation(Values values) {
    return new Observation(
        values.number(Variable.METRICS_MAX_TENANTS),
        values.webAddress(Variable.OTLP_ENDPOINT),
        values.choices(Variable.READINESS_CHECKS, ReadinessCheck.class));
  }

  private Identity identity(Values values) {
    return new Identity(
        values
            .text(Variable.POD_NAME, LABEL, NOT_A_LABEL)
            .orElseGet(() -> surroundings.hostName().get()),
        values.text(Variable.POD_NAMESPACE, LABEL, NOT_A_LABEL).orElseThrow());
  }
}
