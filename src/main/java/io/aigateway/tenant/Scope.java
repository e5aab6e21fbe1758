package io.aigateway.tenant;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What may be done with a key? */
public enum Scope {
  CHAT,
  EMBEDDINGS,
  IMAGES,
  AUDIO,
  MODERATIONS,
  RERANK,
  /** Read the key's own tenant through the admin API. */
  ADMIN_READ;

  /** Everything that calls a model: what a key may do that says nothing else. */
  public static final Set<Scope> CALLS =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(ADMIN_READ)));

  /** The word for it in JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The scope of this word, if it is one. */
  public static Optional<Scope> of(String label) {
    return Arrays.stream(values()).filter(scope -> scope.label().equals(label)).findFirst();
  }
}
