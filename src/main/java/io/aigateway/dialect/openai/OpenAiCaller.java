package io.aigateway.dialect.openai;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.EmbeddingsCaller;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.ApiError;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How does one talk to a caller that speaks OpenAI's chat completions?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat
 */
public final class OpenAiCaller implements CallerDialect {
  public static final String NAME = "openai";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public RequestHead head(byte[] body) {
    return HeadReader.read(body, HeadReader.Form.CHAT);
  }

  @Override
  public RequestHead head(byte[] body, Operation operation) {
    return switch (operation) {
      case CHAT -> head(body);
      case EMBEDDINGS -> embeddings().head(body);
      case IMAGES, RERANK -> HeadReader.read(body, HeadReader.Form.PLAIN);
      // speech says with another field whether it wants events
      case SPEECH -> HeadReader.read(body, HeadReader.Form.MODEL);
      case MODERATIONS -> HeadReader.read(body, HeadReader.Form.MODERATION);
      // a form is no body of this dialect: its fields are read where it comes in
      case COUNT_TOKENS, TRANSCRIPTIONS -> throw lacks(operation);
    };
  }

  @Override
  public ChatRequest read(byte[] body) {
    return RequestReader.read(body);
  }

  @Override
  public byte[] write(ChatReply reply, Envelope envelope) {
    JsonBytes json = new JsonBytes(1024);
    json.beginObject()
        .field("id", id(reply.id(), envelope))
        .field("object", "chat.completion")
        .field("created", envelope.created())
        .field("model", model(reply.model(), envelope))
        .field("choices")
        .beginArray();
    for (ChatReply.Choice choice : reply.choices()) {
      write(json, choice, envelope);
    }
    json.endArray();
    if (reply.usage() != null) {
      json.field("usage");
      UsageCodec.write(json, reply.usage());
    }
    GatewayField.write(json, envelope);
    return json.endObject().toBytes();
  }

  @Override
  public EmbeddingsCaller embeddings() {
    return new OpenAiEmbeddings();
  }

  @Override
  public EventWriter events(Envelope envelope) {
    return new ChunkWriter(envelope);
  }

  @Override
  public byte[] error(ApiError error, String requestId) {
    JsonBytes json = new JsonBytes(256);
    error(json, error);
    return json.toBytes();
  }

  @Override
  public byte[] errorEvent(ApiError error, String requestId) {
    JsonBytes json = new JsonBytes(256).raw("data: ");
    error(json, error);
    return json.raw("\n\n").toBytes();
  }

  static String id(@Nullable String given, Envelope envelope) {
    return given == null || given.isEmpty() ? "chatcmpl-" + envelope.requestId() : given;
  }

  static String model(@Nullable String answered, Envelope envelope) {
    return answered == null || answered.isEmpty() ? envelope.model() : answered;
  }

  private static void write(JsonBytes json, ChatReply.Choice choice, Envelope envelope) {
    StringBuilder text = new StringBuilder();
    StringBuilder thought = new StringBuilder();
    StringBuilder refusal = new StringBuilder();
    boolean spoken = false;
    boolean refused = false;
    List<Content.ToolCall> calls = new ArrayList<>(0);
    List<Citation> citations = new ArrayList<>(0);
    List<Content.Source> pictures = new ArrayList<>(0);
    for (Content part : choice.content()) {
      if (part instanceof Content.Text piece) {
        spoken = true;
        text.append(piece.text());
        piece.citations().stream().filter(Annotations::says).forEach(citations::add);
      } else if (part instanceof Content.Thinking piece) {
        thought.append(piece.text());
      } else if (part instanceof Content.Refusal piece) {
        refused = true;
        refusal.append(piece.text());
      } else if (part instanceof Content.Image image) {
        pictures.add(image.source());
      } else if (part instanceof Content.ToolCall call) {
        calls.add(call);
      }
    }
    json.beginObject()
        .field("index", choice.index())
        .field("message")
        .beginObject()
        .field("role", "assistant");
    if (spoken || calls.isEmpty() && !refused) {
      json.field("content", text.toString());
    } else {
      json.field("content").nullValue();
    }
    if (refused) {
      json.field("refusal", refusal.toString());
    } else {
      json.field("refusal").nullValue();
    }
    if (!citations.isEmpty()) {
      json.field("annotations").beginArray();
      citations.forEach(citation -> Annotations.write(json, citation));
      json.endArray();
    }
    if (!pictures.isEmpty()) {
      Pictures.write(json, pictures);
    }
    if (!thought.isEmpty()) {
      json.field("reasoning_content", thought.toString());
    }
    boolean legacy = !calls.isEmpty() && FunctionCalls.areWanted(envelope.request().get());
    if (legacy) {
      FunctionCalls.write(json, calls.get(0).name(), arguments(calls.get(0)));
    } else if (!calls.isEmpty()) {
      json.field("tool_calls").beginArray();
      for (Content.ToolCall call : calls) {
        json.beginObject()
            .field("id", call.id())
            .field("type", "function")
            .field("function")
            .beginObject()
            .field("name", call.name())
            .field("arguments", arguments(call))
            .endObject()
            .endObject();
      }
      json.endArray();
    }
    json.endObject();
    if (choice.logprobs() == null) {
      json.field("logprobs").nullValue();
    } else {
      json.field("logprobs", choice.logprobs());
    }
    boolean called = legacy && choice.finish() == FinishReason.TOOL_CALLS;
    json.field("finish_reason", called ? FunctionCalls.FINISH : Words.of(choice.finish()));
    json.endObject();
  }

  /** Clients parse this; nothing at all means no arguments. */
  private static String arguments(Content.ToolCall call) {
    return call.arguments().isBlank() ? "{}" : call.arguments();
  }

  private static void error(JsonBytes json, ApiError error) {
    json.beginObject()
        .field("error")
        .beginObject()
        .field("message", error.message())
        .field("type", error.type());
    nullable(json, "param", error.param());
    nullable(json, "code", error.code());
    json.endObject().endObject();
  }

  private static void nullable(JsonBytes json, String name, @Nullable String value) {
    if (value == null) {
      json.field(name).nullValue();
    } else {
      json.field(name, value);
    }
  }
}
