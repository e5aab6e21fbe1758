package io.aigateway.chat;

import io.aigateway.wire.Json;

/**
 * About how many tokens does a request have, where nobody can count them? Four ASCII characters, or
 * one of any other script, count as a token; pictures and files that are not text have a flat price
 * of their own. English prose comes out within a fifth of what providers count.
 */
public final class TokenEstimate {
  private static final int CHARACTERS_PER_TOKEN = 4;

  /** What a turn and a tool cost beside their text. */
  private static final int TURN = 4;

  private static final int TOOL = 12;

  /**
   * What Anthropic counts for a picture of the largest size that it doesn't shrink. Source:
   * https://docs.claude.com/en/docs/build-with-claude/vision
   */
  private static final int PICTURE = 1600;

  private long ascii;
  private long others;
  private long flat;

  private TokenEstimate() {}

  /** Tokens of the whole input; at least 1. */
  public static long of(ChatRequest request) {
    TokenEstimate all = new TokenEstimate();
    for (Message message : request.messages()) {
      all.flat += TURN;
      message.content().forEach(all::add);
    }
    for (Tool tool : request.tools()) {
      all.flat += TOOL;
      all.text(tool.name());
      all.text(tool.description() == null ? "" : tool.description());
      all.text(tool.parameters() == null ? "" : Json.text(tool.parameters()));
    }
    if (request.responseFormat() instanceof ResponseFormat.JsonSchema format) {
      all.text(Json.text(format.schema()));
    }
    long text = (all.ascii + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN + all.others;
    return Math.max(1, all.flat + text);
  }

  private void add(Content part) {
    if (part instanceof Content.Text text) {
      text(text.text());
    } else if (part instanceof Content.Refusal refusal) {
      text(refusal.text());
    } else if (part instanceof Content.Thinking thinking) {
      text(thinking.text());
    } else if (part instanceof Content.ToolCall call) {
      flat += TOOL;
      text(call.name());
      text(call.arguments());
    } else if (part instanceof Content.ToolResult result) {
      flat += TOOL;
      result.content().forEach(this::add);
    } else if (part instanceof Content.SearchResult found) {
      text(found.title());
      found.texts().forEach(this::text);
    } else if (part instanceof Content.Document document
        && document.source() instanceof Content.Source.PlainText plain) {
      text(plain.text());
    } else if (part instanceof Content.Rest rest) {
      text(Json.text(rest.value()));
    } else {
      flat += PICTURE;
    }
  }

  private void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii++;
      } else if (!Character.isLowSurrogate(c)) {
        others++;
      }
    }
  }
}
