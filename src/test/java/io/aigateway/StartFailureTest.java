package io.aigateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.settings.Address;
import io.aigateway.settings.SettingsException;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.ApplicationContextException;

class StartFailureTest {
  private static final Address ADDRESS = new Address("", 8080);

  @Test
  void portInUseNamesTheVariable() {
    Throwable failure =
        new ApplicationContextException(
            "bean", new IllegalStateException(new BindException("Address already in use")));

    assertThat(StartFailure.describe(failure, ADDRESS))
        .isEqualTo("can't listen on ADDR=:8080: Address already in use");
  }

  @Test
  void nativeTransportsPortInUseIsKnownToo() {
    Throwable failure = new IOException("bind(..) failed: Address already in use");

    assertThat(StartFailure.describe(failure, ADDRESS))
        .isEqualTo("can't listen on ADDR=:8080: bind(..) failed: Address already in use");
  }

  @Test
  void springsWrappingIsLeftOutAndTheRootIsSaid() {
    Throwable failure =
        new BeanCreationException(
            "bean", "can't", new IllegalStateException("route chat", new IOException("no\n file")));

    assertThat(StartFailure.describe(failure, ADDRESS)).isEqualTo("route chat: no file");
  }

  @Test
  void failureWithoutMessageIsNamedByItsClass() {
    assertThat(StartFailure.describe(new IllegalStateException(), ADDRESS))
        .isEqualTo("IllegalStateException");
  }

  @Test
  void veryLongMessagesAreCut() {
    assertThat(StartFailure.describe(new IllegalStateException("x".repeat(9_999)), ADDRESS))
        .hasSizeLessThan(600);
  }

  @Test
  void faultsOfTheSettingsAreFoundInsideABeansFailure() {
    SettingsException settings = new SettingsException(List.of());

    assertThat(StartFailure.settings(new BeanCreationException("bean", "can't", settings)))
        .contains(settings);
    assertThat(StartFailure.settings(new IllegalStateException())).isEmpty();
  }

  @Test
  void springsOwnReportIsNotPrinted() {
    assertThat(new StartFailure().reportException(new IllegalStateException())).isTrue();
  }
}
