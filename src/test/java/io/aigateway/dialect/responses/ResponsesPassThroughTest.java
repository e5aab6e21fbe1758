package io.aigateway.dialect.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.PassThrough.FrameFacts;
import io.aigateway.error.ApiError;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponsesPassThroughTest {
  private static final Envelope ENVELOPE =
      new Envelope("req-1", "openai", "gpt", 0, true, 1, () -> 3);
  private static final String USAGE =
      "'usage':{'input_tokens':9,'input_tokens_details':{'cached_tokens':4},'output_tokens':6,"
          + "'output_tokens_details':{'reasoning_tokens':2},'total_tokens':15}";

  private final ResponsesPassThrough straight = new ResponsesPassThrough();

  @Test
  void onlyTheModelChangesOnTheWay() {
    byte[] body = json("{ 'previous_response_id':'resp_1', 'model' : 'openai/gpt', 'x':1.0}");
    var request = straight.request(body, new ResponsesCaller().head(body), "gpt");
    assertThat(request.path()).isEqualTo("/responses");
    assertThat(request.body())
        .isEqualTo(json("{ 'previous_response_id':'resp_1', 'model' : 'gpt', 'x':1.0}"));
  }

  @Test
  void proofOfAnotherProviderInTheIdOfACallStaysHere() {
    byte[] body =
        json("{'model':'m','input':[{'type':'function_call','call_id':'c1__sig-gemini-AbC_-'}]}");
    assertThat(straight.request(body, new ResponsesCaller().head(body), "m").body())
        .isEqualTo(json("{'model':'m','input':[{'type':'function_call','call_id':'c1'}]}"));
  }

  @Test
  void wholeResponseTellsItsUsageAndEnd() {
    var facts =
        straight.inspect(
            json(
                "{'status':'incomplete','incomplete_details':{'reason':'max_output_tokens'},"
                    + "'error':null,'model':'gpt','output':[{'type':'x','status':'completed'}],"
                    + USAGE
                    + "}"));
    assertThat(facts.finish()).isEqualTo(FinishReason.LENGTH);
    assertThat(facts.usage()).isEqualTo(new Usage(9, 6, 4, 0, 2, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "<html>",
        "{'output':[",
        "{'object':'response'}",
        "{'output':[],'status':'failed','error':{'message':'x'}}"
      })
  void whatIsNoAnswerIsMalformed(String body) {
    assertThatThrownBy(() -> straight.inspect(json(body)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void lastEventTellsAllAndCarriesTheGatewaysField() throws JsonProcessingException {
    Frame frame =
        frame(
            "response.completed",
            "{'type':'response.completed','response':{'status':'completed','output':[],"
                + USAGE
                + " },'sequence_number':7}");
    FrameFacts facts = straight.reader().read(frame);
    assertThat(facts.end()).isTrue();
    assertThat(facts.content()).isTrue();
    assertThat(facts.finish()).isEqualTo(FinishReason.STOP);
    assertThat(facts.usage()).isEqualTo(new Usage(9, 6, 4, 0, 2, 0, 0));
    String written =
        new String(Objects.requireNonNull(straight.frames(ENVELOPE).write(frame, facts)), UTF_8);
    var json = Json.read(written.substring(written.indexOf('{')));
    assertThat(json.at("/response/x_gateway/provider").asText()).isEqualTo("openai");
    assertThat(json.path("sequence_number").asInt()).isEqualTo(7);
  }

  @Test
  void otherEventsPassAsTheyAre() {
    Frame created = frame("response.created", "{'type':'response.created','response':{}}");
    assertThat(straight.reader().read(created).content()).isFalse();
    assertThat(straight.frames(ENVELOPE).write(created, FrameFacts.NOTHING))
        .isSameAs(created.raw());
    Frame delta = frame("x", "{'type':'response.output_text.delta','delta':'a'}");
    assertThat(straight.reader().read(delta).content()).isTrue();
  }

  @Test
  void failuresAreTold() {
    Frame failed =
        frame(
            "response.failed",
            "{'type':'response.failed','response':{'error':{'code':'server_error','message':'m'}}}");
    assertThat(Objects.requireNonNull(straight.reader().read(failed).failure()).message())
        .isEqualTo("m");
    Frame error = frame("error", "{'type':'error','code':'x','message':'n','param':null}");
    assertThat(Objects.requireNonNull(straight.reader().read(error).failure()).message())
        .isEqualTo("n");
  }

  @Test
  void rateLimitWithinAStreamIsOne() {
    Frame failed =
        frame(
            "response.failed",
            "{'type':'response.failed','response':{'error':{'code':'rate_limit_exceeded',"
                + "'message':'m'}}}");
    assertThat(Objects.requireNonNull(straight.reader().read(failed).failure()).status())
        .isEqualTo(429);
  }

  @Test
  void errorAfterABreakHasTheNextNumber() throws JsonProcessingException {
    var writer = straight.frames(ENVELOPE);
    ApiError error = new ApiError(502, "upstream_error", null, "broke off");
    assertThat(writer.failed(error)).isNull();

    writer.write(
        frame("x", "{'type':'response.created','sequence_number':41}"), FrameFacts.NOTHING);
    writer.write(new Frame(json(": ping"), null, new byte[0]), FrameFacts.NOTHING);
    String written = new String(Objects.requireNonNull(writer.failed(error)), UTF_8);

    assertThat(written).startsWith("event: error\ndata: ");
    JsonNode event = Json.read(written.substring(written.indexOf('{')));
    assertThat(event.path("sequence_number").asInt()).isEqualTo(42);
    assertThat(event.at("/error/message").asText()).isEqualTo("broke off");
  }

  private static Frame frame(String event, String data) {
    byte[] bytes = json(data);
    byte[] raw =
        ("event: " + event + "\ndata: " + data.replace('\'', '"') + "\n\n").getBytes(UTF_8);
    return new Frame(raw, event, bytes);
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
