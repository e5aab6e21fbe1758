package io.aigateway.settings;

import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which environment variables does the gateway know, and what does each accept? The only list: the
 * parser, its messages and {@code docs/configuration.md} are made from it.
 */
public enum Variable {
  ADDR(
      Theme.LISTEN,
      Disclosure.SHOWN,
      ":8080",
      ":port, host:port or [ipv6]:port, with a port of 0 to 65535",
      "listen address; port 0 takes any free one"),
  MAX_BODY_BYTES(
      Theme.LISTEN, "33554432", new Range(1, 1_073_741_824, "bytes"), "largest request body"),
  IMAGE_FETCH(
      Theme.LISTEN,
      "false",
      "fetch image addresses for providers that can't (https, public addresses only)"),

  LOG_LEVEL(
      Theme.LOGGING,
      Disclosure.SHOWN,
      "info",
      "debug, info, warn or error",
      "how much is logged; `debug` is the gateway's own, libraries stay at `info`"),
  LOG_FORMAT(
      Theme.LOGGING,
      Disclosure.SHOWN,
      null,
      "`text` on a terminal, else `json`",
      "text or json",
      "`json` writes one JSON object a line"),

  DEFAULT_PROVIDER(
      Theme.ROUTING,
      Disclosure.SHOWN,
      "ollama",
      "the name of a known provider",
      "provider of a model that no routing rule names"),
  ROUTES_DIR(
      Theme.ROUTING,
      Disclosure.SHOWN,
      null,
      "an existing folder that can be read",
      "folder whose `*.camel.yaml` files override (same file name) or add to the built-in routes;"
          + " a change is in force within 2 seconds, or is refused as a whole"),
  MAX_ATTEMPTS(
      Theme.ROUTING,
      "3",
      new Range(1, 100, ""),
      "attempts a request over retries and fallbacks together"),
  CACHE_TTL(
      Theme.ROUTING,
      "300",
      new Range(0, 2_592_000, "seconds"),
      "how long an exact answer is kept, 0 = off"),

  BREAKER_CONSECUTIVE_FAILURES(
      Theme.BREAKERS, "5", new Range(1, 1_000_000, ""), "failures in a row that open a breaker"),
  BREAKER_FAILURE_RATE(
      Theme.BREAKERS,
      "50",
      new Range(1, 100, "percent"),
      "share of failed calls in the window that opens a breaker"),
  BREAKER_MINIMUM_CALLS(
      Theme.BREAKERS,
      "10",
      new Range(1, 1_000_000, ""),
      "calls in the window before the failure rate counts"),
  BREAKER_WINDOW(
      Theme.BREAKERS,
      "30",
      new Range(1, 3_600, "seconds"),
      "window over which the failure rate is taken"),
  BREAKER_OPEN(
      Theme.BREAKERS,
      "30",
      new Range(1, 86_400, "seconds"),
      "how long a breaker stays open before it probes"),
  BREAKER_CLOSE_AFTER(
      Theme.BREAKERS, "2", new Range(1, 1_000, ""), "successful probes that close a breaker"),

  PRE_DRAIN(
      Theme.SHUTDOWN,
      "5",
      new Range(0, 40, "seconds"),
      "from SIGTERM: unready, but new calls are still served"),
  DRAIN_TIMEOUT(
      Theme.SHUTDOWN,
      "15",
      new Range(0, 40, "seconds"),
      "after `PRE_DRAIN`: what calls and streams in flight get to end"),
  SHUTDOWN_TIMEOUT(
      Theme.SHUTDOWN,
      "30",
      new Range(1, 40, "seconds"),
      "from SIGTERM to the end of the process; at least `PRE_DRAIN` + `DRAIN_TIMEOUT`"),

  BOOTSTRAP_API_KEY(
      Theme.ACCESS,
      Disclosure.SECRET,
      null,
      "printable ASCII characters without blanks",
      "key of the built-in tenant `default`"),
  BOOTSTRAP_RATE_LIMIT_RPM(
      Theme.ACCESS, null, new Range(1, 10_000_000, ""), "requests a minute of the built-in tenant"),
  BOOTSTRAP_BUDGET_USD(
      Theme.ACCESS,
      Disclosure.SHOWN,
      null,
      "dollars such as 25 or 12.50, with at most 6 decimals",
      "monthly budget of the built-in tenant"),

  REDIS_URL(
      Theme.SHARED_STATE,
      Disclosure.SECRET,
      null,
      "redis:// or rediss://, then [user:password@]host[:port][/db], or several nodes joined by"
          + " commas; , @ / in a password percent-encoded",
      "state that all replicas share; unset = in this process. Several nodes are those of a cluster"
          + " or its sentinels, which is asked of them; `?master=NAME` names the sentinels' master,"
          + " `sentinel_user` and `sentinel_password` their credentials"),
  USE_DISTRIBUTED_CB(
      Theme.SHARED_STATE, "false", "share breaker state through Redis; needs `REDIS_URL`"),

