package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Answer;
import io.aigateway.wire.JsonBytes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/** Writes a provider's answer in the caller's dialect. */
@InMemory
@RouteStep
public final class WriteChat {
  private final Map<String, PassThrough> passThroughs = new TreeMap<>();
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock monotonic, nanoseconds
   */
  public WriteChat(List<PassThrough> passThroughs, LongSupplier nanoClock) {
    passThroughs.forEach(straight -> this.passThroughs.put(straight.dialect(), straight));
    this.nanoClock = nanoClock;
  }

  /** The answer to a chat request, whole or streamed. */
  public HttpAnswer chat(Exchange exchange) {
    Call call = Call.of(exchange);
    Answer answer = exchange.getMessage().getBody(Answer.class);
    call.status(200);
    return GatewayHeaders.add(write(call, answer), call);
  }

  /** The number of tokens of a chat request: as the provider counted them, or an estimate. */
  public HttpAnswer countTokens(Exchange exchange) {
    Call call = Call.of(exchange);
    Answer answer = exchange.getMessage().getBody(Answer.class);
    call.status(200);
    if (answer instanceof Answer.Estimated estimated) {
      byte[] body =
          new JsonBytes()
              .beginObject()
              .field("input_tokens", estimated.inputTokens())
              .endObject()
              .toBytes();
      return GatewayHeaders.add(HttpAnswer.json(200, body), call)
          .header("x-gateway-estimated", "true");
    }
    return GatewayHeaders.add(HttpAnswer.json(200, ((Answer.Passed) answer).body()), call);
  }

  private HttpAnswer write(Call call, Answer answer) {
    Envelope envelope = envelope(call);
    if (answer instanceof Answer.Passed passed) {
      return HttpAnswer.whole(
          200, passed.contentType(), straight(call).reply(passed.body(), envelope));
    }
    if (answer instanceof Answer.Translated translated) {
      return HttpAnswer.json(200, call.dialect().write(translated.reply(), envelope));
    }
    if (answer instanceof Answer.Embedded vectors) {
      return HttpAnswer.json(
          200, call.dialect().embeddings().write(vectors.reply(), call.embedRequest(), envelope));
    }
    Answer.Streamed streamed = (Answer.Streamed) answer;
    String type = streamed.contentType();
    StreamedAnswer body =
        new StreamedAnswer(
            call, streamed.stream(), envelope, passThroughs.get(call.line()), type == null);
    return type == null ? HttpAnswer.events(body) : HttpAnswer.stream(type, body);
  }

  private PassThrough straight(Call call) {
    return Objects.requireNonNull(
        passThroughs.get(call.line()), "bytes passed without a straight line");
  }

  private Envelope envelope(Call call) {
    return new Envelope(
        call.id(),
        Objects.requireNonNull(call.answeredBy()),
        Objects.requireNonNull(call.modelSent()),
        call.createdSeconds(),
        call.head().streamUsage(),
        call.head().choices(),
        () -> call.operation() == Operation.CHAT ? call.blobs().slim() : call.body(),
        () -> TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - call.startedNanos()));
  }
}
