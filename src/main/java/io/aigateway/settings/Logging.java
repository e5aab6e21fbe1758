package io.aigateway.settings;

/**
 * How much is logged, and in which form?
 *
 * @param level {@code LOG_LEVEL}
 * @param format {@code LOG_FORMAT}, or what fits the standard output when that is unset
 */
public record Logging(LogLevel level, LogFormat format) {}
