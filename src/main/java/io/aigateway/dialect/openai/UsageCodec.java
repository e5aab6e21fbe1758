package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import io.aigateway.wire.JsonBytes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How is usage said in OpenAI's words, and in those of the providers that follow it?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/object
 */
final class UsageCodec {
  private long prompt = -1;
  private long completion = -1;
  private long total = -1;
  private long cacheRead;
  private long cacheWrite;
  private long reasoning;
  private long audioInput;
  private long audioOutput;

  private UsageCodec() {}

  /** Reads a usage object; null when it is none or names no tokens. */
  static @Nullable Usage read(@Nullable JsonNode node) {
    if (node == null || !node.isObject()) {
      return null;
    }
    UsageCodec all = new UsageCodec();
    for (var field : node.properties()) {
      JsonNode value = field.getValue();
      if (value.isNumber()) {
        all.top(field.getKey(), value.asLong());
      } else if (value.isObject()) {
        for (var detail : value.properties()) {
          if (detail.getValue().isNumber()) {
            all.detail(field.getKey(), detail.getKey(), detail.getValue().asLong());
          }
        }
      }
    }
    return all.usage();
  }

  /** Reads on from the first token of a usage value up to its last. */
  static @Nullable Usage read(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    UsageCodec all = new UsageCodec();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      if (token.isNumeric()) {
        all.top(name, number(parser));
      } else if (token == JsonToken.START_OBJECT) {
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
          if (parser.nextToken().isNumeric()) {
            all.detail(name, key, number(parser));
          } else {
            parser.skipChildren();
          }
        }
      } else {
        parser.skipChildren();
      }
    }
    return all.usage();
  }

  static void write(JsonBytes json, Usage usage) {
    json.beginObject()
        .field("prompt_tokens", usage.input())
        .field("completion_tokens", usage.output())
        .field("total_tokens", usage.total())
        .field("prompt_tokens_details")
        .beginObject()
        .field("cached_tokens", usage.cacheRead());
    if (usage.cacheWrite() > 0) {
      // no field of OpenAI's; OpenRouter's name for it
      json.field("cache_write_tokens", usage.cacheWrite());
    }
    if (usage.audioInput() > 0) {
      json.field("audio_tokens", usage.audioInput());
    }
    json.endObject()
        .field("completion_tokens_details")
        .beginObject()
        .field("reasoning_tokens", usage.reasoning());
    if (usage.audioOutput() > 0) {
      json.field("audio_tokens", usage.audioOutput());
    }
    json.endObject().endObject();
  }

  // A number beyond long is no count of tokens; it must not break the answer.
  private static long number(JsonParser parser) throws IOException {
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      case FLOAT, DOUBLE, BIG_DECIMAL -> (long) parser.getDoubleValue();
      case BIG_INTEGER -> 0;
    };
  }

  private void top(String name, long tokens) {
    long value = Math.max(0, tokens);
    switch (name) {
      // pictures are counted in these words
      case "prompt_tokens", "input_tokens" -> prompt = value;
      case "completion_tokens", "output_tokens" -> completion = value;
      case "total_tokens" -> total = value;
      // DeepSeek's, Mistral's, Moonshot's and LiteLLM's names for what the others call
      // cached_tokens
      case "prompt_cache_hit_tokens",
          "num_cached_tokens",
          "cached_tokens",
          "cache_read_input_tokens" ->
          cacheRead = Math.max(cacheRead, value);
      case "cache_creation_input_tokens" -> cacheWrite = Math.max(cacheWrite, value);
      case "reasoning_tokens" -> reasoning = Math.max(reasoning, value);
      default -> {}
    }
  }

  private void detail(String group, String name, long tokens) {
    long value = Math.max(0, tokens);
    switch (group) {
      case "prompt_tokens_details", "input_tokens_details" -> {
        switch (name) {
          case "cached_tokens", "cache_read_tokens", "cache_read_input_tokens" ->
              cacheRead = Math.max(cacheRead, value);
          case "cache_write_tokens",
              "cache_creation_tokens",
              "cache_creation_input_tokens",
              "cache_write_input_tokens" ->
              cacheWrite = Math.max(cacheWrite, value);
          case "audio_tokens" -> audioInput = value;
          default -> {}
        }
      }
      case "completion_tokens_details", "output_tokens_details" -> {
        switch (name) {
          case "reasoning_tokens" -> reasoning = Math.max(reasoning, value);
          case "audio_tokens" -> audioOutput = value;
          default -> {}
        }
      }
      default -> {}
    }
  }

  private @Nullable Usage usage() {
    if (prompt < 0 && completion < 0 && total < 0) {
      return null;
    }
    long input = Math.max(0, prompt);
    long output = completion >= 0 ? completion : Math.max(0, total - input);
    // xAI counts thinking beside completion_tokens, all others within.
    if (reasoning > 0 && total == input + output + reasoning) {
      output += reasoning;
    }
    return new Usage(
        input,
        output,
        Math.min(cacheRead, input),
        Math.min(cacheWrite, input - Math.min(cacheRead, input)),
        Math.min(reasoning, output),
        Math.min(audioInput, input),
        Math.min(audioOutput, output));
  }
}
