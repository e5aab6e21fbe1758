package io.aigateway.targets;

import com.sun.management.ThreadMXBean;
import io.aigateway.call.Var;
import java.lang.management.ManagementFactory;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;

/**
 * What does a failover of two targets cost when the first one serves, beside Camel's own? Prints
 * nanoseconds and bytes an exchange, which include the exchange itself.
 */
public final class FailoverCost {
  private static final int ROUNDS = 8;
  private static final int CALLS = 300_000;
  private static final String RULE =
      RuleBench.failover("exception: [io.aigateway.error.TargetException]", "a", "b");

  private FailoverCost() {}

  public static void main(String[] args) throws Exception {
    try (RuleBench stock = RuleBench.stock(RULE);
        RuleBench own = RuleBench.of(RULE);
        RuleBench bare = RuleBench.of("- to: target:a")) {
      for (int round = 0; round < ROUNDS; round++) {
        measure("no choice", bare);
        measure("Camel's  ", stock);
        measure("own      ", own);
      }
    }
  }

  private static void measure(String name, RuleBench bench) throws Exception {
    AsyncProducer producer =
        (AsyncProducer) bench.context.getEndpoint("direct:rule").createProducer();
    producer.start();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long me = Thread.currentThread().getId();
    long allocated = threads.getThreadAllocatedBytes(me);
    long began = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      Exchange exchange = new DefaultExchange(bench.context);
      exchange.getIn().setBody("body");
      Var.MODEL.set(exchange, "model");
      Var.PROVIDER.set(exchange, "");
      Var.TENANT.set(exchange, "default");
      producer.process(exchange, doneSync -> {});
      bench.asked.clear();
    }
    long nanos = System.nanoTime() - began;
    System.out.printf(
        "%s %6d ns %6d bytes%n",
        name, nanos / CALLS, (threads.getThreadAllocatedBytes(me) - allocated) / CALLS);
  }
}
