package io.aigateway.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Which YAML files make the routes? The built-in ones, each replaced by a file of the same name in
 * the folder that people edit, and the folder's further files.
 */
public final class RouteFiles {
  /** How the files end. */
  public static final String SUFFIX = ".camel.yaml";

  private final Collection<String> builtIn;
  private final Optional<Path> folder;
  private volatile Instant loadedAt = Instant.EPOCH;

  /**
   * @param builtIn names of the files on the class path, in the folder {@code routes}
   */
  public RouteFiles(Collection<String> builtIn, Optional<Path> folder) {
    this.builtIn = List.copyOf(builtIn);
    this.folder = folder;
  }

  /** The names of all files, in the order in which they are loaded. */
  public Set<String> names() {
    return locations().keySet();
  }

  /** When the routes were loaded. */
  public Instant loadedAt() {
    return loadedAt;
  }

  /**
   * Loads them all.
   *
   * @throws Exception naming the file that can't be loaded
   */
  public void load(CamelContext context) throws Exception {
    List<Resource> resources = new ArrayList<>();
    for (String location : locations().values()) {
      resources.add(ResourceHelper.resolveMandatoryResource(context, location));
    }
    PluginHelper.getRoutesLoader(context).loadRoutes(resources);
    loadedAt = Instant.now();
  }

  private Map<String, String> locations() {
    Map<String, String> byName = new TreeMap<>();
    builtIn.forEach(name -> byName.put(name, "classpath:routes/" + name));
    folder.ifPresent(
        where -> {
          try (Stream<Path> files = Files.list(where)) {
            files
                .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                .forEach(
                    file ->
                        byName.put(file.getFileName().toString(), "file:" + file.toAbsolutePath()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return byName;
  }
}
