package io.aigateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.call.Var;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.http.StubRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class RouteMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RouteMeters meters = new RouteMeters(registry);

  @Test
  void routeKeepsItsCountsWhenAnotherSetComes() throws Exception {
    CamelContext first = started();
    send(first, "direct:good");
    CamelContext second = started();
    send(first, "direct:good");
    first.stop();

    send(second, "direct:good");

    assertThat(count("total", "good")).isEqualTo(3);
    assertThat(count("failed", "good")).isZero();
    assertThat(registry.get("camel.exchanges.inflight").tag("routeId", "good").gauge().value())
        .isZero();
    second.stop();
  }

  @Test
  void exceptionsAreCounted() throws Exception {
    CamelContext context = started();
    send(context, "direct:bad");
    assertThat(count("total", "bad")).isEqualTo(1);
    assertThat(count("failed", "bad")).isEqualTo(1);
    assertThat(count("total", "good")).isZero();
    context.stop();
  }

  @Test
  void warmUpLeavesNoTrace() throws Exception {
    CamelContext context = started();
    Call call =
        new Call(new StubRequest("/"), new OpenAiCaller(), Operation.CHAT, "id", 0, 0, true);
    try (ProducerTemplate template = context.createProducerTemplate()) {
      template.send("direct:good", exchange -> Var.CALL.set(exchange, call));
    }
    assertThat(count("total", "good")).isZero();
    assertThat(registry.get("camel.exchanges.inflight").tag("routeId", "good").gauge().value())
        .isZero();
    context.stop();
  }

  private double count(String what, String route) {
    return registry
        .get("camel.exchanges." + what)
        .tag("routeId", route)
        .tag("kind", "CamelRoute")
        .functionCounter()
        .count();
  }

  private CamelContext started() throws Exception {
    CamelContext context = new DefaultCamelContext();
    context.addRoutePolicyFactory(meters);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:good").routeId("good").setBody(constant(List.of()));
            from("direct:bad").routeId("bad").throwException(new IllegalStateException("no"));
          }
        });
    context.start();
    return context;
  }

  private static void send(CamelContext context, String to) {
    try (ProducerTemplate template = context.createProducerTemplate()) {
      template.send(to, exchange -> {});
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
