package io.aigateway.dialect.mistral;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.wire.Json;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How does one talk to Mistral's chat completions, which are OpenAI's but for details?
 *
 * <p>There is no straight line, because an answer's content may be a list of parts, which OpenAI's
 * clients can't read: answers go through the neutral model, where the lists become text and
 * thoughts. An OpenAI caller's request does not: it is changed only where Mistral differs, so that
 * fields which the gateway has never heard of reach Mistral, and Mistral's own can be asked for.
 * What other callers ask is first said in OpenAI's words. Stateless, for all threads.
 *
 * <p>Source: https://docs.mistral.ai/api/endpoint/chat
 */
public final class MistralProvider implements ProviderDialect {
  private static final String OPENAI = "openai";

  private final OpenAiProvider openai = new OpenAiProvider();

  @Override
  public String name() {
    return "mistral";
  }

  @Override
  public Set<String> straightLines() {
    return Set.of(Operation.EMBEDDINGS.label());
  }

  @Override
  public Framing framing() {
    return openai.framing();
  }

  @Override
  public Map<String, String> headers(String credential) {
    return openai.headers(credential);
  }

  @Override
  public @Nullable UpstreamRequest adapt(String dialect, byte[] body, String model) {
    if (!dialect.equals(OPENAI)) {
      return null;
    }
    try {
      return Json.read(body) instanceof ObjectNode asked && RequestAdapter.canAdapt(asked)
          ? new RequestAdapter(asked, Set.of()).adapt(model)
          : null;
    } catch (JsonProcessingException e) {
      return null; // reading it for the neutral model tells the caller what is wrong
    }
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    Leftovers.refuseRest(request, RequestAdapter.PROVIDER);
    UpstreamRequest said = openai.write(request, defaults);
    Set<String> dropped = new TreeSet<>(said.dropped());
    dropped.removeIf(name -> request.rest().get(name) instanceof NullNode);
    try {
      return new RequestAdapter((ObjectNode) Json.read(said.body()), dropped)
          .adapt(request.model());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was written is not JSON", e);
    }
  }

  @Override
  public ChatReply read(byte[] body) {
    if (Failed.maybe(body) && Failed.is(parsed(body))) {
      throw new MalformedReplyException("an error in a 200");
    }
    return openai.read(body);
  }

  @Override
  public EventReader events() {
    EventReader reader = openai.events();
    return (frame, sink) -> {
      if (Failed.maybe(frame.data())) {
        JsonNode event = parsed(frame.data());
        if (Failed.is(event)) {
          sink.accept(Failed.failure(event, openai.error(0, frame.data())));
          return;
        }
      }
      reader.read(frame, sink);
    };
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return openai.error(status, body);
  }

  private static JsonNode parsed(byte[] data) {
    try {
      return Json.read(data);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("the provider sent something that is not JSON");
    }
  }
}
