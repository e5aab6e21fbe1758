package io.aigateway.dialect;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can a Claude model do, as far as its name tells, wherever it is served?
 *
 * <p>Source: https://platform.claude.com/docs/en/about-claude/models/overview
 *
 * @param version tens and units of {@code 4.6} as 46; 0 when the name does not say
 */
public record ClaudeModel(int version) {
  private static final Pattern NAME =
      Pattern.compile("claude-[a-z]+-(\\d{1,2})(?!\\d)(?:[-.](\\d{1,2})(?!\\d))?");
  private static final Pattern OLD_NAME = Pattern.compile("claude-(\\d)(?:[-.](\\d))?-[a-z]");
  private static final Pattern NEWEST = Pattern.compile("claude-(mythos|fable)");

  public static ClaudeModel of(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    for (Pattern pattern : new Pattern[] {NAME, OLD_NAME}) {
      Matcher matcher = pattern.matcher(name);
      if (matcher.find()) {
        String minor = matcher.group(2);
        int units = minor == null ? 0 : Integer.parseInt(minor);
        return new ClaudeModel(10 * Integer.parseInt(matcher.group(1)) + Math.min(9, units));
      }
    }
    return new ClaudeModel(NEWEST.matcher(name).find() ? 50 : 0);
  }

  /** Whether an answer, and what a tool is given, can be held to a JSON schema. */
  public boolean formats() {
    return version >= 45;
  }

  /** Whether the model itself decides how much it thinks, on an effort instead of a budget. */
  public boolean adapts() {
    return version >= 46;
  }

  /** Whether a budget for thinking, a temperature, top_p and top_k are refused. */
  public boolean decidesAlone() {
    return version >= 47;
  }

  /** Whether it can be made to call one certain tool. */
  public boolean forcedTool() {
    return version < 50;
  }
}
