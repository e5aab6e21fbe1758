package io.aigateway.reload;

import io.aigateway.settings.Variable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which settings may routes not read? */
public final class Secrets {
  private static final Pattern LIKE_ONE =
      Pattern.compile(
          ".*(KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIAL|PRIVATE|COOKIE|SESSION).*"
              + "|.*_(PW|PWD|PAT|DSN|AUTH|CERT)|PGPASS.*");

  /** An address with a password in it. */
  private static final Pattern TELLING =
      Pattern.compile("(?s).*[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s]*:[^/@\\s]+@.*");

  private static final Pattern CREDENTIAL =
      Pattern.compile("[A-Z][A-Z0-9_]*_(?:API_KEY|KEY|TOKEN)(?:_[0-9]{1,2})?");

  private static final Set<String> KNOWN =
      Arrays.stream(Variable.values())
          .filter(variable -> variable.disclosure() == Variable.Disclosure.SECRET)
          .map(Variable::name)
          .collect(Collectors.toUnmodifiableSet());

  /** The gateway's own: no provider may be sent one. */
  private static final Set<String> OWN =
      Arrays.stream(Variable.values())
          .filter(variable -> variable.disclosure() == Variable.Disclosure.SECRET)
          .filter(variable -> variable.theme() != Variable.Theme.PROVIDERS)
          .map(Variable::name)
          .collect(Collectors.toUnmodifiableSet());

  private Secrets() {}

  /** Whether a setting of this name, in any spelling that Spring takes, holds a secret. */
  public static boolean isSecret(String name) {
    String plain = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    return KNOWN.contains(plain) || LIKE_ONE.matcher(plain).matches();
  }

  /** The value of a setting that routes may read, else null. */
  static @Nullable String shown(String name, Function<String, @Nullable String> settings) {
    String value = isSecret(name) ? null : settings.apply(name);
    return value == null || tells(value) ? null : value;
  }

  /** Whether a setting that isn't named as a secret holds one all the same. */
  private static boolean tells(String value) {
    return TELLING.matcher(value).matches();
  }

  /**
   * Whether the {@code llm} step may send the variable of this name to a provider: not what is the
   * gateway's own, the cloud's or the cluster's.
   */
  public static boolean isCredential(String name) {
    return CREDENTIAL.matcher(name).matches()
        && !OWN.contains(name)
        && !name.startsWith("AWS_")
        && !name.startsWith("KUBERNETES_");
  }
}
