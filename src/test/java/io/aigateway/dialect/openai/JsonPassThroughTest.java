package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.chat.Usage;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPassThroughTest {
  private final OpenAiCaller caller = new OpenAiCaller();

  @Test
  void onlyTheModelChangesOnTheWay() {
    byte[] body = json("{ 'prompt':'a cat', 'model' : 'openai/m', 'x':1.0}");
    RequestHead head = caller.head(body, Operation.IMAGES);
    var request = line(Operation.IMAGES).request(body, head, "m");
    assertThat(request.path()).isEqualTo("/images/generations");
    assertThat(request.body()).isEqualTo(json("{ 'prompt':'a cat', 'model' : 'm', 'x':1.0}"));
  }

  @Test
  void moderationNeedsNoModelAndStaysAsItIs() {
    byte[] body = json("{'input':'x','stream':true}");
    RequestHead head = caller.head(body, Operation.MODERATIONS);
    assertThat(head.model()).isEqualTo("omni-moderation-latest");
    assertThat(head.stream()).isFalse();
    assertThat(line(Operation.MODERATIONS).request(body, head, "other").body()).isSameAs(body);
  }

  @Test
  void moderationNeedsItsInput() {
    assertThatThrownBy(() -> caller.head(json("{}"), Operation.MODERATIONS))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("input"));
  }

  @Test
  void answerPassesAsItIsAndTellsItsUsage() {
    byte[] body = json("{'data':[],'usage':{'input_tokens':3,'output_tokens':4}}");
    PassThrough line = line(Operation.IMAGES);
    assertThat(line.inspect(body).usage()).isEqualTo(new Usage(3, 4));
    assertThat(line.reply(body, new Envelope("r", "p", "m", 0, false, 1, () -> 1))).isSameAs(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "<html>", "{'results':[", "{'error':{'message':'x'}}"})
  void whatIsNoAnswerIsMalformed(String body) {
    assertThatThrownBy(() -> line(Operation.RERANK).inspect(json(body)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void pictureThatComesAsEventsHasAnEnd() {
    PassThrough line = line(Operation.IMAGES);
    assertThat(line.reader().read(frame("{'type':'image_generation.partial_image'}")).end())
        .isFalse();
    assertThat(line.reader().read(frame("{'type':'image_generation.completed'}")).end()).isTrue();
    assertThat(line.reader().read(frame("{'type':'error','error':{'message':'x'}}")).failure())
        .isNotNull();
  }

  private static PassThrough line(Operation operation) {
    return JsonPassThrough.all().stream()
        .filter(line -> line.dialect().equals(operation.label()))
        .findFirst()
        .orElseThrow();
  }

  private static Frame frame(String data) {
    return new Frame(json("data: " + data + "\n\n"), null, json(data));
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
