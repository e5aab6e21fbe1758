package io.aigateway.reload;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which routes run, and what became of the last change?
 *
 * @param version counts the sets that have been in force; 0 before the first
 * @param digest the same on every replica that has the same files
 * @param lastError why the last change was refused; null when it was taken
 */
public record RouteState(
    long version,
    String digest,
    int count,
    Instant loadedAt,
    @Nullable String lastError,
    @Nullable Instant lastErrorAt) {
  static final RouteState NONE = new RouteState(0, "", 0, Instant.EPOCH, null, null);

  RouteState refused(String why, Instant when) {
    return new RouteState(version, digest, count, loadedAt, why, when);
  }

  RouteState withoutError() {
    return lastError == null ? this : new RouteState(version, digest, count, loadedAt, null, null);
  }
}