  DATABASE_URL(
      Theme.STORAGE,
      Disclosure.SECRET,
      null,
      "postgres://user:password@host:port/database?sslmode=… or"
          + " jdbc:postgresql://host:port/database?…",
      "tenants, keys and usage; unset = embedded database"),
  DATA_DIR(
      Theme.STORAGE,
      Disclosure.SHOWN,
      null,
      "a folder that can be written, or a path where one can be made",
      "folder of the embedded database; unset = in memory"),
  ENCRYPTION_KEY(
      Theme.STORAGE,
      Disclosure.SECRET,
      null,
      "32 bytes: 32 characters raw, 64 hex digits or 44 characters of base64",
      "AES-256-GCM key for secrets at rest"),
  ENCRYPTION_KEY_PREVIOUS(
      Theme.STORAGE,
      Disclosure.SECRET,
      null,
      "32 bytes: 32 characters raw, 64 hex digits or 44 characters of base64",
      "key that older secrets were written with; needs `ENCRYPTION_KEY`"),

  ADMIN_USERNAME(
      Theme.ADMIN,
      Disclosure.SHOWN,
      "admin",
      "letters, digits and . _ @ -, at most 64",
      "name of the first admin"),
  ADMIN_PASSWORD(
      Theme.ADMIN,
      Disclosure.SECRET,
      null,
      "characters without control characters",
      "password of the first admin"),
  ADMIN_AUTH_ENABLED(Theme.ADMIN, "true", "`false` only with a loopback `ADDR`"),
  ADMIN_ADDR(
      Theme.ADMIN,
      Disclosure.SHOWN,
      null,
      ":port, host:port or [ipv6]:port, with a port of 0 to 65535",
      "moves `/admin` to an address of its own"),
  OIDC_ISSUER(
      Theme.ADMIN, Disclosure.ADDRESS, null, Accepted.WEB, "issuer of bearer tokens for `/admin`"),
  OIDC_AUDIENCE(
      Theme.ADMIN,
      Disclosure.SHOWN,
      null,
      "printable ASCII characters without blanks",
      "audience that a token must name"),
  OIDC_JWKS_URL(
      Theme.ADMIN,
      Disclosure.ADDRESS,
      null,
      Accepted.WEB,
      "key set of the issuer, when discovery can't be used"),
  OIDC_ROLE_CLAIM(
      Theme.ADMIN,
      Disclosure.SHOWN,
      "roles",
      "printable ASCII characters without blanks",
      "claim that holds the roles"),

  METRICS_MAX_TENANTS(
      Theme.OBSERVATION,
      "500",
      new Range(0, 100_000, ""),
      "tenants with a label of their own, the rest share `other`"),
  OTLP_ENDPOINT(
      Theme.OBSERVATION, Disclosure.ADDRESS, null, Accepted.WEB, "OpenTelemetry collector"),
  READINESS_CHECKS(
      Theme.OBSERVATION,
      Disclosure.SHOWN,
      "none",
      "none, or redis and database joined by a comma",
      "what makes a running pod unready when it is down"),
  POD_NAME(
      Theme.OBSERVATION,
      Disclosure.SHOWN,
      null,
      "host name",
      "letters, digits and . _ -, at most 253",
      "label of this replica"),
  POD_NAMESPACE(
      Theme.OBSERVATION,
      Disclosure.SHOWN,
      "default",
      "letters, digits and . _ -, at most 253",
      "label of this replica"),

  OPENAI_API_KEY(Disclosure.SECRET, Accepted.KEY),
  OPENAI_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  ANTHROPIC_API_KEY(Disclosure.SECRET, Accepted.KEY),
  ANTHROPIC_BASE_URL(
      Theme.PROVIDERS,
      Disclosure.ADDRESS,
      null,
      "the vendor's",
      Accepted.WEB,
      "base URL without `/v1`"),
  OLLAMA_BASE_URL(
      Theme.PROVIDERS,
      Disclosure.ADDRESS,
      "http://localhost:11434",
      Accepted.WEB,
      "base URL without a path"),
  GEMINI_API_KEY(Disclosure.SECRET, Accepted.KEY),
  GEMINI_BASE_URL(
      Theme.PROVIDERS,
      Disclosure.ADDRESS,
      null,
      "the vendor's",
      Accepted.WEB,
      "base URL with `/v1beta`"),
  AZURE_OPENAI_API_KEY(Disclosure.SECRET, Accepted.KEY),
  AZURE_OPENAI_ENDPOINT(
      Theme.PROVIDERS,
      Disclosure.ADDRESS,
      null,
      Accepted.WEB,
      "address of the Azure OpenAI resource"),
  AZURE_OPENAI_API_VERSION(
      Theme.PROVIDERS,
      Disclosure.SHOWN,
      null,
      "letters, digits and . _ -, at most 253",
      "such as 2024-10-21"),
  AWS_REGION(
      Theme.PROVIDERS,
      Disclosure.SHOWN,
      null,
      "letters, digits and . _ -, at most 253",
      "region of Bedrock; credentials come from the AWS default chain"),
  BEDROCK_BASE_URL(
      Theme.PROVIDERS,
      Disclosure.ADDRESS,
      null,
      "the vendor's",
      Accepted.WEB,
      "Bedrock's address, instead of the region's own"),
  MISTRAL_API_KEY(Disclosure.SECRET, Accepted.KEY),
  MISTRAL_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  GROQ_API_KEY(Disclosure.SECRET, Accepted.KEY),
  GROQ_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  DEEPSEEK_API_KEY(Disclosure.SECRET, Accepted.KEY),
  DEEPSEEK_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  OPENROUTER_API_KEY(Disclosure.SECRET, Accepted.KEY),
  OPENROUTER_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  TOGETHER_API_KEY(Disclosure.SECRET, Accepted.KEY),
  TOGETHER_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  XAI_API_KEY(Disclosure.SECRET, Accepted.KEY),
  XAI_BASE_URL(Disclosure.ADDRESS, Accepted.BASE),
  VLLM_API_KEY(Disclosure.SECRET, Accepted.KEY),
  VLLM_BASE_URL(Disclosure.ADDRESS, Accepted.BASE);

