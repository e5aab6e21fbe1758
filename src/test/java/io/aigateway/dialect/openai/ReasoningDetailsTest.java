package io.aigateway.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import io.aigateway.wire.Json;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What is kept of OpenRouter's thoughts, and what does it cost? */
class ReasoningDetailsTest {
  private static JsonNode delta(int index, String field, String more) {
    ObjectNode delta = Json.object();
    delta
        .putArray("reasoning_details")
        .addObject()
        .put("type", "reasoning." + field)
        .put("index", index)
        .put(field, more);
    return delta;
  }

  private static ArrayNode restored(ReasoningDetails details) {
    ArrayNode all = Json.array();
    ReasoningDetails.restore(details.signature(), all);
    return all;
  }

  @Test
  void thoughtOfManyPiecesIsNotCopiedWithEachOfThem() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int pieces = 20_000;
    JsonNode piece = delta(0, "data", "0123456789abcdefghij");
    ReasoningDetails details = new ReasoningDetails();
    details.add(piece.deepCopy());

    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int i = 1; i < pieces; i++) {
      details.add(piece);
    }
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

    assertThat(allocated).as("bytes for 400,000 characters").isLessThan(40_000_000);
    assertThat(restored(details).path(0).path("data").textValue()).hasSize(20 * pieces);
  }

  @Test
  void eachThoughtHasItsOwnText() {
    ReasoningDetails details = new ReasoningDetails();
    details.add(delta(0, "summary", "a"));
    details.add(delta(0, "summary", "b"));
    details.add(delta(0, "summary", "c"));
    details.add(delta(1, "data", "d"));
    details.add(delta(1, "data", "e"));
    details.add(delta(0, "summary", "f"));

    ArrayNode all = restored(details);

    assertThat(all).hasSize(3);
    assertThat(all.path(0).path("summary").textValue()).isEqualTo("abc");
    assertThat(all.path(1).path("data").textValue()).isEqualTo("de");
    assertThat(all.path(2).path("summary").textValue()).isEqualTo("f");
  }

  @Test
  void thoughtThatIsTooLargeIsForgotten() {
    String large = "x".repeat(ReasoningDetails.LARGEST / 8);
    ReasoningDetails details = new ReasoningDetails();
    for (int i = 0; i < 7; i++) {
      details.add(delta(0, "data", large));
    }
    assertThat(details.signature()).isNotNull();

    details.add(delta(0, "data", large));
    details.add(delta(1, "data", "x"));

    assertThat(details.signature()).isNull();
  }
}
