package io.aigateway.reload;

import io.aigateway.settings.Variable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which settings may routes not read? */
public final class Secrets {
  private static final Pattern LIKE_ONE =
      Pattern.compile(".*(KEY|SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|PRIVATE).*");

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

  static boolean isOwn(String name) {
    return OWN.contains(name);
  }
}
