package io.aigateway.dialect.bedrock;

import io.aigateway.dialect.ClaudeModel;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What can a model do that Converse does not offer for all models alike? Told from its name: a
 * model id, the id of an inference profile, or an ARN. An application's own profile does not name
 * its model and is taken for Claude.
 *
 * @param claude whether it takes Claude's own fields
 * @param thinks whether it takes a budget for thinking
 * @param forcedTool whether it can be made to call one certain tool
 * @param caches whether it takes cache points
 * @param cites whether it tells what of its answer rests on which document
 * @param toolStatus whether it may be told apart from the words of a result that a tool failed
 * @param version what a Claude can do; of others nothing
 */
record ModelFamily(
    boolean claude,
    boolean thinks,
    boolean forcedTool,
    boolean caches,
    boolean cites,
    boolean toolStatus,
    ClaudeModel version) {
  private static final Pattern BEFORE_THINKING = Pattern.compile("claude-(v\\d|instant|3-(?!7)).*");
  private static final Pattern BEFORE_TOOLS = Pattern.compile("claude-(v\\d|instant)");

  static ModelFamily of(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    boolean opaque = name.contains("application-inference-profile/");
    boolean claude = name.contains("claude") || opaque;
    boolean tools = opaque || claude && !BEFORE_TOOLS.matcher(name).find();
    boolean nova = name.contains("amazon.nova");
    return new ModelFamily(
        claude,
        claude && !BEFORE_THINKING.matcher(name).find(),
        tools && !opaque || nova,
        tools || nova,
        claude && !BEFORE_THINKING.matcher(name).find(),
        tools || nova,
        ClaudeModel.of(model));
  }
}
