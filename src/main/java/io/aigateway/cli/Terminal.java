package io.aigateway.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Where a command reads and writes. What it was asked for goes to {@code out}, everything else to
 * {@code err}.
 */
record Terminal(InputStream in, PrintWriter out, PrintWriter err, BooleanSupplier isPerson) {

  /**
   * @param isPerson whether somebody can be asked
   */
  static Terminal of(InputStream in, PrintStream out, PrintStream err, BooleanSupplier isPerson) {
    return new Terminal(
        in,
        new PrintWriter(out, true, StandardCharsets.UTF_8),
        new PrintWriter(err, true, StandardCharsets.UTF_8),
        isPerson);
  }

  /** A secret: asked for twice without showing it, or, without a person, the next line of input. */
  String secret(String what) {
    Console console = System.console();
    if (isPerson.getAsBoolean() && console != null) {
      char[] first = console.readPassword("%s: ", what);
      char[] again = console.readPassword("%s, again: ", what);
      if (first == null || !Arrays.equals(first, again)) {
        throw new CommandFailure(1, "the two are not the same");
      }
      return new String(first);
    }
    try {
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      String line = reader.readLine();
      if (line == null || line.isEmpty()) {
        throw new CommandFailure(1, what + " is missing: it is read from the standard input");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
