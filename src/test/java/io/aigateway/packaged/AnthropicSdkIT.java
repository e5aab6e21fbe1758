package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.ANTHROPIC;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.SseException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Does Anthropic's own Java client work as if it spoke to Anthropic? */
class AnthropicSdkIT {
  private static final AnthropicClient CLIENT = client(GatewayProcess.KEY);

  private static final TypeReference<Map<String, String>> INPUT = new TypeReference<>() {};

  private static final Tool WEATHER =
      Tool.builder()
          .name("weather")
          .description("The weather of a city")
          .inputSchema(
              Tool.InputSchema.builder()
                  .properties(
                      Tool.InputSchema.Properties.builder()
                          .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                          .build())
                  .addRequired("city")
                  .build())
          .build();

  private static AnthropicClient client(String key) {
    return AnthropicOkHttpClient.builder()
        .apiKey(key)
        .baseUrl(GATEWAY.uri("").toString())
        .maxRetries(0)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  private static MessageCreateParams.Builder ask(String model) {
    return MessageCreateParams.builder()
        .model(model)
        .maxTokens(200)
        .system("Be brief.")
        .addUserMessage("Say hello.");
  }

  private static FakeProvider fakeOf(String model) {
    return model.startsWith("claude") ? ANTHROPIC : OPENAI;
  }

  private static Message answered(MessageCreateParams params, boolean streamed) {
    if (!streamed) {
      return CLIENT.messages().create(params);
    }
    MessageAccumulator all = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> stream = CLIENT.messages().createStreaming(params)) {
      stream.stream().forEach(all::accumulate);
    }
    return all.message();
  }

  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-4-5, false",
    "claude-sonnet-4-5, true",
    "gpt-4o, false",
    "gpt-4o, true",
    "llama3, false",
    "llama3, true",
    "demo, false",
    "demo, true"
  })
  void answerIsRead(String model, boolean streamed) {
    Message answer = answered(ask(model).build(), streamed);

    assertThat(answer.content().get(0).text().orElseThrow().text()).startsWith("Hello from");
    assertThat(answer.stopReason()).contains(StopReason.END_TURN);
    assertThat(answer.usage().outputTokens()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"gpt-4o, true", "gpt-4o, false", "claude-x, true", "claude-x, false"})
  void toolsAreCalledTurnAfterTurn(String model, boolean streamed) {
    // given
    fakeOf(model)
        .next(
            Behaviour.callsTool("call_1", "weather", "{\"city\":\"Bonn\"}")
                .toolCall("call_2", "weather", "{\"city\":\"Rome\"}"),
            Behaviour.callsTool("call_3", "weather", "{\"city\":\"Oslo\"}")
                .toolCall("call_4", "weather", "{\"city\":\"Lima\"}"),
            Behaviour.answer("Sunny everywhere."));
    MessageCreateParams.Builder conversation = ask(model).addTool(WEATHER);

    // when
    List<String> first = turn(conversation, streamed);
    List<String> second = turn(conversation, streamed);
    Message last = answered(conversation.build(), streamed);

    // then
    assertThat(first).containsExactly("Bonn", "Rome");
    assertThat(second).containsExactly("Oslo", "Lima");
    assertThat(last.content().get(0).text().orElseThrow().text()).isEqualTo("Sunny everywhere.");
    assertThat(last.stopReason()).contains(StopReason.END_TURN);
    assertThat(fakeOf(model).calls()).hasSize(3);
    assertThat(answeredIds(fakeOf(model).lastCall().json()))
        .containsExactly("call_1", "call_2", "call_3", "call_4");
  }

  /** Lets the model call its tools, answers each call, and gives the cities asked for. */
  private static List<String> turn(MessageCreateParams.Builder conversation, boolean streamed) {
    Message answer = answered(conversation.build(), streamed);
    assertThat(answer.stopReason()).contains(StopReason.TOOL_USE);
    List<ToolUseBlock> calls =
        answer.content().stream()
            .map(ContentBlock::toolUse)
            .flatMap(call -> call.stream())
            .toList();
    conversation.addMessage(answer);
    conversation.addUserMessageOfContentBlockParams(
        calls.stream()
            .map(
                call ->
                    ContentBlockParam.ofToolResult(
                        ToolResultBlockParam.builder()
                            .toolUseId(call.id())
                            .content("Sunny")
                            .build()))
            .toList());
    return calls.stream().map(call -> call._input().convert(INPUT).get("city")).toList();
  }

  /** The calls to which the provider was given results, in either dialect. */
  private static List<String> answeredIds(JsonNode request) {
    List<String> ids = request.findValuesAsText("tool_use_id");
    return ids.isEmpty() ? request.findValuesAsText("tool_call_id") : ids;
  }

  @Test
  void anthropicCountsTheTokensItself() {
    ANTHROPIC.always(Behaviour.json("{\"input_tokens\":4711}"));

    assertThat(count("claude-sonnet-4-5")).isEqualTo(4711);
    assertThat(ANTHROPIC.lastCall().path()).isEqualTo("/v1/messages/count_tokens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "llama3", "demo"})
  void tokensAreEstimatedForProvidersThatCannotCount(String model) {
    assertThat(count(model)).isBetween(1L, 50L);
    assertThat(OPENAI.calls()).isEmpty();
  }

  private static long count(String model) {
    return CLIENT
        .messages()
        .countTokens(
            MessageCountTokensParams.builder().model(model).addUserMessage("Say hello.").build())
        .inputTokens();
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-x", "gpt-4o"})
  void errorsHaveTheClientsOwnTypes(String model) {
    fakeOf(model)
        .next(
            Behaviour.status(429),
            Behaviour.status(500),
            Behaviour.status(400, "messages: too odd"));

    RateLimitException limited =
        catchThrowableOfType(RateLimitException.class, () -> answered(ask(model).build(), false));
    assertThat(limited.headers().values("retry-after")).containsExactly("5");
    assertThat(type(limited)).isEqualTo("rate_limit_error");
    assertThat(
            type(
                catchThrowableOfType(
                    InternalServerException.class, () -> answered(ask(model).build(), false))))
        .isEqualTo("api_error");
    BadRequestException odd =
        catchThrowableOfType(BadRequestException.class, () -> answered(ask(model).build(), true));
    assertThat(type(odd)).isEqualTo("invalid_request_error");
    assertThat(odd).hasMessageContaining("too odd");
  }

  @Test
  void refusalsOfTheGatewayHaveTheClientsOwnTypes() {
    assertThat(
            type(
                catchThrowableOfType(
                    UnauthorizedException.class,
                    () -> client("wrong").messages().create(ask("claude-x").build()))))
        .isEqualTo("authentication_error");
    assertThat(
            type(
                catchThrowableOfType(
                    NotFoundException.class, () -> answered(ask("nobody/x").build(), false))))
        .isEqualTo("not_found_error");
    assertThat(
            type(
                catchThrowableOfType(
                    BadRequestException.class,
                    () ->
                        answered(
                            ask("gpt-4o")
                                .putAdditionalBodyProperty("container", JsonValue.from("c"))
                                .build(),
                            false))))
        .isEqualTo("invalid_request_error");
  }

  private static String type(AnthropicServiceException error) {
    return error.type().orElseThrow().asString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-x", "gpt-4o"})
  void streamThatBreaksIsAnError(String model) {
    fakeOf(model).always(Behaviour.answer("one two three").cutAfter(2));

    assertThatThrownBy(() -> answered(ask(model).build(), true))
        .isInstanceOf(SseException.class)
        .hasMessageContaining("broke off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-x", "gpt-4o"})
  void closingTheStreamEndsTheProvidersCall(String model) {
    fakeOf(model).always(Behaviour.answer("one two three").silentAfter(2));

    try (StreamResponse<RawMessageStreamEvent> stream =
        CLIENT.messages().createStreaming(ask(model).build())) {
      assertThat(stream.stream().limit(3).count()).isEqualTo(3);
    }

    fakeOf(model).awaitOpenCalls(0, Duration.ofSeconds(1));
  }
}
