package io.aigateway.reload;

import io.aigateway.reload.RouteFile.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which YAML files make the routes? The built-in ones, each replaced by a file of the same name in
 * the folder that people edit, and the folder's further files. Folders in it, and files whose name
 * begins with a dot, don't count: a mounted ConfigMap has such, and so have editors.
 */
public final class RouteFiles {
  /** How the files end. */
  public static final String SUFFIX = ".camel.yaml";

  private final Set<String> builtIn;
  private final Optional<Path> folder;

  /**
   * @param builtIn names of the files on the class path, in the folder {@code routes}
   */
  public RouteFiles(Collection<String> builtIn, Optional<Path> folder) {
    this.builtIn = Collections.unmodifiableSet(new TreeSet<>(builtIn));
    this.folder = folder;
  }

  /** The folder that people edit. */
  public Optional<Path> folder() {
    return folder;
  }

  /**
   * How one file looks from outside: another look means that it has been written or replaced, also
   * when a folder or link above it was.
   *
   * @param key which file it is in the end, behind all links
   */
  record Look(String key, long size, long modifiedNanos) {}

  /**
   * How the folder looks; equal as long as nothing in it has changed.
   *
   * @throws IOException when it can't be read
   */
  Map<String, Look> look() throws IOException {
    Map<String, Look> seen = new TreeMap<>();
    for (Path file : edited()) {
      try {
        BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
        if (facts.isRegularFile()) {
          seen.put(
              file.getFileName().toString(),
              new Look(
                  String.valueOf(facts.fileKey()),
                  facts.size(),
                  facts.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS)));
        }
      } catch (NoSuchFileException e) {
        // gone since it was listed, or a link to nothing
      }
    }
    return seen;
  }

  /**
   * All files as they are now.
   *
   * @throws RoutesRefusedException naming a file that is no text
   * @throws IOException when the folder or a file can't be read
   */
  public RouteSet read() throws IOException, RoutesRefusedException {
    Map<String, RouteFile> byName = new TreeMap<>();
    Set<String> looked = folder.isPresent() ? look().keySet() : Set.of();
    for (String name : builtIn) {
      if (!looked.contains(name)) {
        byName.put(name, new RouteFile(name, Origin.BUILT_IN, ofClassPath(name)));
      }
    }
    for (String name : looked) {
      Origin origin = builtIn.contains(name) ? Origin.OVERRIDDEN : Origin.ADDED;
      byName.put(name, new RouteFile(name, origin, ofFolder(name)));
    }
    return new RouteSet(List.copyOf(byName.values()));
  }

  private static String ofClassPath(String name) throws IOException {
    try (InputStream file = RouteFiles.class.getResourceAsStream("/routes/" + name)) {
      if (file == null) {
        throw new IOException("routes/" + name + " is not on the class path");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String ofFolder(String name) throws IOException, RoutesRefusedException {
    try {
      return Files.readString(folder.orElseThrow().resolve(name));
    } catch (CharacterCodingException e) {
      throw new RoutesRefusedException(
          List.of(new RouteFault(name, 0, null, "it is not text in UTF-8")), e);
    }
  }

  private List<Path> edited() throws IOException {
    if (folder.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      List<Path> found = new ArrayList<>();
      files.forEach(
          file -> {
            String name = file.getFileName().toString();
            if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
              found.add(file);
            }
          });
      return found;
    }
  }
}
