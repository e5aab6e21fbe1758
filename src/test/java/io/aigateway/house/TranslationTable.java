package io.aigateway.house;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.UpstreamRequest;
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
import io.aigateway.house.TranslationProbes.Probe;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What becomes of each feature of a caller at each dialect of providers? Asked of the codecs. */
final class TranslationTable {
  private static final Path ROUTES = Path.of("src/main/resources/routes");
  private static final Pattern ENDPOINTS = Pattern.compile("endpoints: \"([^\"]*)\"");

  /** What Claude signs is not marked; what others sign names them. */
  private static final List<String> UNMARKED = List.of("anthropic", "bedrock");

  private static final List<String> SIGNERS = List.of("anthropic", "bedrock", "gemini");

  enum Outcome {
    PASSED("passed"),
    CARRIED("carried"),
    PARTLY("partly"),
    DROPPED("dropped"),
    REFUSED("400"),
    LOST("–"),
    /** There is no such thing at this provider. */
    VOID("");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }
  }

  private record Door(
      String title, String path, CallerDialect dialect, String least, List<Probe> probes) {}

  /**
   * @param model one that can do what the dialect can say
   */
  private record Side(ProviderDialect dialect, String model, List<String> lines) {}

  private final List<Door> doors =
      List.of(
          new Door(
              "OpenAI's chat completions",
              "/v1/chat/completions",
              new OpenAiCaller(),
              TranslationProbes.OPENAI,
              TranslationProbes.OF_OPENAI),
          new Door(
              "Anthropic's messages",
              "/v1/messages",
              new AnthropicCaller(),
              TranslationProbes.ANTHROPIC,
              TranslationProbes.OF_ANTHROPIC),
          new Door(
              "OpenAI's responses",
              "/v1/responses",
              new ResponsesCaller(),
              TranslationProbes.RESPONSES,
              TranslationProbes.OF_RESPONSES));

  private final List<Side> sides = new ArrayList<>();

  TranslationTable() throws IOException {
    side(new OpenAiProvider(), "gpt-5");
    side(new AnthropicProvider(), "claude-sonnet-4-5");
    side(new GeminiProvider(), "gemini-2.5-flash");
    side(
        new BedrockProvider(AwsCredentials.ofDefaultChain(Clock.systemUTC())),
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    side(new OllamaProvider(), "gpt-oss");
    side(new MistralProvider(), "mistral-medium-latest");
    side(new AzureProvider(), "gpt-5");
  }

  /** The lines of the dialect itself and those that its built-in provider adds in YAML. */
  private void side(ProviderDialect dialect, String model) throws IOException {
    List<String> lines = new ArrayList<>(dialect.straightLines());
    Path file = ROUTES.resolve("provider-" + dialect.name() + ".camel.yaml");
    Matcher more = ENDPOINTS.matcher(Files.readString(file));
    if (more.find()) {
      lines.addAll(List.of(more.group(1).split(",")));
    }
    sides.add(new Side(dialect, model, lines));
  }

  /** The features that some provider doesn't hear of, and the caller doesn't hear of that. */
  Set<String> lost() {
    Set<String> all = new TreeSet<>();
    for (Door door : doors) {
      for (Probe probe : door.probes()) {
        if (sides.stream().anyMatch(side -> outcome(door, probe, side) == Outcome.LOST)) {
          all.add(probe.feature());
        }
      }
    }
    return all;
  }

  /** The features that would be found in a request that does not ask for them. */
  Set<String> foundUnasked() {
    Set<String> all = new TreeSet<>();
    for (Door door : doors) {
      for (Probe probe : door.probes()) {
        Probe nothing = new Probe(probe.feature(), "{}", probe.word());
        for (Side side : sides) {
          Outcome outcome = outcome(door, nothing, side);
          if (outcome == Outcome.CARRIED || outcome == Outcome.PARTLY) {
            all.add(probe.feature());
          }
        }
      }
    }
    return all;
  }

  String page() {
    StringBuilder out = new StringBuilder();
    out.append(INTRODUCTION);
    for (Side side : sides) {
      String own = side.dialect().name();
      out.append("| ").append(own).append(" | `").append(side.model()).append("` |\n");
    }
    for (Door door : doors) {
      out.append("\n## ").append(door.title()).append(" (`").append(door.path()).append("`)\n\n");
      out.append("| feature |");
      sides.forEach(side -> out.append(' ').append(side.dialect().name()).append(" |"));
      out.append("\n|---").append("|---".repeat(sides.size())).append("|\n");
      for (Probe probe : door.probes()) {
        out.append("| ").append(probe.feature()).append(" |");
        for (Side side : sides) {
          out.append(' ').append(outcome(door, probe, side).label).append(" |");
        }
        out.append('\n');
      }
    }
    return out.toString();
  }

  private static Outcome outcome(Door door, Probe probe, Side side) {
    if (side.lines().contains(door.dialect().name())) {
      return Outcome.PASSED;
    }
    if (probe.word().equals(TranslationProbes.SIGNED) && !SIGNERS.contains(side.dialect().name())) {
      return Outcome.VOID;
    }
    UpstreamRequest written;
    try {
      written = write(door.dialect(), body(door, probe, side), side);
    } catch (RequestException e) {
      return Outcome.REFUSED;
    }
    boolean said = Pattern.compile(probe.word()).matcher(new String(written.body(), UTF_8)).find();
    if (written.dropped().isEmpty()) {
      return said ? Outcome.CARRIED : Outcome.LOST;
    }
    return said ? Outcome.PARTLY : Outcome.DROPPED;
  }

  /** As the upstream does it for a call that has no straight line. */
  private static UpstreamRequest write(CallerDialect caller, byte[] body, Side side) {
    ChatRequest request = caller.read(body);
    UpstreamRequest adapted = side.dialect().adapt(caller.name(), body, side.model());
    return adapted != null
        ? adapted
        : side.dialect().write(request.withModel(side.model()), new ModelDefaults(4096));
  }

  private static byte[] body(Door door, Probe probe, Side side) {
    try {
      ObjectNode body = (ObjectNode) Json.read(door.least().replace('\'', '"'));
      body.setAll(
          (ObjectNode) Json.read(probe.json().replace(TranslationProbes.PROOF, proof(door, side))));
      return Json.bytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(probe.feature() + " is not JSON: " + e.getMessage(), e);
    }
  }

  /** A thought's proof as the gateway gave it to this caller for this provider. */
  private static String proof(Door door, Side side) {
    String name = side.dialect().name();
    String signature =
        UNMARKED.contains(name)
            ? TranslationProbes.SIGNED
            : Signatures.marked(name, TranslationProbes.SIGNED);
    return door.dialect() instanceof ResponsesCaller
        ? "aigw1."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("{\"signature\":\"" + signature + "\"}").getBytes(UTF_8))
        : signature;
  }

  private static final String INTRODUCTION =
      """
      # What becomes of a request

      Asked of the codecs themselves by `TranslationTable`; write it anew with `make docs`.

      | word | what it means |
      |---|---|
      | passed | caller and provider speak one dialect: the bytes go as they are |
      | carried | said in the provider's own words |
      | partly | the provider hears of it, less exactly; `x-gateway-dropped` names what is missing |
      | dropped | left out, and named in `x-gateway-dropped` |
      | 400 | refused: without it the answer would mean something else |

      What is dropped is named as the caller's dialect calls it. That a tool failed is said to providers without a word for
      it by `Error: ` before the result's text; what a text document is called, by a line before it.

      What a dialect can say depends on the model too; these were asked for:

      | dialect | model |
      |---|---|
      """;
}
