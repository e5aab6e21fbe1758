package io.aigateway.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialectContract.Mutations;
import io.aigateway.dialect.anthropic.AnthropicCaller;
import io.aigateway.dialect.anthropic.AnthropicProvider;
import io.aigateway.dialect.azure.AzureProvider;
import io.aigateway.dialect.bedrock.AwsCredentials;
import io.aigateway.dialect.bedrock.BedrockProvider;
import io.aigateway.dialect.gemini.GeminiProvider;
import io.aigateway.dialect.mistral.MistralProvider;
import io.aigateway.dialect.ollama.OllamaProvider;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.dialect.responses.ResponsesCaller;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseSplitter;
import io.aigateway.wire.Utf8;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Does every caller's request reach every provider, and every answer every caller, or say why? */
class MatrixTest {
  private static final List<CallerDialect> CALLERS =
      List.of(new OpenAiCaller(), new AnthropicCaller(), new ResponsesCaller());

  private static final Map<ProviderDialect, String> PROVIDERS =
      Map.of(
          new OpenAiProvider(), "gpt-4o",
          new AnthropicProvider(), "claude-sonnet-4-5",
          new GeminiProvider(), "gemini-3-pro-preview",
          new BedrockProvider(AwsCredentials.ofDefaultChain(Clock.systemUTC())),
              "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
          new OllamaProvider(), "llama3.2",
          new MistralProvider(), "mistral-large-latest",
          new AzureProvider(), "gpt-5");

  private static final Map<String, String> REQUESTS =
      Map.of(
          "openai",
          """
          {"model":"m","max_tokens":99,"temperature":0.5,"top_k":3,"stop":["E"],"user":"u","messages":[
          {"role":"system","content":"S @"},{"role":"developer","content":[{"type":"text","text":"D"}]},
          {"role":"user","content":[{"type":"text","text":"T @","cache_control":{"type":"ephemeral"}},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk=","detail":"low"}}]},
          {"role":"assistant","content":null,"reasoning_content":"@","tool_calls":[{"id":"a","type":
          "function","function":{"name":"f","arguments":"{\\"x\\":1}"}},{"id":"b","type":"function",
          "function":{"name":"g","arguments":""}}]},{"role":"tool","tool_call_id":"b","content":"@"},
          {"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"r"}]},
          {"role":"user","content":"@"}],"tools":[{"type":"function","function":{"name":"f",
          "description":"@","parameters":{"type":"object","properties":{"x":{"type":"integer"}}}}}],
          "tool_choice":"auto","parallel_tool_calls":false,"metadata":{"k":"@"},
          "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":
          "object","properties":{"x":{"type":"string","description":"@"}},"required":["x"]}}},
          "reasoning_effort":"low"}""",
          "anthropic",
          """
          {"model":"m","max_tokens":99,"top_k":3,"stop_sequences":["E"],"metadata":{"user_id":"u"},
          "system":[{"type":"text","text":"S @","cache_control":{"type":"ephemeral"}}],"messages":[
          {"role":"user","content":[{"type":"text","text":"T @"},{"type":"image","source":{"type":
          "base64","media_type":"image/png","data":"aGk="}},{"type":"document","title":"@","context":
          "@","citations":{"enabled":true},"source":{"type":"text","media_type":"text/plain",
          "data":"@"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"@",
          "signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"text","text":
          "@","citations":[{"type":"char_location","cited_text":"@","document_index":0,
          "document_title":"@","start_char_index":0,"end_char_index":1}]},{"type":"tool_use","id":
          "a","name":"f","input":{"x":"@"}}]},{"role":"user","content":[{"type":"tool_result",
          "tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"@"}]},{"type":"text",
          "text":"@"}]}],"tools":[{"name":"f","description":"@","input_schema":{"type":"object",
          "properties":{"x":{"type":"string"}}}}],"tool_choice":{"type":"auto"},
          "output_config":{"effort":"low"}}""",
          "responses",
          """
          {"model":"m","max_output_tokens":99,"instructions":"S @","input":[{"role":"user","content":[
          {"type":"input_text","text":"T @"},{"type":"input_image","detail":"low","image_url":
          "data:image/png;base64,aGk="}]},{"type":"reasoning","summary":[{"type":"summary_text",
          "text":"@"}]},{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},
          {"type":"function_call_output","call_id":"a","output":"@"},{"role":"assistant","content":[
          {"type":"output_text","text":"@"}]},{"role":"user","content":"@"}],"tools":[{"type":
          "function","name":"f","description":"@","parameters":{"type":"object","properties":{}}}],
          "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object","properties":
          {"x":{"type":"string"}}}}},"reasoning":{"effort":"low","summary":"auto"},
          "metadata":{"k":"@"}}""");

  private static String request(CallerDialect caller, String text) {
    return String.valueOf(REQUESTS.get(caller.name())).replace("\n", "").replace("@", text);
  }

  private static byte[] written(CallerDialect caller, byte[] body, ProviderDialect provider) {
    String model = String.valueOf(PROVIDERS.get(provider));
    UpstreamRequest adapted = provider.adapt(caller.name(), body, model);
    ChatRequest request = caller.read(body);
    return (adapted != null
            ? adapted
            : provider.write(request.withModel(model), new ModelDefaults(4096)))
        .body();
  }

  @Test
  void everyRequestIsSaidToEveryProvider() throws JsonProcessingException {
    for (CallerDialect caller : CALLERS) {
      for (ProviderDialect provider : PROVIDERS.keySet()) {
        byte[] body = written(caller, request(caller, "word").getBytes(UTF_8), provider);
        assertThat(Json.read(body).toString())
            .as(caller.name() + " to " + provider.name())
            .contains("S word", "T word", "aGk=");
      }
    }
  }

