package io.aigateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  private static final String RAW_KEY = "0123456789abcdef0123456789abcdef";
  private static final String HEX_KEY = RAW_KEY + RAW_KEY;
  private static final String BASE64_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  @Test
  void nothingSetGivesTheDocumentedDefaults() {
    Settings settings = read(Map.of());

    assertThat(settings.listen()).isEqualTo(new Listen(new Address("", 8080), 33_554_432, false));
    assertThat(settings.listen().host()).isEqualTo("0.0.0.0");
    assertThat(settings.logging()).isEqualTo(new Logging(LogLevel.INFO, LogFormat.JSON));
    assertThat(settings.routing().defaultProvider()).isEqualTo("ollama");
    assertThat(settings.routing().routesDir()).isEmpty();
    assertThat(settings.routing().maxAttempts()).isEqualTo(3);
    assertThat(settings.routing().cacheTtl()).isEqualTo(Duration.ofSeconds(300));
    assertThat(settings.breakers())
        .isEqualTo(new Breakers(5, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(30), 2));
    assertThat(settings.shutdown())
        .isEqualTo(
            new Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(30)));
    assertThat(settings.access().bootstrapKey()).isEmpty();
    assertThat(settings.access().defaultKeyAllowed()).isTrue();
    assertThat(settings.limits().budgetUsd()).isEmpty();
    assertThat(settings.limits().requestsPerMinute()).isEmpty();
    assertThat(settings.sharedState().redisUrl()).isEmpty();
    assertThat(settings.sharedState().distributedBreakers()).isFalse();
    assertThat(settings.admin().username()).isEqualTo("admin");
    assertThat(settings.admin().authEnabled()).isTrue();
    assertThat(settings.admin().oidc().roleClaim()).isEqualTo("roles");
    assertThat(settings.observation().metricsMaxTenants()).isEqualTo(500);
    assertThat(settings.observation().readinessChecks()).isEmpty();
    assertThat(settings.identity()).isEqualTo(new Identity("the-host", "default"));
    assertThat(settings.providers().keys()).isEmpty();
    assertThat(settings.warnings()).isEmpty();
  }

  static Stream<Arguments> goodValues() {
    return Stream.of(
        good("ADDR", ":9090", s -> s.listen().port(), 9090),
        good("ADDR", ":0", s -> s.listen().port(), 0),
        good("ADDR", "127.0.0.1:8081", s -> s.listen().host(), "127.0.0.1"),
        good("ADDR", "localhost:8081", s -> s.listen().address().isLoopback(), true),
        good("ADDR", "my-host.example:80", s -> s.listen().host(), "my-host.example"),
        good("ADDR", "[::1]:8080", s -> s.listen().address(), new Address("::1", 8080)),
        good("ADDR", "[::1]:8080", s -> s.listen().address().isLoopback(), true),
        good("ADDR", "[::]:8080", s -> s.listen().host(), "::"),
        good("MAX_BODY_BYTES", "1", s -> s.listen().maxBodyBytes(), 1),
        good("MAX_BODY_BYTES", "1073741824", s -> s.listen().maxBodyBytes(), 1_073_741_824),
        good("IMAGE_FETCH", "true", s -> s.listen().imageFetch(), true),
        good("LOG_LEVEL", "debug", s -> s.logging().level(), LogLevel.DEBUG),
        good("LOG_LEVEL", "error", s -> s.logging().level(), LogLevel.ERROR),
        good("LOG_FORMAT", "text", s -> s.logging().format(), LogFormat.TEXT),
        good("DEFAULT_PROVIDER", "openai", s -> s.routing().defaultProvider(), "openai"),
        good("ROUTES_DIR", ".", s -> s.routing().routesDir().orElseThrow(), Path.of(".")),
        good("MAX_ATTEMPTS", "1", s -> s.routing().maxAttempts(), 1),
        good("CACHE_TTL", "0", s -> s.routing().cacheTtl(), Duration.ZERO),
        good("BREAKER_CONSECUTIVE_FAILURES", "7", s -> s.breakers().consecutiveFailures(), 7),
        good("BREAKER_FAILURE_RATE", "100", s -> s.breakers().failureRate(), 100),
        good("BREAKER_MINIMUM_CALLS", "1", s -> s.breakers().minimumCalls(), 1),
        good("BREAKER_WINDOW", "60", s -> s.breakers().window(), Duration.ofMinutes(1)),
        good("BREAKER_OPEN", "86400", s -> s.breakers().open(), Duration.ofDays(1)),
        good("BREAKER_CLOSE_AFTER", "3", s -> s.breakers().closeAfter(), 3),
        good("PRE_DRAIN", "15", s -> s.shutdown().preDrain(), Duration.ofSeconds(15)),
        good("DRAIN_TIMEOUT", "25", s -> s.shutdown().drainTimeout(), Duration.ofSeconds(25)),
        good("SHUTDOWN_TIMEOUT", "40", s -> s.shutdown().limit(), Duration.ofSeconds(40)),
        good("BOOTSTRAP_API_KEY", "gw-x", s -> reveal(s.access().bootstrapKey()), "gw-x"),
        good("REDIS_URL", "redis://redis:6379", s -> s.sharedState().redisUrl().isPresent(), true),
        good("REDIS_URL", "rediss://u:p@h:1/0", s -> s.sharedState().redisUrl().isPresent(), true),
        good("REDIS_URL", "redis://:p@[::1]/3", s -> s.sharedState().redisUrl().isPresent(), true),
        good(
            "REDIS_URL",
            "redis://u:p@a:1,b:2,redis://c:3",
            s -> s.sharedState().redisUrl().isPresent(),
            true),
        good("USE_DISTRIBUTED_CB", "false", s -> s.sharedState().distributedBreakers(), false),
        good(
            "DATABASE_URL",
            "postgres://u:p@h:5432/db?sslmode=require",
            s -> s.storage().databaseUrl().isPresent(),
            true),
        good(
            "DATABASE_URL",
            "jdbc:postgresql://h/db?user=u",
            s -> s.storage().databaseUrl().isPresent(),
            true),
        good("DATA_DIR", "target/data", s -> s.storage().dataDir().isPresent(), true),
        good("ENCRYPTION_KEY", RAW_KEY, s -> reveal(s.storage().encryptionKey()), RAW_KEY),
        good("ENCRYPTION_KEY", HEX_KEY, s -> reveal(s.storage().encryptionKey()), HEX_KEY),
        good("ENCRYPTION_KEY", BASE64_KEY, s -> reveal(s.storage().encryptionKey()), BASE64_KEY),
        good("ADMIN_USERNAME", "root@x", s -> s.admin().username(), "root@x"),
        good("ADMIN_PASSWORD", "pass word", s -> reveal(s.admin().password()), "pass word"),
        good("ADMIN_AUTH_ENABLED", "true", s -> s.admin().authEnabled(), true),
        good("ADMIN_ADDR", ":9", s -> s.admin().address().orElseThrow(), new Address("", 9)),
        good(
            "OIDC_ISSUER", "https://i.example/a", s -> s.admin().oidc().issuer().isPresent(), true),
        good("OIDC_AUDIENCE", "gw", s -> s.admin().oidc().audience().orElseThrow(), "gw"),
        good("OIDC_JWKS_URL", "https://i/k", s -> s.admin().oidc().jwksUrl().isPresent(), true),
        good("OIDC_ROLE_CLAIM", "groups", s -> s.admin().oidc().roleClaim(), "groups"),
        good("METRICS_MAX_TENANTS", "0", s -> s.observation().metricsMaxTenants(), 0),
        good(
            "OTLP_ENDPOINT",
            "http://otel:4318",
            s -> s.observation().otlpEndpoint().orElseThrow(),
            URI.create("http://otel:4318")),
        good("READINESS_CHECKS", "none", s -> s.observation().readinessChecks(), Set.of()),
        good(
            "READINESS_CHECKS",
            "database",
            s -> s.observation().readinessChecks(),
            EnumSet.of(ReadinessCheck.DATABASE)),
        good("POD_NAME", "pod-1", s -> s.identity().podName(), "pod-1"),
        good("POD_NAMESPACE", "ai", s -> s.identity().podNamespace(), "ai"));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("goodValues")
  void goodValueArrivesTyped(
      String name, String value, Function<Settings, Object> accessor, Object expected) {
    assertThat(accessor.apply(read(Map.of(name, value)))).isEqualTo(expected);
  }

  static Stream<Arguments> badValues() {
    return Stream.of(
            bad("ADDR", "8080", "localhost", ":", ":70000", ":-1", "::1:80", "[::1:80", "[zz]:80"),
            bad("ADDR", "1.2.3:80", "256.1.1.1:80", "http://x:80", ":80 ", "a b:80", ":+80"),
            bad("MAX_BODY_BYTES", "0", "-1", "1e3", "1.5", "32MiB", " 5", "5 ", "007", "-0"),
            bad("MAX_BODY_BYTES", "1073741825", "99999999999999999999999"),
            bad("IMAGE_FETCH", "TRUE", "True", "yes", "1", "on", " true"),
            bad("LOG_LEVEL", "INFO", "trace", "warning", "off", "info "),
            bad("LOG_FORMAT", "JSON", "logfmt", "plain"),
            bad("DEFAULT_PROVIDER", " ollama", "a/b", "-x"),
            bad("ROUTES_DIR", "/does/not/exist", "pom.xml", "bad\0path"),
            bad("MAX_ATTEMPTS", "0", "101", "three", "+3"),
            bad("CACHE_TTL", "-1", "5m", "2592001"),
            bad("BREAKER_CONSECUTIVE_FAILURES", "0", "x"),
            bad("BREAKER_FAILURE_RATE", "0", "101", "50%", "0.5"),
            bad("BREAKER_MINIMUM_CALLS", "0", "x"),
            bad("BREAKER_WINDOW", "0", "30s", "PT30S"),
            bad("BREAKER_OPEN", "0", "15s", "86401"),
            bad("BREAKER_CLOSE_AFTER", "0", "1001"),
            bad("PRE_DRAIN", "-1", "5s", "41"),
            bad("DRAIN_TIMEOUT", "-1", "15 ", "41"),
            bad("SHUTDOWN_TIMEOUT", "0", "30s", "41"),
            bad("BOOTSTRAP_API_KEY", "two words", "line\n", "schlüssel"),
            bad("BOOTSTRAP_RATE_LIMIT_RPM", "0", "-5", "60/m"),
            bad("BOOTSTRAP_BUDGET_USD", "-1", "$5", "1,50", "1e3", "0.1234567", ".5"),
            bad("REDIS_URL", "redis", "http://h:1", "redis://", "redis://h:0", "redis://h:99999"),
            bad(
                "REDIS_URL",
                "redis://u:p@ss@h",
                "redis://a,,b",
                "h:6379",
                "redis://h/x",
                "redis:// h"),
            bad("REDIS_URL", "redis://a,rediss://b"),
            bad("USE_DISTRIBUTED_CB", "TRUE", "0"),
            bad("DATABASE_URL", "postgres://h", "mysql://h/d", "jdbc:mysql://h/d", "postgres:///d"),
            bad("DATABASE_URL", "postgres://u:p@h:x/d", "postgres://h/d?sslmode=maybe"),
            bad("DATA_DIR", "pom.xml", "pom.xml/below"),
            bad("ENCRYPTION_KEY", "short", RAW_KEY + "0", HEX_KEY.replace('a', 'g')),
            bad("ENCRYPTION_KEY", BASE64_KEY.replace('A', '!')),
            bad("ENCRYPTION_KEY_PREVIOUS", "short"),
            bad("ADMIN_USERNAME", "a b", "a:b"),
            bad("ADMIN_PASSWORD", "line\nend"),
            bad("ADMIN_AUTH_ENABLED", "FALSE", "no"),
            bad("ADMIN_ADDR", "9000", "host"),
            bad("METRICS_MAX_TENANTS", "-1", "many"),
            bad("OIDC_AUDIENCE", "a b"),
            bad("OIDC_ROLE_CLAIM", "a b"),
            bad("READINESS_CHECKS", "all", "redis, database", "redis,redis", "none,redis", "Redis"),
            bad("POD_NAME", "a b", "a\"b"),
            bad("POD_NAMESPACE", "a b"),
            bad("AZURE_OPENAI_API_VERSION", "2024 10"),
            bad("AWS_REGION", "eu west"),
            webAddresses()
                .flatMap(
                    variable ->
                        bad(
                            variable.name(),
                            "api.openai.com",
                            "ftp://h/v1",
                            "https://",
                            "https://user:pass@h/v1",
                            "https://h/v1?key=x",
                            "https://h:99999",
                            "https://h/ v1",
                            "https://h:")),
            providerKeys().flatMap(variable -> bad(variable.name(), "sk-a b", "sk-line\n")))
        .flatMap(Function.identity());
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("badValues")
  void badValueIsOneLineThatNamesVariableAndAcceptedForm(String name, String value) {
    List<String> lines = faults(Map.of(name, value));

    Variable variable = Variable.valueOf(name);
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .startsWith(name)
        .contains("; accepted: ")
        .contains(variable.accepted())
        .doesNotContain("\n")
        .doesNotContain("\0");
    if (variable.disclosure() == Variable.Disclosure.SHOWN) {
      assertThat(lines.get(0)).startsWith(name + "=");
    } else if (variable != Variable.REDIS_URL) {
      // what can be wrong with an address of Redis is a closed list, see RedisUrlTest
      assertThat(lines)
          .as("says the same whatever the value")
          .isEqualTo(faults(Map.of(name, "another\n\0bad value")));
    }
  }

  @ParameterizedTest
  @EnumSource(Variable.class)
  void everyVariableHasABadValueInThisTest(Variable variable) {
    assertThat(badValues().map(row -> row.get()[0])).contains(variable.name());
  }

  @ParameterizedTest
  @EnumSource(Variable.class)
  void everyDefaultIsAcceptedWhenWrittenOut(Variable variable) {
    variable
        .defaultValue()
        .ifPresent(
            value ->
                assertThat(read(Map.of(variable.name(), value)).warnings())
                    .as("a default needs no warning")
                    .isEmpty());
  }

  @Test
  void messageSaysTheProblemInTheVariablesOwnUnit() {
    assertThat(faults(Map.of("BREAKER_OPEN", "15s")))
        .containsExactly("BREAKER_OPEN=15s is not a whole number of seconds; accepted: 1 to 86400");
    assertThat(faults(Map.of("MAX_ATTEMPTS", "1e3")))
        .containsExactly("MAX_ATTEMPTS=1e3 is not a whole number; accepted: 1 to 100");
    assertThat(faults(Map.of("IMAGE_FETCH", "TRUE")))
        .containsExactly("IMAGE_FETCH=TRUE is not true or false; accepted: true or false");
  }

  @Test
  void longValuesAndLineEndsAreShownShortAndOnOneLine() {
    assertThat(faults(Map.of("LOG_LEVEL", "a\nb" + "c".repeat(500))).get(0))
        .contains("a\\u000ab")
        .hasSizeLessThan(200);
  }

  @Test
  void allFaultsAreFoundAtOnce() {
    List<String> lines =
        faults(
            Map.of(
                "BREAKER_OPEN", "15s",
                "BREAKER_WINDOW", "0",
                "PRE_DRAIN", "30",
                "REDIS_URL", "nonsense",
                "ADMIN_AUTH_ENABLED", "false",
                "OPENAI_BASE_URL", "nonsense"));

    assertThat(lines.stream().map(line -> line.split("[ =]")[0]))
        .containsExactlyInAnyOrder(
            "BREAKER_OPEN",
            "BREAKER_WINDOW",
            "PRE_DRAIN",
            "REDIS_URL",
            "ADMIN_AUTH_ENABLED",
            "OPENAI_BASE_URL");
  }

  @Test
  void faultyPartOfASetOfValuesIsNotBlamedTwice() {
    assertThat(faults(Map.of("DRAIN_TIMEOUT", "1s", "SHUTDOWN_TIMEOUT", "10"))).hasSize(1);
    assertThat(faults(Map.of("USE_DISTRIBUTED_CB", "true", "REDIS_URL", "x"))).hasSize(1);
    assertThat(faults(Map.of("ADMIN_AUTH_ENABLED", "false", "ADDR", "x"))).hasSize(1);
  }

  @Test
  void stopTimesMustFitIntoEachOther() {
    assertThat(faults(Map.of("SHUTDOWN_TIMEOUT", "19")))
        .containsExactly(
            "PRE_DRAIN=5 and DRAIN_TIMEOUT=15 don't fit into SHUTDOWN_TIMEOUT=19; accepted:"
                + " PRE_DRAIN + DRAIN_TIMEOUT <= SHUTDOWN_TIMEOUT <= 40");
    assertThat(read(Map.of("SHUTDOWN_TIMEOUT", "20")).shutdown().limit())
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(
            read(Map.of("PRE_DRAIN", "0", "DRAIN_TIMEOUT", "0", "SHUTDOWN_TIMEOUT", "1"))
                .shutdown()
                .preDrain())
        .isZero();
  }

  @Test
  void readinessThatDependsOnRedisNeedsOne() {
    assertThat(faults(Map.of("READINESS_CHECKS", "redis")).get(0))
        .contains("READINESS_CHECKS names redis", "REDIS_URL", "accepted: ");
    Settings both = read(Map.of("READINESS_CHECKS", "redis,database", "REDIS_URL", "redis://r"));
    assertThat(both.observation().readinessChecks()).isEqualTo(EnumSet.allOf(ReadinessCheck.class));
    assertThat(both.warnings()).isEmpty();
  }

  @Test
  void distributedBreakersNeedRedis() {
    assertThat(faults(Map.of("USE_DISTRIBUTED_CB", "true")).get(0))
        .contains("USE_DISTRIBUTED_CB=true", "REDIS_URL", "accepted: ");
    assertThat(
            read(Map.of("USE_DISTRIBUTED_CB", "true", "REDIS_URL", "redis://r"))
                .sharedState()
                .distributedBreakers())
        .isTrue();
  }

  @Test
  void previousEncryptionKeyNeedsTheCurrentOne() {
    assertThat(faults(Map.of("ENCRYPTION_KEY_PREVIOUS", RAW_KEY)).get(0))
        .contains("ENCRYPTION_KEY_PREVIOUS", "accepted: ")
        .doesNotContain(RAW_KEY);
    assertThat(
            read(Map.of("ENCRYPTION_KEY_PREVIOUS", RAW_KEY, "ENCRYPTION_KEY", HEX_KEY))
                .storage()
                .previousEncryptionKey())
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8080", "127.3.2.1:1", "localhost:8080", "[::1]:8080"})
  void adminWithoutPasswordIsForALoopbackAddressOnly(String loopback) {
    assertThat(read(Map.of("ADMIN_AUTH_ENABLED", "false", "ADDR", loopback)).admin().authEnabled())
        .isFalse();
    for (String open : List.of(":8080", "0.0.0.0:8080", "[::]:80", "10.0.0.1:80", "127.x:80")) {
      assertThat(faults(Map.of("ADMIN_AUTH_ENABLED", "false", "ADDR", open)).get(0))
          .contains("ADMIN_AUTH_ENABLED=false", "ADDR=", "accepted: ");
    }
  }

  @ParameterizedTest
  @EnumSource(Variable.class)
  void emptyMeansUnset(Variable variable) {
    assertThat(read(Map.of(variable.name(), ""))).isEqualTo(read(Map.of()));
  }

  @Test
  void placeholdersOfTheSampleManifestsCountAsUnsetAndAreNamed() {
    Settings settings =
        read(
            Map.of(
                "DATABASE_URL", "postgres://...",
                "OPENAI_API_KEY", "sk-...",
                "ANTHROPIC_API_KEY", "sk-ant-...",
                "ENCRYPTION_KEY", "your-32-byte-key"));

    assertThat(settings.providers().keys()).isEmpty();
    assertThat(settings.storage().databaseUrl()).isEmpty();
    assertThat(settings.storage().encryptionKey()).isEmpty();
    assertThat(settings.access().defaultKeyAllowed()).isTrue();
    assertThat(settings.warnings())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).contains("placeholder", "unset"))
        .anySatisfy(line -> assertThat(line).startsWith("DATABASE_URL "))
        .anySatisfy(line -> assertThat(line).startsWith("OPENAI_API_KEY "))
        .anySatisfy(line -> assertThat(line).startsWith("ANTHROPIC_API_KEY "))
        .anySatisfy(line -> assertThat(line).startsWith("ENCRYPTION_KEY "));
  }

  @Test
  void defaultKeyIsOutOnceThereIsAKeyADatabaseOrKubernetes() {
    assertThat(read(Map.of("BOOTSTRAP_API_KEY", "k")).access().defaultKeyAllowed()).isFalse();
    assertThat(read(Map.of("DATABASE_URL", "postgres://h/d")).access().defaultKeyAllowed())
        .isFalse();
    assertThat(read(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1")).access().defaultKeyAllowed())
        .isFalse();
    assertThat(read(Map.of("KUBERNETES_SERVICE_HOST", "")).access().defaultKeyAllowed()).isTrue();
  }

  @Test
  void whatIsNotBuiltYetIsNamedOnceWithoutItsValue() {
    Settings settings = read(Map.of("ENCRYPTION_KEY", "x".repeat(32), "CACHE_TTL", "60"));

    assertThat(settings.warnings())
        .containsExactlyInAnyOrder("CACHE_TTL for now has no effect: no answer is cached");
  }

  @Test
  void limitThatNobodyEnforcesStopsTheStart() {
    assertThat(faults(Map.of("BOOTSTRAP_BUDGET_USD", "12.50")))
        .containsExactly("BOOTSTRAP_BUDGET_USD=12.50 can't be enforced yet; accepted: unset");
  }

  @Test
  void providersKeysAndAddressesAreTypedAndNotWarnedOf() {
    Map<String, String> environment = new HashMap<>();
    providerKeys().forEach(variable -> environment.put(variable.name(), "sk-1"));
    webAddresses()
        .filter(variable -> variable.theme() == Variable.Theme.PROVIDERS)
        .forEach(variable -> environment.put(variable.name(), "http://localhost:1/v1"));

    Settings settings = read(environment);

    assertThat(settings.providers().key(Variable.XAI_API_KEY)).contains(new Secret("sk-1"));
    assertThat(settings.providers().address(Variable.VLLM_BASE_URL))
        .contains(URI.create("http://localhost:1/v1"));
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void defaultProviderMustBeKnownToTheRoutes() {
    Routing routing = read(Map.of("DEFAULT_PROVIDER", "olama")).routing();

    routing.checkDefaultProvider(Set.of("demo", "olama"));
    assertThatThrownBy(() -> routing.checkDefaultProvider(Set.of("ollama", "demo")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("DEFAULT_PROVIDER=olama is not a known provider; accepted: demo, ollama");
  }

  @Test
  void folderMustExistAndBeAFolder(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");

    assertThat(read(Map.of("ROUTES_DIR", folder.toString())).routing().routesDir())
        .contains(folder);
    assertThat(faults(Map.of("ROUTES_DIR", file.toString()))).hasSize(1);
    assertThat(read(Map.of("DATA_DIR", folder.resolve("a/b").toString())).storage().dataDir())
        .isPresent();
  }

  @Test
  void logFormatFollowsTheTerminalUnlessSet() {
    Surroundings terminal = new Surroundings(() -> true, () -> "h");

    assertThat(new SettingsReader(terminal).read(Map.of()).logging().format())
        .isEqualTo(LogFormat.TEXT);
    assertThat(new SettingsReader(terminal).read(Map.of("LOG_FORMAT", "json")).logging().format())
        .isEqualTo(LogFormat.JSON);
  }

  @Test
  void recordsRefuseWhatTheVariablesRefuse() {
    Duration second = Duration.ofSeconds(1);

    assertThatThrownBy(() -> new Breakers(0, 101, 1, second, Duration.ofMillis(1500), 1))
        .isInstanceOf(SettingsException.class)
        .hasMessageContainingAll(
            "BREAKER_CONSECUTIVE_FAILURES=0 is out of range; accepted: 1 to 1000000",
            "BREAKER_FAILURE_RATE=101 is out of range; accepted: 1 to 100",
            "BREAKER_OPEN=PT1.5S is not a whole number of seconds");
    assertThatThrownBy(() -> new Limits(Optional.empty(), Optional.of(BigDecimal.ONE.negate())))
        .hasMessageContaining("BOOTSTRAP_BUDGET_USD=-1 is negative");
  }

  @Test
  void settingsPrintNoSecret() {
    Map<String, String> environment = new HashMap<>();
    Stream.concat(providerKeys(), Stream.of(Variable.BOOTSTRAP_API_KEY, Variable.ADMIN_PASSWORD))
        .forEach(variable -> environment.put(variable.name(), "s3cr3t"));
    environment.put("REDIS_URL", "redis://:s3cr3t@r");
    environment.put("DATABASE_URL", "postgres://u:s3cr3t@r/d");
    environment.put("ENCRYPTION_KEY", "s3cr3t" + RAW_KEY.substring(6));

    assertThat(read(environment).toString()).doesNotContain("s3cr3t").contains("***");
  }

  private static Stream<Variable> webAddresses() {
    return Arrays.stream(Variable.values())
        .filter(variable -> variable.disclosure() == Variable.Disclosure.ADDRESS);
  }

  private static Stream<Variable> providerKeys() {
    return Arrays.stream(Variable.values())
        .filter(variable -> variable.theme() == Variable.Theme.PROVIDERS)
        .filter(variable -> variable.disclosure() == Variable.Disclosure.SECRET);
  }

  private static Arguments good(
      String name, String value, Function<Settings, Object> accessor, Object expected) {
    return arguments(name, value, accessor, expected);
  }

  private static Stream<Arguments> bad(String name, String... values) {
    return Arrays.stream(values).map(value -> arguments(name, value));
  }

  private static String reveal(Optional<Secret> secret) {
    return secret.orElseThrow().reveal();
  }

  private static Settings read(Map<String, String> environment) {
    return new SettingsReader(new Surroundings(() -> false, () -> "the-host")).read(environment);
  }

  private static List<String> faults(Map<String, String> environment) {
    SettingsException thrown =
        catchThrowableOfType(SettingsException.class, () -> read(environment));
    assertThat(thrown).as("faults of %s", environment).isNotNull();
    return thrown.faults().stream().map(Fault::line).collect(Collectors.toList());
  }
}
