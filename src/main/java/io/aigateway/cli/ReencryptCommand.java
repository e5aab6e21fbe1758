package io.aigateway.cli;

import io.aigateway.admin.Reencryption;
import io.aigateway.admin.Reencryption.Count;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** {@code reencrypt} */
@Command(
    name = "reencrypt",
    mixinStandardHelpOptions = true,
    description = {
      "Puts all stored secrets under ENCRYPTION_KEY; those under ENCRYPTION_KEY_PREVIOUS are read.",
      "Can be run again at any time. Ends with 1 when a credential can't be read with either,",
      "or when a replica goes on writing under the previous one."
    })
final class ReencryptCommand implements Callable<Integer> {
  private final Supplier<Workplace> workplace;
  private final Terminal terminal;

  ReencryptCommand(Supplier<Workplace> workplace, Terminal terminal) {
    this.workplace = workplace;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (Workplace opened = workplace.get()) {
      return carryOut(opened.reencryption(), terminal);
    }
  }

  /** Does it, tells of it, and gives the exit code. */
  static int carryOut(Reencryption work, Terminal terminal) {
    Count credentials = work.credentials();
    Count replays = work.replays();
    terminal.out().println("credentials: " + told(credentials));
    terminal
        .out()
        .println("answers kept for a day: " + told(replays) + "; these end by themselves");
    work.unreadable().forEach(which -> terminal.err().println("can't be read: " + which));
    work.left()
        .forEach(
            which ->
                terminal.err().println("a replica still uses ENCRYPTION_KEY_PREVIOUS: " + which));
    return work.unreadable().isEmpty() && work.left().isEmpty() ? 0 : Commands.FAILED;
  }

  private static String told(Count count) {
    return count.anew()
        + " encrypted anew, "
        + count.current()
        + " already were, "
        + count.unreadable()
        + " can't be read";
  }
}
