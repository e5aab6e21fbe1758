package io.aigateway.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Channel;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.bean.BeanProcessor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.ProcessorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepProcessorFactoryTest {

  /** Steps that promise to return at once. */
  @InMemory
  public static final class Quick {
    final CompletableFuture<String> later = new CompletableFuture<>();
    volatile boolean waited;

    public void nothing(Exchange exchange) {
      Var.MODEL.set(exchange, "set");
    }

    public String body(Exchange exchange) {
      return exchange.getMessage().getBody() + "!";
    }

    public CompletionStage<String> later(Exchange exchange) {
      waited = true;
      return later;
    }

    public CompletionStage<String> brokenLater(Exchange exchange) {
      return CompletableFuture.failedFuture(
          new CompletionException(new IllegalStateException("late")));
    }

    public void broken(Exchange exchange) throws Exception {
      throw new IOException("no");
    }

    public String text(String body) {
      return body + "?";
    }
  }

  /** A bean of somebody who promises nothing. */
  public static final class Slow {
    public String body(Exchange exchange) {
      return "slow";
    }
  }

  private final Quick quick = new Quick();
  private final DefaultCamelContext context = new DefaultCamelContext();

  @BeforeEach
  void start() throws Exception {
    context
        .getCamelContextExtension()
        .addContextPlugin(ProcessorFactory.class, new StepProcessorFactory());
    context.getRegistry().bind("quick", quick);
    context.getRegistry().bind("slow", new Slow());
    for (String method : List.of("nothing", "body", "later", "brokenLater", "broken", "text")) {
      add("quick", method);
    }
    add("slow", "body");
    context.start();
  }

  private void add(String ref, String method) throws Exception {
    BeanDefinition step = new BeanDefinition();
    step.setRef(ref);
    step.setMethod(method);
    RouteDefinition route = new RouteDefinition().from("direct:" + ref + "-" + method);
    route.routeId(ref + "-" + method).errorHandler(new NoErrorHandlerDefinition());
    route.addOutput(step);
    context.addRouteDefinition(route);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void methodThatReturnsNothingLeavesTheBody() {
    Exchange done = send("quick-nothing");

    assertThat(done.getMessage().getBody()).isEqualTo("hello");
    assertThat(Var.MODEL.get(done)).isEqualTo("set");
  }

  @Test
  void whatAMethodReturnsBecomesTheBody() {
    assertThat(send("quick-body").getMessage().getBody()).isEqualTo("hello!");
  }

  @Test
  void promisedBodyIsWaitedFor() throws Exception {
    Future<Exchange> done =
        context.createFluentProducerTemplate().to("direct:quick-later").asyncSend();
    await().until(() -> quick.waited);
    assertThat(done.isDone()).isFalse();

    quick.later.complete("at last");

    assertThat(done.get(10, TimeUnit.SECONDS).getMessage().getBody()).isEqualTo("at last");
  }

  @Test
  void whatIsThrownIsTheExchangesException() {
    assertThat(send("quick-broken").getException()).isInstanceOf(IOException.class);
    assertThat(send("quick-brokenLater").getException())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("late");
  }

  @Test
  void onlyBeansThatReturnAtOnceAreCalledDirectly() {
    assertThat(step("quick-body")).isInstanceOf(StepProcessor.class);
    assertThat(step("slow-body")).isInstanceOf(BeanProcessor.class);
    assertThat(send("slow-body").getMessage().getBody()).isEqualTo("slow");
  }

  @Test
  void methodWithBoundParametersIsLeftToCamel() {
    assertThat(step("quick-text")).isInstanceOf(BeanProcessor.class);
    assertThat(send("quick-text").getMessage().getBody()).isEqualTo("hello?");
  }

  private Processor step(String route) {
    Processor first = context.getRoute(route).navigate().next().get(0);
    return first instanceof Channel channel ? channel.getNextProcessor() : first;
  }

  private Exchange send(String route) {
    return context
        .createFluentProducerTemplate()
        .to("direct:" + route)
        .withProcessor(exchange -> exchange.getMessage().setBody("hello"))
        .send();
  }
}
