package io.aigateway.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.DocumentText;
import io.aigateway.dialect.FailedResult;
import io.aigateway.dialect.Hint;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.RequestBody;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How is a neutral request said in OpenAI's words? One instance a request.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/create
 */
final class RequestWriter {
  static final String PATH = "/chat/completions";

  /** Models that think refuse {@code max_tokens}; the older ones' servers know only that. */
  private static final Pattern THINKS = Pattern.compile("(.*/)?(o\\d|gpt-5).*");

  /** Models that refuse every temperature but their own. */
  private static final Pattern FIXED =
      Pattern.compile("(.*/)?(o\\d(-.*)?|gpt-5(-(mini|nano|pro|codex))?(-\\d{4}-.*)?)");

  /** Models that refuse {@code reasoning_effort}. */
  private static final Pattern NEVER_THINKS = Pattern.compile("(.*/)?(gpt-[34]|chatgpt-).*");

  /** OpenAI refuses a longer name of an end user. */
  private static final int LONGEST_USER = 64;

  /** Budgets up to which a caller of another dialect is taken to want less than full thinking. */
  private static final int LOW_BUDGET = 2048;

  private static final int MEDIUM_BUDGET = 16384;

  private static final Set<Hint> SAID = EnumSet.of(Hint.DETAIL, Hint.TITLE);

  private final ChatRequest request;
  private final Variant variant;
  private final JsonBytes json = new JsonBytes(2048);
  private final TreeSet<String> dropped = new TreeSet<>();

  private RequestWriter(ChatRequest request, Variant variant) {
    this.request = request;
    this.variant = variant;
  }

  static UpstreamRequest write(ChatRequest request, Variant variant) {
    return new RequestWriter(request, variant).write();
  }

  private UpstreamRequest write() {
    json.beginObject().field("model", request.model()).field("messages").beginArray();
    ResponseFormat wanted = request.responseFormat();
    if (wanted != null && isSchemaSaid()) {
      json.beginObject()
          .field("role", "system")
          .field("content", JsonAnswer.instruction(wanted))
          .endObject();
    }
    messages();
    json.endArray();
    tools();
    sampling(request.sampling());
    format(request.responseFormat());
    if (request.reasoning() != null) {
      reasoning(request.reasoning());
    }
    if (request.user() != null) {
      json.field("user", user(request.user()));
    }
    if (request.stream()) {
      json.field("stream", true)
          .field("stream_options")
          .beginObject()
          .field("include_usage", true)
          .endObject();
    }
    // OpenAI takes metadata only beside "store", and the providers that follow it not at all.
    if (!request.metadata().isEmpty()) {
      dropped.add("metadata");
    }
    dropped.addAll(request.rest().keySet());
    Hint.name(request, SAID, variant::keeps, dropped);
    if (caches()) {
      JsonNode all = request.rest().get("cache_control");
      if (all != null && all.isObject()) {
        json.field("cache_control", all);
      }
      if (!isCachedElsewhere()) {
        dropped.remove(Hint.CACHE.label());
      }
    }
    return new UpstreamRequest(PATH, json.endObject().toBytes(), new ArrayList<>(dropped));
  }

  private void messages() {
    List<Shown> shown = new ArrayList<>();
    for (int i = 0; i < request.messages().size(); i++) {
      Message message = request.messages().get(i);
      if (message.role() != Role.TOOL) {
        show(shown);
      }
      String at = "messages[" + i + "].content";
      switch (message.role()) {
        case SYSTEM -> spoken("system", message, at);
        case USER -> spoken("user", message, at);
        case ASSISTANT -> assistant(message, at);
        case TOOL -> results(message, at, shown);
      }
    }
    show(shown);
  }

  private void spoken(String role, Message message, String at) {
    json.beginObject().field("role", role).field("content");
    List<Content> content = message.content();
    if (content.size() == 1 && content.get(0) instanceof Content.Text text && !isCached(text)) {
      json.value(text.text());
    } else {
      json.beginArray();
      for (Content part : content) {
        part(part, at);
      }
      json.endArray();
    }
    name(message);
    json.endObject();
  }

