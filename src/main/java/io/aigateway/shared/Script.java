package io.aigateway.shared;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A Lua script that Redis carries out as one step. It must answer a flat list.
 *
 * @param name for logs
 * @param text the source; Redis is sent its digest once it knows it
 */
public record Script(String name, String text) {

  /** Reads files of {@code owner}'s folder among the resources, one after the other. */
  public static Script of(Class<?> owner, String name, String... files) {
    StringBuilder text = new StringBuilder();
    for (String file : files) {
      try (InputStream stream = owner.getResourceAsStream(file)) {
        if (stream == null) {
          throw new IllegalArgumentException("no resource " + file + " beside " + owner.getName());
        }
        text.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Script(name, text.toString());
  }

  @Override
  public String toString() {
    return "script " + name;
  }
}