  /** The headings under which people look for a variable. */
  public enum Theme {
    LISTEN("Listening"),
    LOGGING("Logging"),
    ROUTING("Routing"),
    BREAKERS("Breakers"),
    SHUTDOWN("Shutdown"),
    ACCESS("Access"),
    PROVIDERS("Providers"),
    SHARED_STATE("Shared state"),
    STORAGE("Storage"),
    ADMIN("Administration"),
    OBSERVATION("Observation");

    private final String title;

    Theme(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  /** May a message show the value? */
  public enum Disclosure {
    SHOWN,
    /** No secret, but people put users, passwords and keys into addresses. */
    ADDRESS,
    SECRET
  }

  /** The whole numbers that a variable accepts, both ends included; {@code unit} may be empty. */
  public record Range(long min, long max, String unit) {
    boolean contains(BigInteger value) {
      return value.compareTo(BigInteger.valueOf(min)) >= 0
          && value.compareTo(BigInteger.valueOf(max)) <= 0;
    }

    String noun() {
      return unit.isEmpty() ? "a whole number" : "a whole number of " + unit;
    }
  }

  private interface Accepted {
    String WEB = "http:// or https://, then host[:port][/path], without user, query or fragment";
    String KEY = "printable ASCII characters without blanks";
    String BASE = WEB;
  }

  private final Theme theme;
  private final Disclosure disclosure;
  private final @Nullable String defaultValue;
  private final String defaultText;
  private final String accepted;
  private final String meaning;
  private final @Nullable Range range;

  Variable(
      Theme theme,
      Disclosure disclosure,
      @Nullable String defaultValue,
      String defaultText,
      String accepted,
      String meaning,
      @Nullable Range range) {
    this.theme = theme;
    this.disclosure = disclosure;
    this.defaultValue = defaultValue;
    this.defaultText = defaultText;
    this.accepted = accepted;
    this.meaning = meaning;
    this.range = range;
  }

  Variable(
      Theme theme,
      Disclosure disclosure,
      @Nullable String defaultValue,
      String defaultText,
      String accepted,
      String meaning) {
    this(theme, disclosure, defaultValue, defaultText, accepted, meaning, null);
  }

  Variable(
      Theme theme,
      Disclosure disclosure,
      @Nullable String defaultValue,
      String accepted,
      String meaning) {
    this(theme, disclosure, defaultValue, quoted(defaultValue), accepted, meaning, null);
  }

  /** A whole number. */
  Variable(Theme theme, @Nullable String defaultValue, Range range, String meaning) {
    this(
        theme,
        Disclosure.SHOWN,
        defaultValue,
        quoted(defaultValue),
        range.min() + " to " + range.max(),
        meaning,
        range);
  }

  /** A flag. */
  Variable(Theme theme, String defaultValue, String meaning) {
    this(theme, Disclosure.SHOWN, defaultValue, "true or false", meaning);
  }

  /** A provider's key, or the base URL of a provider that speaks OpenAI's dialect. */
  Variable(Disclosure disclosure, String accepted) {
    this(
        Theme.PROVIDERS,
        disclosure,
        null,
        disclosure == Disclosure.SECRET ? "–" : "the vendor's",
        accepted,
        disclosure == Disclosure.SECRET
            ? "key; without it the provider is known but not offered"
            : "base URL with the version path (`…/v1`)");
  }

  private static String quoted(@Nullable String value) {
    return value == null ? "–" : "`" + value + "`";
  }

  public Theme theme() {
    return theme;
  }

  public Disclosure disclosure() {
    return disclosure;
  }

  /** The value that counts when none is set, in the form a person would have written. */
  public Optional<String> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** The default in Markdown, also where it depends on the surroundings. */
  public String defaultText() {
    return defaultText;
  }

  /** The accepted form, as messages and documents say it. */
  public String accepted() {
    return accepted;
  }

  /** What the variable does, in Markdown. */
  public String meaning() {
    return meaning;
  }

  public Optional<Range> range() {
    return Optional.ofNullable(range);
  }
}
