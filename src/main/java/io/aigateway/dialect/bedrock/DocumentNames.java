package io.aigateway.dialect.bedrock;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is a document called in the request that is sent? Bedrock wants a name, takes only letters,
 * digits, single blanks, hyphens and brackets in it, and no name twice. One instance a request.
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
final class DocumentNames {
  private static final int LONGEST = 190;

  private final Set<String> used = new HashSet<>();

  String next(@Nullable String name) {
    String clean =
        name == null
            ? ""
            : name.replaceAll("[^a-zA-Z0-9\\s()\\[\\]-]", "-").replaceAll("\\s+", " ").trim();
    if (clean.isEmpty()) {
      clean = "document";
    } else if (clean.length() > LONGEST) {
      clean = clean.substring(0, LONGEST).trim();
    }
    String free = clean;
    for (int n = 2; !used.add(free); n++) {
      free = clean + " " + n;
    }
    return free;
  }
}
