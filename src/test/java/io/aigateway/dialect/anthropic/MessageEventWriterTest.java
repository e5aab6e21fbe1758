package io.aigateway.dialect.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Citation;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Envelope;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseSplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MessageEventWriterTest {
  private static final ChatEvent START = new ChatEvent.Start("msg_1", "m");
  private static final ChatEvent DONE = new ChatEvent.Finish(0, FinishReason.STOP, null);
  private static final ChatEvent CALLED = new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null);
  private static final ChatEvent END = new ChatEvent.End();

  @Test
  void eventsComeInAnthropicsOrder() {
    List<JsonNode> events =
        events(
            START,
            new ChatEvent.UsageReport(new Usage(9, 1, 4, 0, 0, 0, 0)),
            new ChatEvent.Thinking(0, "hm"),
            new ChatEvent.ThinkingSignature(0, "sig"),
            new ChatEvent.Ping(),
            new ChatEvent.Text(0, ""),
            new ChatEvent.Text(0, "a"),
            new ChatEvent.Text(0, "b"),
            new ChatEvent.Finish(0, FinishReason.STOP, "END"),
            new ChatEvent.UsageReport(new Usage(9, 7, 4, 0, 0, 0, 0)),
            END);
    assertThat(events.stream().map(event -> event.path("type").asText()))
        .containsExactly(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "ping",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(events.get(0).path("message").path("usage").path("input_tokens").asInt())
        .isEqualTo(5);
    assertThat(events.get(3).path("delta").toString())
        .isEqualTo("{\"type\":\"signature_delta\",\"signature\":\"sig\"}");
    JsonNode end = events.get(10);
    assertThat(end.path("delta").toString())
        .isEqualTo("{\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"END\"}");
    assertThat(end.path("usage").toString())
        .isEqualTo(
            "{\"input_tokens\":5,\"cache_creation_input_tokens\":0,"
                + "\"cache_read_input_tokens\":4,\"output_tokens\":7}");
    assertThat(end.path("x_gateway").path("provider").asText()).isEqualTo("demo");
  }

  @Test
  void eachThoughtIsABlockOfItsOwn() {
    List<String> blocks =
        blocks(
            START,
            new ChatEvent.Thinking(0, "one"),
            new ChatEvent.ThinkingSignature(0, "s1"),
            new ChatEvent.Thinking(0, "two"),
            new ChatEvent.ThinkingSignature(0, "s2"),
            new ChatEvent.RedactedThinking(0, "secret"),
            new ChatEvent.Text(0, "hi"),
            new ChatEvent.RedactedThinking(0, "more"),
            new ChatEvent.ThinkingSignature(0, "s3"),
            DONE,
            END);
    assertThat(blocks)
        .containsExactly(
            "thinking one s1",
            "thinking two s2",
            "redacted_thinking secret",
            "text hi",
            "redacted_thinking more",
            "thinking  s3");
  }

  @Test
  void callsOneAfterTheOtherLeaveAsTheyCome() {
    MessageEventWriter writer = new MessageEventWriter(envelope());
    writer.write(START);
    assertThat(writer.write(new ChatEvent.ToolCallStart(0, 0, "a", "f"))).isNotNull();
    assertThat(writer.write(new ChatEvent.ToolCallArguments(0, 0, "{\"x\":"))).isNotNull();
    assertThat(writer.write(new ChatEvent.ToolCallArguments(0, 0, "1}"))).isNotNull();
    assertThat(writer.write(new ChatEvent.ToolCallStart(0, 1, "b", "g"))).isNotNull();
    assertThat(writer.write(new ChatEvent.ToolCallArguments(0, 1, "{}"))).isNotNull();
    assertThat(writer.write(new ChatEvent.Text(0, "and"))).isNotNull();
  }

  @Test
  void callsThatGrowSideBySideNeverOverlap() {
    List<String> blocks =
        blocks(
            START,
            new ChatEvent.Text(0, "I look."),
            new ChatEvent.ToolCallStart(0, 0, "a", "f"),
            new ChatEvent.ToolCallStart(0, 1, "b", "g"),
            new ChatEvent.ToolCallArguments(0, 0, "{\"x\":"),
            new ChatEvent.ToolCallArguments(0, 1, "{\"y\":"),
            new ChatEvent.ToolCallStart(0, 2, "c", "h"),
            new ChatEvent.ToolCallArguments(0, 2, "{\"z\":{}"),
            new ChatEvent.ToolCallArguments(0, 0, "1}"),
            new ChatEvent.ToolCallArguments(0, 1, "2}"),
            new ChatEvent.ToolCallArguments(0, 2, "}"),
            CALLED,
            END);
    assertThat(blocks)
        .containsExactly(
            "text I look.",
            "tool_use a f {\"x\":1}",
            "tool_use b g {\"y\":2}",
            "tool_use c h {\"z\":{}}");
  }

  @Test
  void callWithoutArgumentsIsABlockAllTheSame() {
    assertThat(
            blocks(
                START,
                new ChatEvent.ToolCallStart(0, 0, "a", "f"),
                new ChatEvent.ToolCallStart(0, 1, "b", "g"),
                CALLED,
                END))
        .containsExactly("tool_use a f ", "tool_use b g ");
  }

  @Test
  void streamWithoutAWordIsAWholeMessage() {
    List<JsonNode> events = events(END);
    assertThat(events.stream().map(event -> event.path("type").asText()))
        .containsExactly("message_start", "message_delta", "message_stop");
    assertThat(events.get(0).path("message").path("id").asText()).isEqualTo("msg_req-1");
    assertThat(events.get(1).path("delta").path("stop_reason").asText()).isEqualTo("end_turn");
  }

  @Test
  void otherChoicesAndLateReportsAddNothing() {
    assertThat(
            blocks(
                START,
                new ChatEvent.Text(0, "a"),
                new ChatEvent.Text(1, "b"),
                new ChatEvent.Finish(1, FinishReason.LENGTH, null),
                DONE,
                new ChatEvent.Finish(0, FinishReason.LENGTH, null),
                END))
        .containsExactly("text a");
  }

  @Property(tries = 300)
  void callsInAnyOrderKeepTheirArguments(@ForAll long seed) {
    // given
    Random random = new Random(seed);
    int calls = 1 + random.nextInt(4);
    List<List<ChatEvent>> queues = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      String json = "{\"k\":\"}" + "x".repeat(random.nextInt(6)) + "\",\"n\":{\"i\":" + i + "}}";
      wanted.add("tool_use id" + i + " f" + i + " " + json);
      List<ChatEvent> queue = new ArrayList<>();
      for (int at = 0; at < json.length(); ) {
        int to = Math.min(json.length(), at + 1 + random.nextInt(8));
        queue.add(new ChatEvent.ToolCallArguments(0, i, json.substring(at, to)));
        at = to;
      }
      queues.add(queue);
    }
    List<ChatEvent> all = new ArrayList<>();
    all.add(START);
    int begun = 0;
    while (begun < calls || queues.stream().anyMatch(queue -> !queue.isEmpty())) {
      if (begun < calls && (begun == 0 || random.nextInt(3) == 0)) {
        all.add(new ChatEvent.ToolCallStart(0, begun, "id" + begun, "f" + begun));
        begun++;
      } else {
        List<ChatEvent> queue = queues.get(random.nextInt(begun));
        if (!queue.isEmpty()) {
          all.add(queue.remove(0));
        } else if (begun < calls) {
          all.add(new ChatEvent.ToolCallStart(0, begun, "id" + begun, "f" + begun));
          begun++;
        }
      }
    }
    all.add(CALLED);
    all.add(END);
    // then
    assertThat(blocks(all.toArray(ChatEvent[]::new))).isEqualTo(wanted);
  }

  private static Envelope envelope() {
    return new Envelope("req-1", "demo", "demo-1", 1, true, 1, () -> 12L);
  }

  private static List<JsonNode> events(ChatEvent... events) {
    MessageEventWriter writer = new MessageEventWriter(envelope());
    SseSplitter splitter = new SseSplitter(1 << 20);
    List<JsonNode> all = new ArrayList<>();
    for (ChatEvent event : events) {
      byte[] bytes = writer.write(event);
      if (bytes != null) {
        splitter.feed(bytes, frame -> all.add(json(frame)));
      }
    }
    return all;
  }

  private static JsonNode json(Frame frame) {
    try {
      JsonNode json = Json.read(frame.data());
      assertThat(frame.event()).isEqualTo(json.path("type").asText());
      return json;
    } catch (JsonProcessingException e) {
      throw new AssertionError(new String(frame.raw(), UTF_8), e);
    }
  }

  /** What a client puts together, having checked that no block is open beside another. */
  private static List<String> blocks(ChatEvent... events) {
    Map<Integer, String> blocks = new TreeMap<>();
    int open = -1;
    for (JsonNode event : events(events)) {
      int index = event.path("index").asInt(-1);
      switch (event.path("type").asText()) {
        case "content_block_start" -> {
          assertThat(open).isEqualTo(-1);
          assertThat(index).isEqualTo(blocks.size());
          open = index;
          JsonNode block = event.path("content_block");
          StringBuilder text = new StringBuilder(block.path("type").asText()).append(' ');
          for (String field : List.of("id", "name")) {
            if (block.has(field)) {
              text.append(block.path(field).asText()).append(' ');
            }
          }
          blocks.put(index, text.append(block.path("data").asText()).toString());
        }
        case "content_block_delta" -> {
          assertThat(index).isEqualTo(open);
          JsonNode delta = event.path("delta");
          String more =
              delta.path("text").asText()
                  + delta.path("thinking").asText()
                  + delta.path("partial_json").asText()
                  + (delta.has("signature") ? " " + delta.path("signature").asText() : "");
          blocks.merge(index, more, String::concat);
        }
        case "content_block_stop" -> {
          assertThat(index).isEqualTo(open);
          open = -1;
        }
        default -> {}
      }
    }
    assertThat(open).isEqualTo(-1);
    return List.copyOf(blocks.values());
  }

  @Test
  void citationsEndTheirText() {
    Citation pages = new Citation(Citation.Kind.PAGES, 1, 2, 3, "late", "a", null);
    Citation web = new Citation(Citation.Kind.WEB, 0, 0, 0, "", null, "https://a.example");
    List<JsonNode> events =
        events(
            START,
            new ChatEvent.Text(0, "It is "),
            new ChatEvent.Text(0, "late."),
            new ChatEvent.Cited(0, pages),
            new ChatEvent.Cited(0, web),
            new ChatEvent.Cited(0, pages),
            new ChatEvent.Text(0, "Bye."),
            DONE,
            END);

    assertThat(events.stream().map(event -> event.path("type").asText()).toList().subList(1, 10))
        .containsExactly(
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_stop");
    assertThat(events.get(4).path("delta").toString())
        .isEqualTo(
            "{\"type\":\"citations_delta\",\"citation\":{\"type\":\"page_location\","
                + "\"cited_text\":\"late\",\"document_index\":1,\"document_title\":\"a\","
                + "\"start_page_number\":2,\"end_page_number\":3}}");
  }
}
