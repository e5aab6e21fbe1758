package io.aigateway.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonBytesTest {

  @Property
  void everyTextIsReadBackAsItWas(@ForAll String text) throws JsonProcessingException {
    byte[] bytes = new JsonBytes(1).beginArray().value(text).value(text).endArray().toBytes();
    assertThat(Utf8.firstInvalid(bytes)).isEqualTo(-1);
    assertThat(Json.read(bytes).get(1).textValue()).isEqualTo(text);
  }

  @Test
  void halfOfASurrogatePairIsWrittenAsAnEscape() {
    assertThat(text(new JsonBytes().value("a\uD83D"))).isEqualTo("\"a\\ud83d\"");
    assertThat(text(new JsonBytes().value("\uDE00b"))).isEqualTo("\"\\ude00b\"");
  }

  @Test
  void treesKeepTheirDigits() throws JsonProcessingException {
    String json = "{\"a\":[1.0,10000000000000000000000,null,true,{\"b\":\"é\"}],\"c\":{}}";
    assertThat(text(new JsonBytes().value(Json.read(json)))).isEqualTo(json);
  }

  @Test
  void commasAreSetByThemselves() {
    JsonBytes json =
        new JsonBytes()
            .beginObject()
            .field("a", "x")
            .field("b", 1)
            .field("c")
            .beginArray()
            .value(true)
            .nullValue()
            .beginObject()
            .endObject()
            .endArray()
            .field("d", false)
            .endObject();
    assertThat(text(json)).isEqualTo("{\"a\":\"x\",\"b\":1,\"c\":[true,null,{}],\"d\":false}");
  }

  private static String text(JsonBytes json) {
    return new String(json.toBytes(), UTF_8);
  }
}