  @Test
  void halvesOfCharactersAreNoFaultOfAnybody() throws JsonProcessingException {
    for (CallerDialect caller : CALLERS) {
      for (ProviderDialect provider : PROVIDERS.keySet()) {
        byte[] asked = request(caller, "\\ud83d x \\ude00").getBytes(UTF_8);
        byte[] body = written(caller, asked, provider);
        assertThat(Json.read(body).isObject()).isTrue();
        assertThat(Utf8.firstInvalid(body)).as(provider.name()).isNegative();
      }
    }
  }

  @Property(tries = 300)
  void woundedRequestsAreRefusedOrSaid(@ForAll long seed) throws JsonProcessingException {
    for (CallerDialect caller : CALLERS) {
      byte[] asked = Mutations.of(request(caller, "w\u00f6rd \\ud83d"), seed);
      for (ProviderDialect provider : PROVIDERS.keySet()) {
        byte[][] body = new byte[1][];
        RequestException refused =
            catchThrowableOfType(
                RequestException.class, () -> body[0] = written(caller, asked, provider));
        if (refused != null) {
          assertThat(refused.error().status()).isEqualTo(400);
        } else if (body[0] != null) {
          assertThat(Json.read(body[0]).isObject()).isTrue();
        }
      }
    }
  }

  @Property(tries = 300)
  void everyStreamIsWellFormedForEveryCaller(@ForAll long seed) throws JsonProcessingException {
    List<ChatEvent> events = events(new Random(seed));
    for (CallerDialect caller : CALLERS) {
      CallerDialect.EventWriter writer = caller.events(envelope(caller));
      List<Frame> frames = new ArrayList<>();
      SseSplitter splitter = new SseSplitter(1 << 20);
      for (ChatEvent event : events) {
        byte[] bytes = writer.write(event);
        if (bytes != null) {
          splitter.feed(bytes, frames::add);
        }
      }
      splitter.end(frame -> assertThat(frame.isBlank()).isTrue());
      for (Frame frame : frames) {
        if (!frame.isBlank() && frame.data()[0] != '[') {
          JsonNode json = Json.read(frame.data());
          assertThat(json.isObject()).isTrue();
        }
      }
      assertThat(frames).isNotEmpty();
    }
  }

  @Property(tries = 200)
  void everyAnswerIsWellFormedForEveryCaller(@ForAll long seed) throws JsonProcessingException {
    Random random = new Random(seed);
    List<Content> content = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      content.add(content(random));
    }
    FinishReason finish = FinishReason.values()[random.nextInt(4)];
    ChatReply reply =
        new ChatReply(
            null,
            null,
            List.of(new ChatReply.Choice(0, content, finish, null, null)),
            random.nextBoolean() ? null : new Usage(5, 4, 3, 2, 1, 0, 0));
    for (CallerDialect caller : CALLERS) {
      assertThat(Json.read(caller.write(reply, envelope(caller))).isObject()).isTrue();
    }
  }

  private static Envelope envelope(CallerDialect caller) {
    byte[] asked = request(caller, "x").getBytes(UTF_8);
    return new Envelope("req-1", "p", "m", 1L, true, 1, () -> asked, () -> 1L);
  }

  private static String words(Random random) {
    String[] all = {"a", "", " ", "\uD83D", "\uDE00", "\u0000\n\"\\", "{\"x\":1}", "\u00e9"};
    return all[random.nextInt(all.length)];
  }

  private static Citation citation(Random random) {
    Citation.Kind kind = Citation.Kind.values()[random.nextInt(Citation.Kind.values().length)];
    return new Citation(kind, 0, 1, 2, words(random), words(random), words(random));
  }

  private static Content content(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> new Content.Text(words(random), List.of(citation(random)), null);
      case 1 -> new Content.Refusal(words(random));
      case 2 -> new Content.Thinking(words(random), "c2ln", null);
      case 3 -> new Content.Thinking("", null, "ZGF0YQ==");
      case 4 -> new Content.ToolCall("id" + words(random), "f", words(random));
      case 5 -> new Content.Rest("gemini", "executableCode", Json.object().put("x", words(random)));
      default -> new Content.Text(words(random));
    };
  }

  /** Any events in any order, with the end where it belongs or not at all. */
  private static List<ChatEvent> events(Random random) {
    List<ChatEvent> all = new ArrayList<>(List.of(new ChatEvent.Start(null, null)));
    int calls = 0;
    for (int i = random.nextInt(14); i > 0; i--) {
      all.add(
          switch (random.nextInt(9)) {
            case 0 -> new ChatEvent.Thinking(0, words(random));
            case 1 -> new ChatEvent.ThinkingSignature(0, "c2ln");
            case 2 -> new ChatEvent.RedactedThinking(0, "ZGF0YQ==");
            case 3 -> new ChatEvent.Refusal(0, words(random));
            case 4 -> new ChatEvent.ToolCallStart(0, calls++, "id", "f");
            case 5 -> new ChatEvent.ToolCallArguments(0, random.nextInt(calls + 1), words(random));
            case 6 -> new ChatEvent.Cited(0, citation(random));
            case 7 -> new ChatEvent.Ping();
            default -> new ChatEvent.Text(0, words(random));
          });
    }
    if (random.nextInt(4) > 0) {
      all.add(new ChatEvent.Finish(0, FinishReason.values()[random.nextInt(4)], null));
      all.add(new ChatEvent.UsageReport(new Usage(5, 4)));
    }
    all.add(new ChatEvent.End());
    return all;
  }
}
