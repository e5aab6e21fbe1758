package io.aigateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTest {
  private final Routing<String> routing = new Routing<>();

  @BeforeEach
  void open() {
    routing.open("/", true, Set.of(), "rest");
    routing.open("/v1/models", false, Set.of("GET"), "models");
    routing.open("/v1/models/", true, Set.of("GET"), "model");
    routing.open("/v1/chat", false, Set.of("POST", "PUT"), "chat");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/models, models",
    "GET, /v1/models/, model",
    "GET, /v1/models/a/b, model",
    "POST, /v1/models/a, rest",
    "POST, /v1/models, rest",
    "POST, /v1/chat, chat",
    "PUT, /v1/chat, chat",
    "GET, /v1/chat, rest",
    "GET, /V1/models, rest",
    "GET, /, rest"
  })
  void exactPathComesBeforeTheLongestPrefix(String method, String path, String door) {
    assertThat(routing.find(method, path)).isEqualTo(door);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /things/a, one",
    "GET, /things/a%2Fb, one",
    "GET, /things/a/parts/b, part",
    "PUT, /things/a, change",
    "GET, /things/, rest",
    "GET, /things//parts/b, rest",
    "GET, /things/a/, rest",
    "GET, /things/a/parts, rest",
    "GET, /thingsx/a, rest",
    "GET, /things/known, known",
    "POST, /things/a, rest"
  })
  void segmentInBracesIsAnyText(String method, String path, String door) {
    routing.open("/things/{id}", false, Set.of("GET"), "one");
    routing.open("/things/{id}", false, Set.of("PUT"), "change");
    routing.open("/things/{id}/parts/{part}", false, Set.of("GET"), "part");
    routing.open("/things/known", false, Set.of("GET"), "known");

    assertThat(routing.find(method, path)).isEqualTo(door);
    assertThat(routing.methods("/things/a")).containsExactly("GET", "PUT");
  }

  @Test
  void methodsOfAPathAreThoseOfItsOwnDoors() {
    assertThat(routing.methods("/v1/chat")).containsExactly("POST", "PUT");
    assertThat(routing.methods("/nothing")).isEmpty();
  }

  @Test
  void doorThatIsClosedServesNoMore() {
    routing.close("chat");
    routing.close("rest");

    assertThat(routing.find("POST", "/v1/chat")).isNull();
    assertThat(routing.methods("/v1/chat")).isEmpty();
  }

  @Test
  void doorThatOpensTwiceIsThereOnce() {
    routing.open("/v1/other", false, Set.of(), "chat");

    assertThat(routing.find("POST", "/v1/chat")).isEqualTo("rest");
    assertThat(routing.find("POST", "/v1/other")).isEqualTo("chat");
  }
}