  private void assistant(Message message, String at) {
    StringBuilder text = new StringBuilder();
    StringBuilder refusal = new StringBuilder();
    StringBuilder thoughts = new StringBuilder();
    ArrayNode proofs = Json.array();
    List<Content.ToolCall> calls = new ArrayList<>();
    Content.Rest audio = null;
    for (Content part : message.content()) {
      if (part instanceof Content.Text piece) {
        text.append(piece.text());
      } else if (part instanceof Content.Refusal piece) {
        refusal.append(piece.text());
      } else if (part instanceof Content.ToolCall call) {
        calls.add(call);
      } else if (part instanceof Content.Rest rest
          && rest.dialect().equals(OpenAiCaller.NAME)
          && rest.type().equals("audio")) {
        audio = rest;
      } else if (part instanceof Content.Thinking thought) {
        if (variant.keeps(thought)) {
          thoughts.append(thought.text());
          ReasoningDetails.restore(thought.signature(), proofs);
        }
      } else {
        throw unsupported(at, "The model can't take this part of an assistant's message.");
      }
    }
    json.beginObject().field("role", "assistant");
    if (text.isEmpty() && (!calls.isEmpty() || !refusal.isEmpty() || audio != null)) {
      json.field("content").nullValue();
    } else {
      json.field("content", text.toString());
    }
    if (!refusal.isEmpty()) {
      json.field("refusal", refusal.toString());
    }
    if (audio != null) {
      json.field("audio", audio.value());
    }
    thoughts(thoughts.toString(), proofs, !calls.isEmpty());
    name(message);
    if (!calls.isEmpty()) {
      json.field("tool_calls").beginArray();
      for (Content.ToolCall call : calls) {
        json.beginObject()
            .field("id", Signatures.bare(call.id()))
            .field("type", "function")
            .field("function")
            .beginObject()
            .field("name", call.name())
            .field("arguments", call.arguments().isBlank() ? "{}" : call.arguments())
            .endObject()
            .endObject();
      }
      json.endArray();
    }
    json.endObject();
  }

  /** Proofs hold the words that they prove. */
  private void thoughts(String text, ArrayNode proofs, boolean called) {
    if (variant == Variant.DEEPSEEK && (called || !text.isEmpty())) {
      json.field("reasoning_content", text);
    } else if (!proofs.isEmpty()) {
      json.field("reasoning_details", proofs);
    } else if (variant == Variant.OPENROUTER && !text.isEmpty()) {
      json.field("reasoning", text);
    }
  }

  private boolean caches() {
    return variant == Variant.OPENROUTER;
  }

  private boolean isCached(Content.Text text) {
    return caches() && text.cacheControl() != null;
  }

  /** Whether something else than texts of its own shall be kept. */
  private boolean isCachedElsewhere() {
    for (Message message : request.messages()) {
      boolean spoken = message.role() == Role.SYSTEM || message.role() == Role.USER;
      for (Content part : message.content()) {
        Set<String> found = new TreeSet<>();
        if (!(part instanceof Content.Text) || !spoken) {
          Hint.name(part, SAID, found);
        }
        if (found.contains(Hint.CACHE.label())) {
          return true;
        }
      }
    }
    return request.tools().stream().anyMatch(tool -> tool.cacheControl() != null);
  }

  private void results(Message message, String at, List<Shown> shown) {
    for (Content part : message.content()) {
      if (!(part instanceof Content.ToolResult result)) {
        throw unsupported(at, "A tool's message can only have results.");
      }
      StringBuilder text = new StringBuilder();
      for (Content piece : result.content()) {
        if (piece instanceof Content.Text words) {
          text.append(words.text());
        } else if (piece instanceof Content.Document document && DocumentText.is(document)) {
          text.append(decoded(document, at));
        } else if (piece instanceof Content.SearchResult found) {
          text.append(DocumentText.of(found));
        } else {
          shown.add(new Shown(Signatures.bare(result.id()), piece, at));
        }
      }
      json.beginObject()
          .field("role", "tool")
          .field("tool_call_id", Signatures.bare(result.id()))
          .field("content", said(result, text.toString()))
          .endObject();
    }
  }

  private static String said(Content.ToolResult result, String text) {
    return result.error() ? FailedResult.marked(text) : text;
  }

  /** What a tool showed rather than said; a tool's message can't carry it, a user's can. */
  private record Shown(String call, Content part, String at) {}

  // Only after the last result of a turn, since results must follow their calls at once.
  private void show(List<Shown> shown) {
    if (shown.isEmpty()) {
      return;
    }
    json.beginObject().field("role", "user").field("content").beginArray();
    for (Shown one : shown) {
      text("Part of the result of tool call " + one.call() + ":");
      part(one.part(), one.at());
    }
    json.endArray().endObject();
    shown.clear();
  }

  private void name(Message message) {
    if (message.name() != null) {
      json.field("name", message.name());
    }
  }

