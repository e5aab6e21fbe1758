package io.aigateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class CallerMessageTest {
  private final MultiMap sent =
      HttpHeaders.headers()
          .set("x-team", "search")
          .set("authorization", "Bearer secret")
          .set("CamelHttpUri", "http://elsewhere");
  private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

  CallerMessageTest() {
    exchange.setIn(new CallerMessage(exchange.getContext(), sent));
  }

  @Test
  void showsTheCallersHeadersButNoSecretAndNothingOfCamels() {
    assertThat(exchange.getMessage().getHeader("X-Team")).isEqualTo("search");
    assertThat(exchange.getMessage().getHeader("authorization")).isNull();
    assertThat(exchange.getMessage().getHeader("CamelHttpUri")).isNull();
    assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys("x-team");
  }

  @Test
  void copyHasTheHeadersAlsoWhenTheCallersAreGone() {
    Exchange copy = exchange.copy();
    sent.clear();

    assertThat(copy.getMessage().getHeader("x-team")).isEqualTo("search");
  }
}
