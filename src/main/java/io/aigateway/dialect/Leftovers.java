package io.aigateway.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the caller's wishes that a provider has no words for? Those on which the answer's
 * meaning hangs are refused, the others are left out and named. For all threads.
 */
public final class Leftovers {
  /** Fields of other dialects that change what is answered, not only how. */
  private static final Set<String> MEANINGFUL =
      Set.of(
          "audio",
          "container",
          "function_call",
          "functions",
          "mcp_servers",
          "previous_response_id",
          "prompt",
          "web_search_options");

  private Leftovers() {}

  /**
   * Refuses what no provider without OpenAI's own fields can do: several answers, token
   * probabilities, spoken answers, and fields that only another provider understands.
   *
   * @throws RequestException 400 naming the parameter
   */
  public static void refuse(ChatRequest request, String provider) {
    Sampling sampling = request.sampling();
    if (sampling.choices() != null && sampling.choices() > 1) {
      throw unsupported("n", provider + " gives one answer to a request");
    }
    if (Boolean.TRUE.equals(sampling.logprobs())) {
      throw unsupported("logprobs", provider + " gives no token probabilities");
    }
    refuseRest(request, provider);
  }

  /**
   * Refuses the fields that only another provider understands and on which the meaning hangs.
   *
   * @throws RequestException 400 naming the parameter
   */
  public static void refuseRest(ChatRequest request, String provider) {
    refuseRest(request, provider, Set.of());
  }

  /**
   * {@link #refuseRest(ChatRequest, String)} but for fields that this provider has words for.
   *
   * @throws RequestException 400 naming the parameter
   */
  public static void refuseRest(ChatRequest request, String provider, Set<String> said) {
    for (String name : new TreeSet<>(request.rest().keySet())) {
      if (!said.contains(name)) {
        refuseField(name, request.rest().get(name), provider);
      }
    }
  }

  /**
   * Refuses the field if the answer's meaning hangs on it.
   *
   * @throws RequestException 400 naming it
   */
  public static void refuseField(String name, JsonNode value, String provider) {
    if (!value.isNull() && isMeaningful(name, value)) {
      throw unsupported(name, provider + " can't do what " + name + " asks");
    }
  }

  /**
   * Adds the names of what is left out because it is only a hint, or only the caller's own note.
   */
  public static void name(ChatRequest request, Collection<String> dropped) {
    if (!request.metadata().isEmpty()) {
      dropped.add("metadata");
    }
    for (Message message : request.messages()) {
      if (message.name() != null) {
        dropped.add("messages.name");
      }
    }
    for (String name : new TreeSet<>(request.rest().keySet())) {
      if (!request.rest().get(name).isNull()) {
        dropped.add(name);
      }
    }
  }

  /** Adds the wish that tools' inputs follow their schemas, for providers without a word for it. */
  public static void nameStrict(ChatRequest request, Collection<String> dropped) {
    for (Tool tool : request.tools()) {
      if (Boolean.TRUE.equals(tool.strict())) {
        dropped.add("tools.strict");
      }
    }
  }

  /** Whether a penalty is more than OpenAI's default, which says nothing. */
  public static boolean says(@Nullable BigDecimal penalty) {
    return penalty != null && penalty.signum() != 0;
  }

  /** The error for a part of a message that the provider can't take. */
  public static RequestException refused(Content part, String provider) {
    return unsupported("messages", provider + " can't read " + describe(part));
  }

  /** The 400 that names {@code param}. */
  public static RequestException unsupported(String param, String message) {
    return new RequestException(ApiError.unsupported(param, message));
  }

  private static boolean isMeaningful(String name, JsonNode value) {
    if (name.equals("modalities")) {
      for (JsonNode modality : value) {
        if (!modality.asText().equals("text")) {
          return true;
        }
      }
      return false;
    }
    return MEANINGFUL.contains(name);
  }

  private static String describe(Content part) {
    if (part instanceof Content.Audio) {
      return "sound (input_audio)";
    }
    if (part instanceof Content.Image image) {
      return "an image " + describe(image.source());
    }
    if (part instanceof Content.Document document) {
      return "a file " + describe(document.source());
    }
    if (part instanceof Content.Rest rest) {
      return "a part of type " + rest.type();
    }
    return "a part of this kind here";
  }

  private static String describe(Content.Source source) {
    if (source instanceof Content.Source.Url) {
      return "by its address, because it fetches nothing; send its bytes as a data URL";
    }
    if (source instanceof Content.Source.FileId) {
      return "by the id of an uploaded file; send its bytes";
    }
    if (source instanceof Content.Source.Base64 bytes && !bytes.mediaType().isEmpty()) {
      return "of type " + bytes.mediaType();
    }
    return "of this kind";
  }
}