  private void part(Content part, String at) {
    if (part instanceof Content.Text text && isCached(text)) {
      json.beginObject()
          .field("type", "text")
          .field("text", text.text())
          .field("cache_control", text.cacheControl())
          .endObject();
    } else if (part instanceof Content.Text text) {
      text(text.text());
    } else if (part instanceof Content.Image image) {
      image(image, at);
    } else if (part instanceof Content.Document document) {
      document(document, at);
    } else if (part instanceof Content.SearchResult found) {
      text(DocumentText.of(found));
    } else if (part instanceof Content.Audio audio) {
      json.beginObject()
          .field("type", "input_audio")
          .field("input_audio")
          .beginObject()
          .field("data", audio.base64())
          .field("format", audio.format())
          .endObject()
          .endObject();
    } else if (part instanceof Content.Refusal refusal) {
      json.beginObject().field("type", "refusal").field("refusal", refusal.text()).endObject();
    } else if (part instanceof Content.Rest rest && rest.dialect().equals(OpenAiCaller.NAME)) {
      json.value(rest.value());
    } else if (!(part instanceof Content.Thinking)) {
      throw unsupported(at, "The model can't take this part of a message.");
    }
  }

  private void text(String text) {
    json.beginObject().field("type", "text").field("text", text).endObject();
  }

  private void image(Content.Image image, String at) {
    String url;
    if (image.source() instanceof Content.Source.Url address) {
      url = address.url();
    } else if (image.source() instanceof Content.Source.Base64 bytes) {
      url = dataUrl(bytes);
    } else {
      throw unsupported(at, "The model takes an image as an address or as base64 only.");
    }
    json.beginObject()
        .field("type", "image_url")
        .field("image_url")
        .beginObject()
        .field("url", url);
    if (image.detail() != null) {
      json.field("detail", image.detail());
    }
    json.endObject().endObject();
  }

  private void document(Content.Document document, String at) {
    if (DocumentText.is(document)) {
      text(decoded(document, at));
    } else if (document.source() instanceof Content.Source.FileId file) {
      json.beginObject()
          .field("type", "file")
          .field("file")
          .beginObject()
          .field("file_id", file.id())
          .endObject()
          .endObject();
    } else if (document.source() instanceof Content.Source.Base64 bytes) {
      json.beginObject()
          .field("type", "file")
          .field("file")
          .beginObject()
          .field("filename", document.name() == null ? "document.pdf" : document.name())
          .field("file_data", dataUrl(bytes))
          .endObject()
          .endObject();
    } else {
      throw unsupported(at, "The model can't fetch a document from an address.");
    }
  }

  private static String decoded(Content.Document document, String at) {
    String text = DocumentText.of(document);
    if (text == null) {
      throw RequestBody.invalid(at, "The document is not valid base64.");
    }
    return text;
  }

  private static String dataUrl(Content.Source.Base64 bytes) {
    return "data:" + bytes.mediaType() + ";base64," + bytes.data();
  }

  private void tools() {
    if (request.tools().isEmpty()) {
      return;
    }
    json.field("tools").beginArray();
    for (Tool tool : request.tools()) {
      json.beginObject()
          .field("type", "function")
          .field("function")
          .beginObject()
          .field("name", tool.name());
      if (tool.description() != null) {
        json.field("description", tool.description());
      }
      if (tool.parameters() != null) {
        json.field("parameters", tool.parameters());
      }
      if (tool.strict() != null) {
        json.field("strict", tool.strict());
      }
      json.endObject().endObject();
    }
    json.endArray();
    ToolChoice choice = request.toolChoice();
    if (choice instanceof ToolChoice.Auto) {
      json.field("tool_choice", "auto");
    } else if (choice instanceof ToolChoice.None) {
      json.field("tool_choice", "none");
    } else if (choice instanceof ToolChoice.Required) {
      json.field("tool_choice", "required");
    } else if (choice instanceof ToolChoice.Named named) {
      json.field("tool_choice")
          .beginObject()
          .field("type", "function")
          .field("function")
          .beginObject()
          .field("name", named.name())
          .endObject()
          .endObject();
    }
    if (request.parallelToolCalls() != null) {
      json.field("parallel_tool_calls", request.parallelToolCalls());
    }
  }

