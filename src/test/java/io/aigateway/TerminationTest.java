package io.aigateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.support.GenericApplicationContext;

class TerminationTest {
  private final List<String> steps = Collections.synchronizedList(new ArrayList<>());
  private final Termination termination =
      new Termination(code -> steps.add("halt " + code), () -> steps.add("logs"));

  @Test
  void signalClosesTheContextThenWritesLogsThenEndsWithZero() {
    termination.close(context(() -> steps.add("closed")));

    termination.run();

    assertThat(steps).containsExactly("closed", "logs", "halt 0");
    assertThat(termination.underWay()).isTrue();
  }

  @Test
  void signalBeforeThereIsAContextEndsWithZero() {
    termination.run();

    assertThat(steps).containsExactly("logs", "halt 0");
  }

  @Test
  void beanThatFailsToCloseDoesNotKeepTheProcess() {
    termination.close(
        context(
            () -> {
              throw new IllegalStateException("can't close");
            }));

    termination.run();

    assertThat(steps).containsExactly("logs", "halt 0");
  }

  @Test
  @Timeout(20)
  void beanThatHangsIsCutOffAtTheLimit() throws InterruptedException {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    termination.limit(Duration.ofMillis(800));
    termination.close(
        context(
            () -> {
              closing.countDown();
              never.await();
            }));

    termination.run();

    assertThat(closing.await(0, TimeUnit.SECONDS)).isTrue();
    assertThat(steps).containsExactly("logs", "halt 0");
    never.countDown();
  }

  private static GenericApplicationContext context(DisposableBean bean) {
    GenericApplicationContext context = new GenericApplicationContext();
    context.registerBean("bean", DisposableBean.class, () -> bean);
    context.refresh();
    return context;
  }
}
