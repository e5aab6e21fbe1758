package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmallJsonTest {

  @Test
  void oneObjectAfterTheOther() throws IOException {
    for (int i = 0; i < 20_001; i++) {
      assertThat(tokens("{\"a\":[" + i + ",\"é\"]} ")).contains(String.valueOf(i), "é");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\":1",
        "{\"a\":[1}",
        "{\"a\":}",
        "[1",
        "12",
        "{} {}",
        "{} 12",
        "{}x",
        "{}]",
        "nul",
        "{\"a\":\"x}",
        "{\"a\":tru}",
        "{\"a\" 1}",
        "}",
        "{\"a\":\"\u0001\"}"
      })
  void brokenTextSpoilsNothing(String text) throws IOException {
    // given
    tokens("{\"before\":1}");
    // when
    List<String> told = new ArrayList<>();
    try {
      told.addAll(tokens(text));
    } catch (JsonProcessingException e) {
      told.add("broken");
    }
    // then
    assertThat(told).isEqualTo(plainly(text));
    assertThat(tokens("{\"after\":2}")).containsExactly("{", "after", "2", "}", "no more");
  }

  @Test
  void readerMayStopInTheMiddle() throws IOException {
    byte[] text = "{\"a\":1,\"b\":2}".getBytes(UTF_8);
    SmallJson.read(text, 0, text.length, JsonParser::nextToken);
    assertThat(tokens("{\"c\":3}")).containsExactly("{", "c", "3", "}", "no more");
  }

  @Test
  void readerMayReadAnother() throws IOException {
    byte[] text = "{\"a\":1}".getBytes(UTF_8);
    SmallJson.read(
        text,
        0,
        text.length,
        parser -> {
          parser.nextToken();
          assertThat(tokens("{\"inner\":1}")).containsExactly("{", "inner", "1", "}", "no more");
          return parser.nextFieldName();
        });
    assertThat(tokens("{\"c\":3}")).containsExactly("{", "c", "3", "}", "no more");
  }

  @Test
  void childrenThatEndTooEarlyAreAnError() {
    byte[] text = "{\"a\":{\"b\":[1,2}".getBytes(UTF_8);
    assertThatThrownBy(
            () ->
                SmallJson.read(
                    text,
                    0,
                    text.length,
                    parser -> {
                      parser.nextToken();
                      parser.nextFieldName();
                      parser.nextToken();
                      return parser.skipChildren();
                    }))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Property(tries = 2000)
  void readsLikeAParserOfItsOwn(@ForAll("texts") String text) {
    assertThat(tolerantly(text)).isEqualTo(plainly(text));
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"a\"",
            "\"\\u00e9\\ud83d\"",
            "1",
            "-1.5e3",
            "true",
            "null",
            " ",
            "\n",
            "x",
            "{\"a\":1}",
            "{\"b\":[{}]}",
            "\"\\",
            "é",
            "0",
            "-");
    return piece.list().ofMaxSize(8).map(pieces -> "{" + String.join("", pieces) + "}");
  }

  private static List<String> tolerantly(String text) {
    try {
      return tokens(text);
    } catch (IOException e) {
      return List.of("broken");
    }
  }

  private static List<String> tokens(String text) throws IOException {
    byte[] padded = ("##" + text + "##").getBytes(UTF_8);
    return SmallJson.read(padded, 2, padded.length - 2, SmallJsonTest::tokens);
  }

  private static List<String> plainly(String text) {
    try (JsonParser parser = Json.FACTORY.createParser(text.getBytes(UTF_8))) {
      return tokens(parser);
    } catch (IOException e) {
      return List.of("broken");
    }
  }

  private static List<String> tokens(JsonParser parser) throws IOException {
    List<String> told = new ArrayList<>();
    int depth = 0;
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      told.add(parser.getText());
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        told.add(hasMore(parser) ? "and more" : "no more");
        return told;
      }
    }
    return told;
  }

  /** What follows a value is refused, so that it need not be the same. */
  private static boolean hasMore(JsonParser parser) {
    try {
      return parser.nextToken() != null;
    } catch (IOException e) {
      return true;
    }
  }
}
