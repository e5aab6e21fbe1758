package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.ANTHROPIC;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Does OpenAI's own Java client work as if it spoke to OpenAI? */
class OpenAiSdkIT {
  private static final OpenAIClient CLIENT = client(GatewayProcess.KEY);

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .apiKey(key)
        .baseUrl(GATEWAY.uri("/v1").toString())
        .maxRetries(0)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  /** A tool, as the client derives its schema from a class. */
  @com.fasterxml.jackson.annotation.JsonClassDescription("The weather of a city")
  static final class Weather {
    @com.fasterxml.jackson.annotation.JsonPropertyDescription("The city")
    public String city = "";
  }

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  private static ChatCompletionCreateParams.Builder ask(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .addSystemMessage("Be brief.")
        .addUserMessage("Say hello.");
  }

  private static FakeProvider fakeOf(String model) {
    return model.startsWith("claude") ? ANTHROPIC : OPENAI;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "claude-sonnet-4-5", "llama3", "demo"})
  void wholeAnswerIsRead(String model) {
    ChatCompletion answer = CLIENT.chat().completions().create(ask(model).build());

    assertThat(answer.choices().get(0).message().content().orElseThrow()).startsWith("Hello from");
    assertThat(answer.choices().get(0).finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(answer.usage().orElseThrow().promptTokens()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "claude-sonnet-4-5", "llama3", "demo"})
  void streamIsReadToItsEnd(String model) {
    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();

    try (StreamResponse<ChatCompletionChunk> stream =
        CLIENT.chat().completions().createStreaming(ask(model).build())) {
      stream.stream().forEach(all::accumulate);
    }

    ChatCompletion answer = all.chatCompletion();
    assertThat(answer.choices().get(0).message().content().orElseThrow()).startsWith("Hello from");
    assertThat(answer.choices().get(0).finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
  }

  @ParameterizedTest
  @CsvSource({"gpt-4o, false", "gpt-4o, true", "claude-x, false", "claude-x, true"})
  void toolCallsAreRead(String model, boolean streamed) {
    fakeOf(model)
        .always(
            Behaviour.callsTool("call_1", "Weather", "{\"city\":\"Bonn\"}")
                .toolCall("call_2", "Weather", "{\"city\":\"Rome\"}"));
    ChatCompletionCreateParams params = ask(model).addTool(Weather.class).build();

    ChatCompletion answer;
    if (streamed) {
      ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
      try (StreamResponse<ChatCompletionChunk> stream =
          CLIENT.chat().completions().createStreaming(params)) {
        stream.stream().forEach(all::accumulate);
      }
      answer = all.chatCompletion();
    } else {
      answer = CLIENT.chat().completions().create(params);
    }

    List<String> cities =
        answer.choices().get(0).message().toolCalls().orElseThrow().stream()
            .map(call -> call.asFunction().function().arguments(Weather.class).city)
            .toList();
    assertThat(cities).containsExactly("Bonn", "Rome");
    assertThat(answer.choices().get(0).finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    assertThat(fakeOf(model).lastCall().json().at("/tools/0").toString()).contains("Weather");
  }

  @Test
  void structuredOutputIsRead() {
    OPENAI.always(Behaviour.answer("{\"city\":\"Bonn\"}"));
    StructuredChatCompletionCreateParams<Weather> params =
        ask("gpt-4o").responseFormat(Weather.class).build();

    Weather weather =
        CLIENT.chat().completions().create(params).choices().get(0).message().content().stream()
            .findFirst()
            .orElseThrow();

    assertThat(weather.city).isEqualTo("Bonn");
    assertThat(OPENAI.lastCall().json().at("/response_format/type").asText())
        .isEqualTo("json_schema");
  }

  @Test
  void errorsHaveTheClientsOwnTypes() {
    assertThatThrownBy(() -> client("wrong").chat().completions().create(ask("gpt-4o").build()))
        .isInstanceOf(UnauthorizedException.class);
    assertThatThrownBy(() -> CLIENT.chat().completions().create(ask("nobody/x").build()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> CLIENT.models().retrieve("nothing"))
        .isInstanceOf(NotFoundException.class);
    OPENAI.next(Behaviour.status(429), Behaviour.status(500), Behaviour.status(400));
    assertThatThrownBy(() -> CLIENT.chat().completions().create(ask("gpt-4o").build()))
        .isInstanceOf(RateLimitException.class)
        .satisfies(
            e ->
                assertThat(((OpenAIServiceException) e).headers().values("retry-after"))
                    .containsExactly("5"));
    assertThatThrownBy(() -> CLIENT.chat().completions().create(ask("gpt-4o").build()))
        .isInstanceOf(InternalServerException.class);
    assertThatThrownBy(() -> CLIENT.chat().completions().create(ask("gpt-4o").build()))
        .isInstanceOf(BadRequestException.class)
        .satisfies(
            e ->
                assertThat(((OpenAIServiceException) e).param().orElseThrow())
                    .isEqualTo("messages"));
  }

  @Test
  void streamThatBreaksIsAnError() {
    OPENAI.always(Behaviour.answer("one two three").cutAfter(2));

    try (StreamResponse<ChatCompletionChunk> stream =
        CLIENT.chat().completions().createStreaming(ask("gpt-4o").build())) {
      assertThatThrownBy(() -> stream.stream().forEach(chunk -> {}))
          .isInstanceOf(SseException.class)
          .hasMessageContaining("broke off");
    }
  }

  @Test
  void closingTheStreamEndsTheProvidersCall() {
    OPENAI.always(Behaviour.answer("one two three").silentAfter(2));

    try (StreamResponse<ChatCompletionChunk> stream =
        CLIENT.chat().completions().createStreaming(ask("gpt-4o").build())) {
      assertThat(stream.stream().limit(2).count()).isEqualTo(2);
    }

    OPENAI.awaitOpenCalls(0, Duration.ofSeconds(1));
  }

  @Test
  void modelsAreListed() {
    assertThat(CLIENT.models().list().data())
        .anyMatch(model -> model.id().equals("openai/gpt-4o"))
        .anyMatch(model -> model.id().equals("demo/demo"))
        .noneMatch(model -> model.id().startsWith("mistral/"));
    assertThat(CLIENT.models().retrieve("gpt-4o").ownedBy()).isEqualTo("openai");
  }
}
