package io.aigateway.chat;

/**
 * Tokens of one call, each counted once.
 *
 * @param input all tokens that were read, those from and into a cache included
 * @param output all tokens that were written, thinking included
 * @param cacheRead the part of {@code input} that came from the provider's cache
 * @param cacheWrite the part of {@code input} that was written to the provider's cache
 * @param reasoning the part of {@code output} that was thinking
 * @param audioInput the part of {@code input} that was sound
 * @param audioOutput the part of {@code output} that was sound
 */
public record Usage(
    long input,
    long output,
    long cacheRead,
    long cacheWrite,
    long reasoning,
    long audioInput,
    long audioOutput) {
  public static final Usage NONE = new Usage(0, 0);

  public Usage(long input, long output) {
    this(input, output, 0, 0, 0, 0, 0);
  }

  public long total() {
    return input + output;
  }
}
