package io.aigateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn test -Dtest=ConfigurationPageTest -Ddocs.write=true} writes the page anew. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("docs/configuration.md");

  private static final String HEAD =
      """
      # Configuration

      The gateway is configured by environment variables, read and checked once, at start. An empty
      value means unset. Numbers are written in digits only, without unit, sign or blank.

      A bad value stops the start with exit code 2 and one line on the standard error for each fault:

          configuration: BREAKER_OPEN=15s is not a whole number of seconds; accepted: 1 to 86400

      Other exit codes: 0 after SIGTERM, 1 when the start failed for anything else. Secrets are never
      printed. The placeholders of the sample manifests (`sk-...`, `sk-ant-...`, `your-32-byte-key`,
      `postgres://...`) count as unset and are named in a WARN line.

      `PRE_DRAIN` + `DRAIN_TIMEOUT` must fit into `SHUTDOWN_TIMEOUT`, and that into 40 seconds.
      While neither `BOOTSTRAP_API_KEY` nor `DATABASE_URL` is set, the key `gw-default-key` works on
      the machine itself, but never inside Kubernetes.

      This page is made from `io.aigateway.settings.Variable`; to change it, change that and run
      `mvn test -Dtest=ConfigurationPageTest -Ddocs.write=true`.
      """;

  @Test
  void pageIsWhatTheVariablesSay() throws Exception {
    String page = render();
    if (Boolean.getBoolean("docs.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE).content().isEqualTo(page);
  }

  private static String render() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Variable.Theme theme : Variable.Theme.values()) {
      page.append("\n## ").append(theme.title()).append("\n\n");
      page.append("| variable | default | accepted | meaning |\n|---|---|---|---|\n");
      for (Variable variable : Variable.values()) {
        if (variable.theme() == theme) {
          page.append(row(variable));
        }
      }
    }
    return page.toString();
  }

  private static String row(Variable variable) {
    return String.format(
        "| `%s` | %s | %s | %s |\n",
        variable.name(), variable.defaultText(), accepted(variable), meaning(variable));
  }

  private static String accepted(Variable variable) {
    String unit = variable.range().map(Variable.Range::unit).orElse("");
    return unit.isEmpty() ? variable.accepted() : variable.accepted() + " " + unit;
  }

  private static String meaning(Variable variable) {
    String secret = variable.disclosure() == Variable.Disclosure.SECRET ? " **Secret.**" : "";
    String unbuilt =
        Unbuilt.warned(variable)
            .map(today -> " *For now it " + today + ".*")
            .or(() -> Unbuilt.refused(variable).map(why -> " *Stops the start: it " + why + ".*"))
            .orElse("");
    return variable.meaning() + "." + secret + unbuilt;
  }
}
