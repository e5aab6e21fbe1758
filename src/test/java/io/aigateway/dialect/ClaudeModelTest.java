package io.aigateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Reasoning;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeModelTest {
  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-4-5, 45",
    "claude-sonnet-4-20250514, 40",
    "claude-opus-4-1-20250805, 41",
    "claude-haiku-4-5-20251001, 45",
    "claude-opus-4.7, 47",
    "claude-opus-5, 50",
    "claude-fable-5-1, 51",
    "claude-mythos-preview, 50",
    "claude-3-7-sonnet-20250219, 37",
    "claude-3-opus-20240229, 30",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0, 45",
    "anthropic.claude-opus-4-6-v1, 46",
    "claude-instant-v1, 0",
    "my-own, 0",
    "gpt-5, 0"
  })
  void versionIsInTheName(String model, int version) {
    assertThat(ClaudeModel.of(model).version()).isEqualTo(version);
  }

  @Test
  void newestModelsThinkOnAnEffort() {
    List<String> dropped = new ArrayList<>();
    ClaudeModel newest = ClaudeModel.of("claude-opus-4-7");
    AdaptiveThinking low = AdaptiveThinking.of(new Reasoning(true, null, 2000), newest, dropped);
    assertThat(low).isNotNull();
    assertThat(low.effort()).isEqualTo("low");
    assertThat(low.node().toString())
        .isEqualTo("{\"type\":\"adaptive\",\"display\":\"summarized\"}");
    assertThat(dropped).containsExactly("thinking.budget_tokens");

    ClaudeModel both = ClaudeModel.of("claude-sonnet-4-6");
    assertThat(AdaptiveThinking.of(new Reasoning(true, null, 2000), both, dropped)).isNull();
    AdaptiveThinking high = AdaptiveThinking.of(new Reasoning(true, "xhigh", null), both, dropped);
    assertThat(high).isNotNull();
    assertThat(high.effort()).isEqualTo("high");
    assertThat(AdaptiveThinking.of(new Reasoning(false, null, null), newest, dropped)).isNull();
    ClaudeModel older = ClaudeModel.of("claude-sonnet-4-5");
    assertThat(AdaptiveThinking.of(new Reasoning(true, "low", null), older, dropped)).isNull();
  }

  @Test
  void schemaIsClosedAndItsLimitsBecomeWords() throws JsonProcessingException {
    JsonNode closed =
        closed(
            "{'$schema':'x','type':'object','required':['a'],'properties':{'a':{'type':'integer',"
                + "'minimum':1,'description':'Age'},'b':{'$ref':'#/$defs/B'},'c':{'oneOf':"
                + "[{'type':'null'},{'type':'string','format':'date','pattern':'x'}]}},"
                + "'$defs':{'B':{'type':'array','maxItems':3,'items':{'enum':['x']}}}}");

    assertThat(closed)
        .isEqualTo(
            json(
                "{'type':'object','required':['a'],'properties':{'a':{'type':'integer',"
                    + "'description':'Age (minimum: 1)'},'b':{'$ref':'#/$defs/B'},'c':{'anyOf':"
                    + "[{'type':'null'},{'type':'string','format':'date',"
                    + "'description':'(pattern: x)'}]}},'$defs':{'B':{'type':'array',"
                    + "'items':{'enum':['x']},'description':'(maxItems: 3)'}},"
                    + "'additionalProperties':false}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'object'}",
        "{'type':'object','properties':{'a':{}}}",
        "{'type':'object','properties':{'a':{'type':'string'}},'additionalProperties':true}",
        "{'type':'object','properties':{'a':{'type':'object','additionalProperties':{}}}}",
        "{'type':'object','properties':{'a':{'$ref':'#'}}}",
        "{'type':'object','properties':{'a':{'$ref':'#/$defs/A'}},"
            + "'$defs':{'A':{'type':'array','items':{'$ref':'#/$defs/A'}}}}",
        "{'type':'object','properties':{'a':{'not':{'type':'string'}}}}"
      })
  void schemaThatAllowsAnythingIsNone(String schema) throws JsonProcessingException {
    assertThat(closed(schema)).isNull();
  }

  private static @Nullable JsonNode closed(String schema) throws JsonProcessingException {
    return ClosedSchema.of(json(schema));
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return Json.read(text.replace('\'', '"'));
  }
}
