package io.aigateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.chat.Usage;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every provider's dialect; a dialect's test gives the fixtures. */
public abstract class ProviderDialectContract {
  protected static final ModelDefaults DEFAULTS = new ModelDefaults(4096);
  protected static final String PNG = "iVBORw0KGgoAAAANSUhEUg==";
  protected static final Tool WEATHER =
      new Tool(
          "get_weather",
          "Weather of a city",
          json("{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}"),
          null);
  protected static final Tool CLOCK = new Tool("get_time", null, null, null);

  protected abstract ProviderDialect dialect();

  /** Model {@code m-1} says "Hello there." for 12 tokens in and 5 out, and is done. */
  protected abstract String textReply();

  /** The payloads of a stream that says the same in more than one piece. */
  protected abstract List<String> textStream();

  /** Calls {@code get_weather {"city":"Paris"}} and {@code get_time {}}. */
  protected abstract String callsReply();

  /** The payloads of a stream that does the same. */
  protected abstract List<String> callsStream();

  /** An answer that ended so, or null when the dialect has no word for it. */
  protected abstract @Nullable String replyFinished(FinishReason reason);

  /** The body of an answer with an error status. */
  protected abstract String errorBody(String message);

  /** The payload of a stream's error. */
  protected abstract String errorEvent(String message);

  /** The temperature that the body asks for. */
  protected abstract JsonNode temperature(JsonNode body);

  /** The stop texts that the body asks for. */
  protected abstract JsonNode stops(JsonNode body);

  /** The functions that the body offers. */
  protected JsonNode tools(JsonNode body) {
    return body.path("tools");
  }

  /** The body as text, in which values that stand inside other text are as they are. */
  protected String said(JsonNode body) {
    return body.toString();
  }

  /** Whether a stream has an end mark of its own. */
  protected boolean saysItsEnd() {
    return true;
  }

  @Test
  void readsTextFinishModelAndUsage() {
    ChatReply reply = dialect().read(bytes(textReply()));

    ChatReply.Choice choice = reply.choices().get(0);
    assertThat(reply.model()).isEqualTo("m-1");
    assertThat(choice.content()).containsExactly(new Content.Text("Hello there."));
    assertThat(choice.finish()).isEqualTo(FinishReason.STOP);
    assertThat(reply.usage()).isEqualTo(new Usage(12, 5));
  }

  @Test
  void readsTheSameFromAStream() {
    List<ChatEvent> events = events(textStream());

    assertThat(events.get(0))
        .isInstanceOfSatisfying(
            ChatEvent.Start.class, start -> assertThat(start.model()).isEqualTo("m-1"));
    assertThat(text(events)).isEqualTo("Hello there.");
    assertThat(finishes(events)).containsExactly(new ChatEvent.Finish(0, FinishReason.STOP, null));
    assertThat(lastUsage(events)).isEqualTo(new Usage(12, 5));
    assertThat(events.get(events.size() - 1) instanceof ChatEvent.End).isEqualTo(saysItsEnd());
  }

  @Test
  void streamThatBreaksOffHasNoEnd() {
    List<String> payloads = textStream();

    List<ChatEvent> events = events(payloads.subList(0, payloads.size() - 1));

    assertThat(events).doesNotContain(new ChatEvent.End());
    if (!saysItsEnd()) {
      assertThat(finishes(events)).isEmpty();
    }
  }

  @Test
  void readsSeveralToolCallsOfOneAnswer() {
    ChatReply.Choice choice = dialect().read(bytes(callsReply())).choices().get(0);

    List<Content.ToolCall> calls =
        choice.content().stream()
            .filter(Content.ToolCall.class::isInstance)
            .map(Content.ToolCall.class::cast)
            .toList();
    assertThat(calls).extracting(Content.ToolCall::name).containsExactly("get_weather", "get_time");
    assertThat(calls)
        .extracting(Content.ToolCall::arguments)
        .containsExactly("{\"city\":\"Paris\"}", "{}");
    assertThat(calls).extracting(Content.ToolCall::id).doesNotHaveDuplicates().doesNotContain("");
    assertThat(choice.finish()).isEqualTo(FinishReason.TOOL_CALLS);
  }