  private void sampling(Sampling sampling) {
    if (sampling.maxTokens() != null) {
      json.field(thinks() ? "max_completion_tokens" : "max_tokens", sampling.maxTokens());
    }
    if (FIXED.matcher(request.model()).matches()) {
      dropFixed("temperature", sampling.temperature());
      dropFixed("top_p", sampling.topP());
    } else {
      number("temperature", sampling.temperature());
      number("top_p", sampling.topP());
    }
    if (variant == Variant.OPENROUTER) {
      number("top_k", sampling.topK());
    } else if (sampling.topK() != null) {
      dropped.add("top_k");
    }
    if (!sampling.stop().isEmpty()) {
      json.field("stop").beginArray();
      sampling.stop().forEach(json::value);
      json.endArray();
    }
    number("seed", sampling.seed());
    number("n", sampling.choices());
    number("presence_penalty", sampling.presencePenalty());
    number("frequency_penalty", sampling.frequencyPenalty());
    if (sampling.logprobs() != null) {
      json.field("logprobs", sampling.logprobs());
    }
    number("top_logprobs", sampling.topLogprobs());
  }

  private void dropFixed(String name, @Nullable BigDecimal value) {
    if (value != null && value.compareTo(BigDecimal.ONE) != 0) {
      dropped.add(name);
    }
  }

  private void number(String name, @Nullable Number value) {
    if (value != null) {
      json.field(name).raw(value.toString());
    }
  }

  private void format(@Nullable ResponseFormat format) {
    if (format instanceof ResponseFormat.JsonObject || isSchemaSaid()) {
      json.field("response_format").beginObject().field("type", "json_object").endObject();
    } else if (format instanceof ResponseFormat.JsonSchema schema) {
      json.field("response_format")
          .beginObject()
          .field("type", "json_schema")
          .field("json_schema")
          .beginObject()
          .field("name", schema.name());
      if (schema.description() != null) {
        json.field("description", schema.description());
      }
      json.field("schema", schema.schema());
      if (schema.strict() != null) {
        json.field("strict", schema.strict());
      }
      json.endObject().endObject();
    }
  }

  /** DeepSeek knows JSON, and no schemas of it. */
  private boolean isSchemaSaid() {
    return variant == Variant.DEEPSEEK
        && request.responseFormat() instanceof ResponseFormat.JsonSchema;
  }

  private void reasoning(Reasoning reasoning) {
    if (reasoning.summary() != null) {
      dropped.add("reasoning.summary");
    }
    String effort = reasoning.effort();
    if (variant == Variant.DEEPSEEK) {
      deepSeek(reasoning);
    } else if (variant == Variant.OPENROUTER) {
      openRouter(reasoning);
    } else if (effort != null && NEVER_THINKS.matcher(request.model()).matches()) {
      dropped.add("reasoning_effort");
    } else if (effort != null) {
      // "max" is Anthropic's word
      json.field("reasoning_effort", effort.equals("max") ? "high" : effort);
    } else if (reasoning.enabled() && thinks()) {
      json.field("reasoning_effort", effort(reasoning.budgetTokens()));
    } else if (reasoning.enabled()) {
      dropped.add("thinking");
    }
  }

  private void deepSeek(Reasoning reasoning) {
    boolean on = reasoning.enabled() && !"none".equals(reasoning.effort());
    json.field("thinking").beginObject().field("type", on ? "enabled" : "disabled").endObject();
    if (on && reasoning.effort() != null) {
      json.field("reasoning_effort", reasoning.effort());
    }
    if (on && reasoning.budgetTokens() != null) {
      dropped.add("thinking.budget_tokens");
    }
  }

  private void openRouter(Reasoning reasoning) {
    json.field("reasoning").beginObject();
    if (reasoning.budgetTokens() != null) {
      json.field("max_tokens", reasoning.budgetTokens());
    } else if (reasoning.effort() != null) {
      // "max" is Anthropic's word
      json.field("effort", reasoning.effort().equals("max") ? "xhigh" : reasoning.effort());
    } else {
      json.field("enabled", reasoning.enabled());
    }
    json.endObject();
  }

  /** Without a budget the model decides; the middle is said since some don't think by default. */
  private static String effort(@Nullable Integer budget) {
    if (budget == null) {
      return "medium";
    }
    return budget <= LOW_BUDGET ? "low" : budget <= MEDIUM_BUDGET ? "medium" : "high";
  }

  /** One name a user still, when it is too long. */
  private static String user(String name) {
    if (name.length() <= LONGEST_USER) {
      return name;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean thinks() {
    return THINKS.matcher(request.model()).matches();
  }

  private static RequestException unsupported(String param, String message) {
    return new RequestException(ApiError.unsupported(param, message));
  }
}
