package io.aigateway.settings;

import java.io.Console;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What do defaults take from the machine?
 *
 * @param terminal does a person read the standard output?
 * @param hostName name of this machine or container; asked only when needed
 */
public record Surroundings(BooleanSupplier terminal, Supplier<String> hostName) {
  private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

  /** Those of this process. */
  public static Surroundings ofProcess() {
    return new Surroundings(Surroundings::onTerminal, Surroundings::ownName);
  }

  private static boolean onTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // since Java 22 there is a console also without a terminal, and a method that tells them
      // apart
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  private static String ownName() {
    try {
      // a look-up may take seconds where names don't resolve; the kernel knows at once
      String name = Files.readString(KERNEL_NAME).strip();
      if (!name.isEmpty()) {
        return name;
      }
    } catch (IOException e) {
      // not Linux
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