  @Test
  void readsSeveralToolCallsOfAStream() {
    List<ChatEvent> events = events(callsStream());

    List<ChatEvent.ToolCallStart> starts =
        events.stream()
            .filter(ChatEvent.ToolCallStart.class::isInstance)
            .map(ChatEvent.ToolCallStart.class::cast)
            .toList();
    assertThat(starts).extracting(ChatEvent.ToolCallStart::index).containsExactly(0, 1);
    assertThat(starts)
        .extracting(ChatEvent.ToolCallStart::name)
        .containsExactly("get_weather", "get_time");
    assertThat(starts).extracting(ChatEvent.ToolCallStart::id).doesNotHaveDuplicates();
    assertThat(arguments(events, 0)).isEqualTo("{\"city\":\"Paris\"}");
    assertThat(arguments(events, 1)).isEqualTo("{}");
    assertThat(finishes(events))
        .containsExactly(new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null));
  }

  @ParameterizedTest
  @EnumSource(FinishReason.class)
  void readsWhyAnAnswerEnded(FinishReason reason) {
    String reply = replyFinished(reason);

    if (reply != null) {
      assertThat(dialect().read(bytes(reply)).choices().get(0).finish()).isEqualTo(reason);
    }
  }

  @Test
  void everySystemMessageReachesTheProvider() {
    JsonNode body =
        written(
            ask()
                .say(Role.SYSTEM, "Be brief.")
                .say(Role.USER, "Hi")
                .say(Role.SYSTEM, "Speak French."));

    assertThat(body.toString()).contains("Be brief.", "Speak French.");
  }

  @Test
  void imageReachesTheProviderAsBareBase64() {
    JsonNode body =
        written(
            ask()
                .say(
                    Role.USER,
                    new Content.Text("What is it?"),
                    new Content.Image(new Content.Source.Base64("image/png", PNG), null)));

    assertThat(said(body)).contains("\"" + PNG + "\"", "What is it?");
  }

  @Test
  void toolsAreOffered() {
    JsonNode body = written(ask().say(Role.USER, "Weather?").tools(WEATHER, CLOCK));

    assertThat(tools(body)).hasSize(2);
    assertThat(body.toString())
        .contains(
            "\"get_weather\"", "Weather of a city", "\"required\":[\"city\"]", "\"get_time\"");
  }

  @Test
  void callsAndTheirResultsReachTheProvider() {
    JsonNode body = written(toolRound());

    assertThat(said(body)).contains("{\"city\":\"Paris\"}", "21 degrees", "14:05");
  }

  @Test
  void malformedArgumentsOfAnEarlierCallDoNotFailTheRequest() {
    JsonNode body =
        written(
            ask()
                .say(Role.USER, "Weather?")
                .say(Role.ASSISTANT, new Content.ToolCall("a", "get_weather", "{\"city\":"))
                .say(Role.TOOL, result("a", "bad arguments"))
                .tools(WEATHER));

    assertThat(said(body)).contains("{\"arguments\":\"{\\\"city\\\":\"}");
  }

  @Test
  void orphanResultAndLeadingAssistantTurnAreWritten() {
    assertThatCode(
            () ->
                written(ask().say(Role.ASSISTANT, "Hello.").say(Role.TOOL, result("nobody", "42"))))
        .doesNotThrowAnyException();
  }

  @Test
  void proofsOfAnotherProvidersThoughtsAreNotPassedOn() {
    String id = Signatures.sealed("c1", "elsewhere", "UFJPT0Y");
    JsonNode body =
        written(
            ask()
                .say(Role.USER, "Time?")
                .say(
                    Role.ASSISTANT,
                    new Content.Thinking("hm", Signatures.marked("elsewhere", "UFJPT0Y"), null),
                    new Content.ToolCall(id, "get_time", "{}"))
                .say(Role.TOOL, result(id, "14:05"))
                .tools(CLOCK));

    assertThat(body.toString()).contains("14:05").doesNotContain("UFJPT0Y");
  }

  @Test
  void stopTextsAreSentAsAList() {
    assertThat(stops(written(ask().say(Role.USER, "Hi").stop("END")))).isEqualTo(json("['END']"));
    assertThat(stops(written(ask().say(Role.USER, "Hi").stop("END", "HALT"))))
        .isEqualTo(json("['END','HALT']"));
  }

  @Test
  void temperatureZeroIsSent() {
    JsonNode body = written(ask().say(Role.USER, "Hi").temperature("0"));

    assertThat(temperature(body).isNumber()).isTrue();
    assertThat(temperature(body).decimalValue()).isEqualByComparingTo("0");
  }

  @Test
  protected void whatTheProviderCanNotDoIsRefusedByName() {
    assertThat(refusedParam(ask().say(Role.USER, "Hi").choices(2))).isEqualTo("n");
    assertThat(refusedParam(ask().say(Role.USER, "Hi").logprobs())).isEqualTo("logprobs");
    assertThat(refusedParam(ask().say(Role.USER, new Content.Audio("AAAA", "wav"))))
        .isEqualTo("messages");
    assertThat(refusedParam(ask().say(Role.USER, "Hi").rest("web_search_options", "{}")))
        .isEqualTo("web_search_options");
  }

  @Test
  void fieldsOfOtherDialectsAreLeftOutAndNamed() {
    UpstreamRequest upstream =
        dialect().write(ask().say(Role.USER, "Hi").rest("logit_bias", "{}").build(), DEFAULTS);

    assertThat(dropped(ask().say(Role.USER, "Hi").rest("audio", "null"))).isEmpty();
    assertThat(upstream.dropped()).containsExactly("logit_bias");
    assertThat(new String(upstream.body(), StandardCharsets.UTF_8)).doesNotContain("logit_bias");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "<html>It works!</html>",
        "[]",
        "{}",
        "null",
        "{\"a\":",
        "\"text\"",
        "{}x"
      })
  void whatIsNoAnswerIsMalformed(String body) {
    assertThatThrownBy(() -> dialect().read(bytes(body)))
        .isInstanceOf(MalformedReplyException.class);
    assertThat(dialect().error(502, bytes(body))).isEqualTo(ProviderError.UNKNOWN);
  }

  @Test
  void errorInAnAnswerWithStatus200IsMalformed() {
    assertThatThrownBy(() -> dialect().read(bytes(errorBody("no"))))
        .isInstanceOf(MalformedReplyException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "[]", "null", "{\"a\":", "1"})
  void whatIsNoEventIsMalformed(String payload) {
    assertThatThrownBy(() -> events(List.of(payload))).isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void framesWithoutDataSayNothing() {
    assertThat(events(List.of(""))).allMatch(ChatEvent.Ping.class::isInstance);
  }

  @Test
  void readsTheProvidersErrorMessage() {
    assertThat(dialect().error(404, bytes(errorBody("no such model"))).message())
        .isEqualTo("no such model");
    assertThat(dialect().error(400, bytes("{\"error\":{\"message\":\"m\",\"type\":\"t\"}}")))
        .isEqualTo(new ProviderError("m", "t", null, null));
  }

  @Test
  void errorInAStreamIsAFailure() {
    assertThat(events(List.of(errorEvent("Overloaded"))))
        .singleElement()
        .isInstanceOfSatisfying(
            ChatEvent.Failure.class,
            failure -> assertThat(failure.message()).isEqualTo("Overloaded"));
  }

  @Property(tries = 400)
  void damagedAnswersThrowNothingElse(@ForAll long seed) {
    Random random = new Random(seed);
    String reply = random.nextBoolean() ? textReply() : callsReply();
    byte[] body = damaged(reply, random);

    assertOnlyMalformed(() -> dialect().read(body));
    assertThatCode(() -> dialect().error(500, body)).doesNotThrowAnyException();
  }

  @Property(tries = 400)
  void damagedFramesThrowNothingElse(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> payloads = random.nextBoolean() ? textStream() : callsStream();
    int victim = random.nextInt(payloads.size());
    ProviderDialect.EventReader reader = dialect().events();

    assertOnlyMalformed(
        () -> {
          for (int i = 0; i < payloads.size(); i++) {
            byte[] data = bytes(payloads.get(i));
            reader.read(frame(i == victim ? damaged(payloads.get(i), random) : data), event -> {});
          }
        });
  }

  /** A user's question, two calls of one turn and their results. */
  protected static Ask toolRound() {
    return ask()
        .say(Role.USER, "Weather and time in Paris?")
        .say(
            Role.ASSISTANT,
            new Content.ToolCall("call_A1", "get_weather", "{\"city\":\"Paris\"}"),
            new Content.ToolCall("call_B2", "get_time", ""))
        .say(Role.TOOL, result("call_A1", "21 degrees"))
        .say(Role.TOOL, result("call_B2", "14:05"))
        .tools(WEATHER, CLOCK);
  }

  protected static Content.ToolResult result(String id, String text) {
    return new Content.ToolResult(id, List.of(new Content.Text(text)), false);
  }

  protected JsonNode written(Ask ask) {
    try {
      return Json.read(dialect().write(ask.build(), DEFAULTS).body());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  protected List<String> dropped(Ask ask) {
    return dialect().write(ask.build(), DEFAULTS).dropped();
  }

  protected @Nullable String refusedParam(Ask ask) {
    RequestException refusal =
        catchThrowableOfType(RequestException.class, () -> dialect().write(ask.build(), DEFAULTS));
    assertThat(refusal.error().status()).isEqualTo(400);
    return refusal.error().param();
  }

  protected List<ChatEvent> events(List<String> payloads) {
    ProviderDialect.EventReader reader = dialect().events();
    List<ChatEvent> events = new ArrayList<>();
    for (String payload : payloads) {
      reader.read(frame(bytes(payload)), events::add);
    }
    return events;
  }

  protected static String text(List<ChatEvent> events) {
    StringBuilder all = new StringBuilder();
    for (ChatEvent event : events) {
      if (event instanceof ChatEvent.Text text) {
        all.append(text.text());
      }
    }
    return all.toString();
  }

  protected static String arguments(List<ChatEvent> events, int index) {
    StringBuilder all = new StringBuilder();
    for (ChatEvent event : events) {
      if (event instanceof ChatEvent.ToolCallArguments more && more.index() == index) {
        all.append(more.json());
      }
    }
    return all.toString();
  }

  protected static List<ChatEvent> finishes(List<ChatEvent> events) {
    return events.stream().filter(ChatEvent.Finish.class::isInstance).toList();
  }

  protected static @Nullable Usage lastUsage(List<ChatEvent> events) {
    Usage last = null;
    for (ChatEvent event : events) {
      if (event instanceof ChatEvent.UsageReport report) {
        last = report.usage();
      }
    }
    return last;
  }

  /** JSON written with single quotes. */
  protected static JsonNode json(String text) {
    try {
      return Json.read(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static Ask ask() {
    return new Ask();
  }

  private static Frame frame(byte[] data) {
    return new Frame(data, null, data);
  }

  private static void assertOnlyMalformed(Runnable reading) {
    try {
      reading.run();
    } catch (MalformedReplyException e) {
      assertThat(e).hasMessageNotContaining("Paris");
    }
  }

  private static byte[] damaged(String payload, Random random) {
    return random.nextBoolean() || !payload.startsWith("{")
        ? damagedBytes(bytes(payload), random)
        : Json.bytes(damagedTree(json(payload), random));
  }

  private static byte[] damagedBytes(byte[] bytes, Random random) {
    byte[] copy = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    if (random.nextBoolean()) {
      copy = bytes.clone();
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private static JsonNode damagedTree(JsonNode root, Random random) {
    List<Runnable> damages = new ArrayList<>();
    String[] odd = {"null", "'x'", "5", "{}", "[]", "true", "-1", "1e400", "99999999999", "[{}]"};
    collect(root, () -> json(odd[random.nextInt(odd.length)]), damages);
    damages.get(random.nextInt(damages.size())).run();
    return root;
  }

  private static void collect(JsonNode node, Supplier<JsonNode> odd, List<Runnable> damages) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        damages.add(() -> object.set(field.getKey(), odd.get()));
        damages.add(() -> object.remove(field.getKey()));
        collect(field.getValue(), odd, damages);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int at = i;
        damages.add(() -> array.set(at, odd.get()));
        collect(array.get(i), odd, damages);
      }
    }
  }

  /** Puts a request together. */
  protected static final class Ask {
    private final List<Message> messages = new ArrayList<>();
    private List<Tool> tools = List.of();
    private @Nullable ToolChoice choice;
    private @Nullable Boolean parallel;
    private @Nullable BigDecimal temperature;
    private @Nullable BigDecimal topP;
    private @Nullable Integer topK;
    private @Nullable Long maxTokens;
    private List<String> stop = List.of();
    private @Nullable Long seed;
    private @Nullable Integer choices;
    private @Nullable BigDecimal penalty;
    private @Nullable Boolean logprobs;
    private @Nullable ResponseFormat format;
    private @Nullable Reasoning reasoning;
    private boolean stream;
    private @Nullable String user;
    private Map<String, JsonNode> metadata = Map.of();
    private Map<String, JsonNode> rest = Map.of();

    public Ask say(Role role, String text) {
      return say(role, new Content.Text(text));
    }

    public Ask say(Role role, Content... content) {
      messages.add(new Message(role, List.of(content)));
      return this;
    }

    public Ask tools(Tool... all) {
      tools = List.of(all);
      return this;
    }

    public Ask choice(ToolChoice value) {
      choice = value;
      return this;
    }

    public Ask oneCallAtATime() {
      parallel = false;
      return this;
    }

    public Ask temperature(String value) {
      temperature = new BigDecimal(value);
      return this;
    }

    public Ask topP(String value) {
      topP = new BigDecimal(value);
      return this;
    }

    public Ask topK(int value) {
      topK = value;
      return this;
    }

    public Ask maxTokens(long value) {
      maxTokens = value;
      return this;
    }

    public Ask stop(String... values) {
      stop = List.of(values);
      return this;
    }

    public Ask seed(long value) {
      seed = value;
      return this;
    }

    public Ask choices(int value) {
      choices = value;
      return this;
    }

    public Ask penalties(String value) {
      penalty = new BigDecimal(value);
      return this;
    }

    public Ask logprobs() {
      logprobs = true;
      return this;
    }

    public Ask format(ResponseFormat value) {
      format = value;
      return this;
    }

    public Ask effort(String value) {
      reasoning = new Reasoning(true, value, null);
      return this;
    }

    public Ask budget(int value) {
      reasoning = new Reasoning(true, null, value);
      return this;
    }

    public Ask withoutThinking() {
      reasoning = new Reasoning(false, null, null);
      return this;
    }

    public Ask streamed() {
      stream = true;
      return this;
    }

    public Ask user(String value) {
      user = value;
      return this;
    }

    public Ask metadata(String name, String value) {
      metadata = Map.of(name, json("'" + value + "'"));
      return this;
    }

    public Ask rest(String name, String value) {
      rest = Map.of(name, json(value));
      return this;
    }

    public ChatRequest build() {
      Sampling sampling =
          new Sampling(
              temperature,
              topP,
              topK,
              maxTokens,
              stop,
              seed,
              choices,
              penalty,
              penalty,
              logprobs,
              null);
      return new ChatRequest(
          "m-1", messages, tools, choice, parallel, sampling, format, reasoning, stream, false,
          user, metadata, rest);
    }
  }
}
