package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.ANTHROPIC;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OLLAMA;
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
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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

  private static ResponseCreateParams.Builder respond(String model) {
    return ResponseCreateParams.builder()
        .model(model)
        .instructions("Be brief.")
        .input("Say hello.");
  }

  private static Response responded(ResponseCreateParams params, boolean streamed) {
    if (!streamed) {
      return CLIENT.responses().create(params);
    }
    ResponseAccumulator all = ResponseAccumulator.create();
    try (StreamResponse<ResponseStreamEvent> stream = CLIENT.responses().createStreaming(params)) {
      stream.stream().forEach(all::accumulate);
    }
    return all.response();
  }

  private static String text(Response response) {
    return response.output().stream()
        .flatMap(item -> item.message().stream())
        .flatMap(message -> message.content().stream())
        .map(content -> content.asOutputText().text())
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-4-5, false",
    "claude-sonnet-4-5, true",
    "llama3, false",
    "llama3, true",
    "demo, false",
    "demo, true"
  })
  void responseIsRead(String model, boolean streamed) {
    Response response = responded(respond(model).build(), streamed);

    assertThat(text(response)).startsWith("Hello from");
    assertThat(response.status()).contains(ResponseStatus.COMPLETED);
    assertThat(response.usage().orElseThrow().outputTokens()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void functionsAreCalledInResponses(boolean streamed) {
    // given
    ANTHROPIC.next(
        Behaviour.callsTool("call_1", "Weather", "{\"city\":\"Bonn\"}")
            .toolCall("call_2", "Weather", "{\"city\":\"Rome\"}"),
        Behaviour.answer("Sunny in both."));
    ResponseCreateParams.Builder params = respond("claude-x").addTool(Weather.class);

    // when
    List<ResponseFunctionToolCall> calls =
        responded(params.build(), streamed).output().stream()
            .flatMap(item -> item.functionCall().stream())
            .toList();
    List<ResponseInputItem> turns = new ArrayList<>();
    calls.forEach(call -> turns.add(ResponseInputItem.ofFunctionCall(call)));
    calls.forEach(
        call ->
            turns.add(
                ResponseInputItem.ofFunctionCallOutput(
                    ResponseInputItem.FunctionCallOutput.builder()
                        .callId(call.callId())
                        .output("Sunny")
                        .build())));
    Response last = responded(params.inputOfResponse(turns).build(), streamed);

    // then
    assertThat(calls)
        .extracting(call -> call.arguments(Weather.class).city)
        .containsExactly("Bonn", "Rome");
    assertThat(text(last)).isEqualTo("Sunny in both.");
    assertThat(ANTHROPIC.lastCall().json().findValuesAsText("tool_use_id"))
        .containsExactly("call_1", "call_2");
  }

  @Test
  void vectorsAreRead() {
    OPENAI.always(
        Behaviour.json(
            """
            {"object":"list","model":"text-embedding-3-small","data":[
              {"object":"embedding","index":0,"embedding":[0.5,0.25]},
              {"object":"embedding","index":1,"embedding":[-0.5,0.75]}],
             "usage":{"prompt_tokens":4,"total_tokens":4}}
            """));

    assertVectors("text-embedding-3-small");
  }

  @Test
  void vectorsOfOllamaAreReadToo() {
    OLLAMA.always(
        Behaviour.json(
            """
            {"model":"nomic-embed-text","embeddings":[[0.5,0.25],[-0.5,0.75]],"prompt_eval_count":4}
            """));

    assertVectors("ollama/nomic-embed-text");
  }

  private static void assertVectors(String model) {
    CreateEmbeddingResponse answer =
        CLIENT
            .embeddings()
            .create(
                EmbeddingCreateParams.builder()
                    .model(model)
                    .inputOfArrayOfStrings(List.of("one", "two"))
                    .build());

    assertThat(answer.data().get(0).embedding()).containsExactly(0.5f, 0.25f);
    assertThat(answer.data().get(1).embedding()).containsExactly(-0.5f, 0.75f);
    assertThat(answer.usage().promptTokens()).isEqualTo(4);
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
