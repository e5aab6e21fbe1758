package io.aigateway.house;

import java.util.List;

/**
 * What can each kind of caller ask? One feature a probe, in the caller's own JSON, with values that
 * are recognised wherever a provider's dialect puts them. Single quotes stand for double ones.
 */
final class TranslationProbes {
  /**
   * @param feature the row's name in the table
   * @param fields put into the smallest request of the caller
   * @param word what a request that carries the feature has somewhere: a pattern
   */
  record Probe(String feature, String fields, String word) {
    String json() {
      return fields.replace('\'', '"');
    }
  }

  private static final String PNG = "iVBORw0KGgoAAAANSUhEUg==";
  private static final String PDF = "JVBERi0xLjQKcHJvYmU=";
  private static final String TEXT_FILE = "cHJvYmUgZmlsZQ=="; // "probe file"
  private static final String SCHEMA =
      "{'type':'object','properties':{'probe_field':{'type':'string'}},"
          + "'required':['probe_field'],'additionalProperties':false}";
  private static final String URL = "https://probe.example/it";

  private static final String BOTH_TEXTS = "(?s).*probe one.*probe two.*";
  private static final String FORCED =
      "'tool_choice':'(required|any)'|'type':'any'|'mode':'ANY'|'any':\\{";
  private static final String NAMED =
      "'tool_choice':\\{[^}]*'probe_tool'|'allowedFunctionNames':\\['probe_tool'"
          + "|'toolChoice':\\{'tool':\\{'name':'probe_tool'";
  // a dialect without a word for it offers no tools at all
  private static final String FORBIDDEN = "^(?s)(?!.*probe_tool).*|'none'|'NONE'";
  private static final String ALLOWED = "^(?s)(?!.*other_tool).*probe_tool";
  private static final String ALONE =
      "'parallel_tool_calls':false|'disable_parallel_tool_use':true";
  private static final String THINKS =
      "'reasoning_effort':|'budget_tokens':|'thinkingBudget':|'thinkingLevel':|'think':";
  private static final String ANY_JSON = "json_object|application/json|'format':'json'|JSON";

  /** Stands for the proof of a thought; in the request it is in the form that its caller has. */
  static final String PROOF = "@proof";

  /** The proof itself. */
  static final String SIGNED = "c2lnbmVk";

  private static final String FAILED = "'is_error':true|'status':'error'|'error':|Error: x";
  private static final String CACHED = "'cache_control'|'cachePoint'";

  private TranslationProbes() {}

  private static Probe probe(String feature, String fields, String word) {
    return new Probe(feature, fields, word.replace('\'', '"'));
  }

  // ---- OpenAI's chat completions

  static final String OPENAI = "{'model':'m','messages':[{'role':'user','content':'Hi'}]}";

  private static String openAiPart(String part) {
    return "{'messages':[{'role':'user','content':[{'type':'text','text':'Hi'}," + part + "]}]}";
  }

  private static final String OPENAI_TOOL =
      "'tools':[{'type':'function','function':{'name':'probe_tool','description':'Probes',"
          + "'parameters':"
          + SCHEMA
          + "}}]";

  private static String openAiTurns(String assistant, String... results) {
    return "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant',"
        + assistant
        + "},"
        + String.join(",", results)
        + "],"
        + OPENAI_TOOL
        + "}";
  }

  private static String openAiCalls(String... ids) {
    StringBuilder calls = new StringBuilder("'content':null,'tool_calls':[");
    for (String id : ids) {
      calls
          .append(calls.charAt(calls.length() - 1) == '[' ? "" : ",")
          .append("{'id':'")
          .append(id)
          .append("','type':'function','function':{'name':'probe_tool','arguments':'{}'}}");
    }
    return calls.append(']').toString();
  }

  private static String openAiResult(String id, String content) {
    return "{'role':'tool','tool_call_id':'" + id + "','content':" + content + "}";
  }

  private static String openAiField(String name, String value) {
    return "{'" + name + "':" + value + "}";
  }

  static final List<Probe> OF_OPENAI =
      List.of(
          probe("text", "{'messages':[{'role':'user','content':'probe'}]}", "probe"),
          probe(
              "several system messages",
              "{'messages':[{'role':'system','content':'probe one'},{'role':'user','content':'Hi'},"
                  + "{'role':'developer','content':'probe two'},{'role':'user','content':'Go'}]}",
              BOTH_TEXTS),
          probe(
              "`messages.name`",
              "{'messages':[{'role':'user','content':'Hi','name':'probe'}]}",
              "probe"),
          probe(
              "image by URL",
              openAiPart("{'type':'image_url','image_url':{'url':'" + URL + ".png'}}"),
              "probe.example"),
          probe(
              "image, base64",
              openAiPart(
                  "{'type':'image_url','image_url':{'url':'data:image/png;base64," + PNG + "'}}"),
              PNG),
          probe(
              "image `detail`",
              openAiPart(
                  "{'type':'image_url','image_url':{'url':'data:image/png;base64,"
                      + PNG
                      + "','detail':'low'}}"),
              "'detail':'low'"),
          probe(
              "PDF, base64",
              openAiPart(
                  "{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,"
                      + PDF
                      + "'}}"),
              PDF),
          probe(
              "`filename` of a PDF",
              openAiPart(
                  "{'type':'file','file':{'filename':'probe.pdf',"
                      + "'file_data':'data:application/pdf;base64,"
                      + PDF
                      + "'}}"),
              "probe"),
          probe(
              "text file, base64",
              openAiPart(
                  "{'type':'file','file':{'filename':'a.txt','file_data':'data:text/plain;base64,"
                      + TEXT_FILE
                      + "'}}"),
              "probe file|" + TEXT_FILE),
          probe(
              "uploaded file",
              openAiPart("{'type':'file','file':{'file_id':'file-probe'}}"),
              "file-probe"),
          probe(
              "audio",
              openAiPart("{'type':'input_audio','input_audio':{'data':'cHJvYmU=','format':'wav'}}"),
              "cHJvYmU="),
          probe("tools", "{" + OPENAI_TOOL + "}", "probe_field"),
          probe(
              "`tools.strict`",
              "{'tools':[{'type':'function','function':{'name':'t','strict':true,'parameters':"
                  + SCHEMA
                  + "}}]}",
              "'strict':true"),
          probe(
              "parallel calls and results",
              openAiTurns(
                  openAiCalls("call_a", "call_b"),
                  openAiResult("call_a", "'probe one'"),
                  openAiResult("call_b", "'probe two'")),
              BOTH_TEXTS),
          probe(
              "result with an image",
              openAiTurns(
                  openAiCalls("call_a"),
                  openAiResult(
                      "call_a",
                      "[{'type':'image_url','image_url':{'url':'data:image/png;base64,"
                          + PNG
                          + "'}}]")),
              PNG),
          probe("`tool_choice` required", "{" + OPENAI_TOOL + ",'tool_choice':'required'}", FORCED),
          probe(
              "`tool_choice` named",
              "{"
                  + OPENAI_TOOL
                  + ",'tool_choice':{'type':'function','function':{'name':'probe_tool'}}}",
              NAMED),
          probe("`tool_choice` none", "{" + OPENAI_TOOL + ",'tool_choice':'none'}", FORBIDDEN),
          probe(
              "`tool_choice` allowed_tools",
              "{'tools':[{'type':'function','function':{'name':'probe_tool'}},"
                  + "{'type':'function','function':{'name':'other_tool'}}],"
                  + "'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto',"
                  + "'tools':[{'type':'function','function':{'name':'probe_tool'}}]}}}",
              ALLOWED),
          probe(
              "custom tools",
              "{'tools':[{'type':'custom','custom':{'name':'probe_tool'}}]}",
              "probe_tool"),
          probe(
              "`parallel_tool_calls` false",
              "{" + OPENAI_TOOL + ",'parallel_tool_calls':false}",
              ALONE),
          probe(
              "`functions`",
              "{'functions':[{'name':'probe_tool','parameters':" + SCHEMA + "}]}",
              "probe_field"),
          probe(
              "`function_call` named",
              "{'functions':[{'name':'probe_tool'}],'function_call':{'name':'probe_tool'}}",
              NAMED),
          probe(
              "a function's result",
              "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':null,"
                  + "'function_call':{'name':'f','arguments':'{}'}},"
                  + "{'role':'function','name':'f','content':'probe'}],"
                  + "'functions':[{'name':'f'}]}",
              "probe"),
          probe("`json_object`", "{'response_format':{'type':'json_object'}}", ANY_JSON),
          probe(
              "`json_schema`",
              "{'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':"
                  + SCHEMA
                  + "}}}",
              "probe_field"),
          probe("`stop`", openAiField("stop", "['PROBE']"), "PROBE"),
          probe("`seed`", openAiField("seed", "4711"), "4711"),
          probe("`n` above 1", openAiField("n", "3"), "'(n|candidateCount)':3"),
          probe("`logprobs`", "{'logprobs':true,'top_logprobs':3}", "ogprobs':true"),
          probe("`logit_bias`", openAiField("logit_bias", "{'4711':5}"), "4711"),
          probe("`presence_penalty`", openAiField("presence_penalty", "0.37"), "0\\.37"),
          probe("`frequency_penalty`", openAiField("frequency_penalty", "0.37"), "0\\.37"),
          probe("`temperature`", openAiField("temperature", "0.37"), "0\\.37"),
          probe("`temperature` above 1.5", openAiField("temperature", "1.9"), "'temperature':\\d"),
          probe("`top_p`", openAiField("top_p", "0.37"), "0\\.37"),
          probe("`top_k`", openAiField("top_k", "37"), "37"),
          probe("`min_p`", openAiField("min_p", "0.037"), "0\\.037"),
          probe("`repetition_penalty`", openAiField("repetition_penalty", "1.37"), "1\\.37"),
          probe("`max_tokens`", openAiField("max_tokens", "3737"), "3737"),
          probe("`max_completion_tokens`", openAiField("max_completion_tokens", "3737"), "3737"),
          probe("`reasoning_effort`", openAiField("reasoning_effort", "'high'"), THINKS),
          probe(
              "`thinking` with a budget",
              "{'thinking':{'type':'enabled','budget_tokens':2000}}",
              THINKS),
          probe("`reasoning.max_tokens`", "{'reasoning':{'max_tokens':2000}}", THINKS),
          probe(
              "`reasoning_content` of a turn",
              "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':'Yes',"
                  + "'reasoning_content':'probe'},{'role':'user','content':'Go'}]}",
              "probe"),
          probe(
              "`cache_control`",
              openAiPart("{'type':'text','text':'x','cache_control':{'type':'ephemeral'}}"),
              CACHED),
          probe(
              "`cache_control` of a message",
              "{'messages':[{'role':'user','content':'x','cache_control':{'type':'ephemeral'}}]}",
              CACHED),
          probe("`cache_control` of the request", "{'cache_control':{'type':'ephemeral'}}", CACHED),
          probe("`user`", openAiField("user", "'probe'"), "probe"),
          probe("`safety_identifier`", openAiField("safety_identifier", "'probe'"), "probe"),
          probe("`metadata`", openAiField("metadata", "{'a':'probe'}"), "probe"),
          probe("`store`", openAiField("store", "true"), "'store':true"),
          probe("`service_tier`", openAiField("service_tier", "'flex'"), "flex"),
          probe("`prediction`", "{'prediction':{'type':'content','content':'probe'}}", "probe"),
          probe("`prompt_cache_key`", openAiField("prompt_cache_key", "'probe'"), "probe"),
          probe("`verbosity`", openAiField("verbosity", "'low'"), "'low'"),
          probe("`web_search_options`", openAiField("web_search_options", "{}"), "web_search"),
          probe(
              "spoken answers",
              "{'modalities':['text','audio'],'audio':{'voice':'probe','format':'wav'}}",
              "probe"),
          probe("pictures as answers", "{'modalities':['text','image']}", "'IMAGE'"),
          probe(
              "picture of a turn",
              "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':'x',"
                  + "'images':[{'type':'image_url','image_url':{'url':'data:image/png;base64,"
                  + PNG
                  + "'}}]},{'role':'user','content':'Go'}]}",
              PNG));

  // ---- Anthropic's messages

  static final String ANTHROPIC =
      "{'model':'m','max_tokens':4000,'messages':[{'role':'user','content':'Hi'}]}";

  private static String anthropicPart(String part) {
    return "{'messages':[{'role':'user','content':[{'type':'text','text':'Hi'}," + part + "]}]}";
  }

  private static final String ANTHROPIC_TOOL =
      "'tools':[{'name':'probe_tool','description':'Probes','input_schema':" + SCHEMA + "}]";

  private static String anthropicTurns(String assistant, String user) {
    return "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':["
        + assistant
        + "]},{'role':'user','content':["
        + user
        + "]}],"
        + ANTHROPIC_TOOL
        + "}";
  }

  private static String anthropicCall(String id) {
    return "{'type':'tool_use','id':'" + id + "','name':'probe_tool','input':{}}";
  }

  private static String anthropicResult(String id, String more) {
    return "{'type':'tool_result','tool_use_id':'" + id + "'," + more + "}";
  }

  private static String anthropicChoice(String choice) {
    return "{" + ANTHROPIC_TOOL + ",'tool_choice':" + choice + "}";
  }

  static final List<Probe> OF_ANTHROPIC =
      List.of(
          probe("text", "{'messages':[{'role':'user','content':'probe'}]}", "probe"),
          probe(
              "several system blocks",
              "{'system':[{'type':'text','text':'probe one'},{'type':'text','text':'probe two'}]}",
              BOTH_TEXTS),
          probe(
              "image by URL",
              anthropicPart("{'type':'image','source':{'type':'url','url':'" + URL + ".png'}}"),
              "probe.example"),
          probe(
              "image, base64",
              anthropicPart(
                  "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'"
                      + PNG
                      + "'}}"),
              PNG),
          probe(
              "PDF by URL",
              anthropicPart("{'type':'document','source':{'type':'url','url':'" + URL + ".pdf'}}"),
              "probe.example"),
          probe(
              "PDF, base64",
              anthropicPart(
                  "{'type':'document','source':{'type':'base64','media_type':'application/pdf',"
                      + "'data':'"
                      + PDF
                      + "'}}"),
              PDF),
          probe(
              "document, plain text",
              anthropicPart(
                  "{'type':'document','source':{'type':'text','media_type':'text/plain',"
                      + "'data':'probe'}}"),
              "probe|cHJvYmU="),
          probe(
              "document's `title`",
              anthropicPart(
                  "{'type':'document','title':'probe','source':{'type':'text',"
                      + "'media_type':'text/plain','data':'x'}}"),
              "probe"),
          probe(
              "document's `context`",
              anthropicPart(
                  "{'type':'document','context':'probe','source':{'type':'text',"
                      + "'media_type':'text/plain','data':'x'}}"),
              "probe"),
          probe(
              "PDF's `title`",
              anthropicPart(
                  "{'type':'document','title':'probe','source':{'type':'base64',"
                      + "'media_type':'application/pdf','data':'"
                      + PDF
                      + "'}}"),
              "probe"),
          probe(
              "document's `citations`",
              anthropicPart(
                  "{'type':'document','citations':{'enabled':true},'source':{'type':'text',"
                      + "'media_type':'text/plain','data':'x'}}"),
              "citations"),
          probe(
              "uploaded file",
              anthropicPart("{'type':'document','source':{'type':'file','file_id':'file_probe'}}"),
              "file_probe"),
          probe("tools", "{" + ANTHROPIC_TOOL + "}", "probe_field"),
          probe(
              "tools of Anthropic's own",
              "{'tools':[{'type':'web_search_20250305','name':'web_search'}]}",
              "web_search"),
          probe(
              "parallel calls and results",
              anthropicTurns(
                  anthropicCall("toolu_a") + "," + anthropicCall("toolu_b"),
                  anthropicResult("toolu_a", "'content':'probe one'")
                      + ","
                      + anthropicResult("toolu_b", "'content':'probe two'")),
              BOTH_TEXTS),
          probe(
              "search result",
              anthropicPart(
                  "{'type':'search_result','source':'s','title':'t',"
                      + "'content':[{'type':'text','text':'probe'}]}"),
              "probe"),
          probe(
              "search result's `citations`",
              anthropicPart(
                  "{'type':'search_result','source':'s','title':'t','citations':{'enabled':true},"
                      + "'content':[{'type':'text','text':'x'}]}"),
              "citations"),
          probe(
              "result with an image",
              anthropicTurns(
                  anthropicCall("toolu_a"),
                  anthropicResult(
                      "toolu_a",
                      "'content':[{'type':'image','source':{'type':'base64',"
                          + "'media_type':'image/png','data':'"
                          + PNG
                          + "'}}]")),
              PNG),
          probe(
              "result with `is_error`",
              anthropicTurns(
                  anthropicCall("toolu_a"),
                  anthropicResult("toolu_a", "'is_error':true,'content':'x'")),
              FAILED),
          probe("`tool_choice` any", anthropicChoice("{'type':'any'}"), FORCED),
          probe(
              "`tool_choice` tool", anthropicChoice("{'type':'tool','name':'probe_tool'}"), NAMED),
          probe("`tool_choice` none", anthropicChoice("{'type':'none'}"), FORBIDDEN),
          probe(
              "`disable_parallel_tool_use`",
              anthropicChoice("{'type':'auto','disable_parallel_tool_use':true}"),
              ALONE),
          probe(
              "`output_config.format`",
              "{'output_config':{'format':{'type':'json_schema','schema':" + SCHEMA + "}}}",
              "probe_field"),
          probe("`stop_sequences`", "{'stop_sequences':['PROBE']}", "PROBE"),
          probe("`temperature`", "{'temperature':0.37}", "0\\.37"),
          probe("`top_p`", "{'top_p':0.37}", "0\\.37"),
          probe("`top_k`", "{'top_k':37}", "37"),
          probe("`max_tokens`", "{'max_tokens':3737}", "3737"),
          probe(
              "`thinking` with a budget",
              "{'thinking':{'type':'enabled','budget_tokens':2000}}",
              THINKS),
          probe("`thinking` adaptive", "{'thinking':{'type':'adaptive'}}", THINKS),
          probe("`output_config.effort`", "{'output_config':{'effort':'high'}}", THINKS),
          probe(
              "thoughts of a turn",
              anthropicTurns(
                  "{'type':'thinking','thinking':'probe','signature':'@proof'},"
                      + anthropicCall("toolu_a"),
                  anthropicResult("toolu_a", "'content':'x'")),
              "'probe'"),
          probe(
              "citations of a turn",
              "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':["
                  + "{'type':'text','text':'Yes','citations':[{'type':'char_location',"
                  + "'cited_text':'probe','document_index':0,'document_title':'t',"
                  + "'start_char_index':0,'end_char_index':5}]}]},"
                  + "{'role':'user','content':'Go'}]}",
              "probe"),
          probe(
              "their `signature`, to its provider",
              anthropicTurns(
                  "{'type':'thinking','thinking':'x','signature':'@proof'},"
                      + anthropicCall("toolu_a"),
                  anthropicResult("toolu_a", "'content':'x'")),
              SIGNED),
          probe(
              "`cache_control` of text",
              anthropicPart("{'type':'text','text':'x','cache_control':{'type':'ephemeral'}}"),
              CACHED),
          probe(
              "`cache_control` of a tool",
              "{'tools':[{'name':'t','input_schema':{'type':'object'},"
                  + "'cache_control':{'type':'ephemeral'}}]}",
              CACHED),
          probe("`cache_control` of the request", "{'cache_control':{'type':'ephemeral'}}", CACHED),
          probe(
              "`strict` of a tool",
              "{'tools':[{'name':'t','strict':true,'input_schema':" + SCHEMA + "}]}",
              "'strict':true"),
          probe(
              "`input_examples` of a tool",
              "{'tools':[{'name':'t','input_schema':{'type':'object'},"
                  + "'input_examples':[{'a':'probe'}]}]}",
              "probe"),
          probe(
              "`thinking.display`", "{'thinking':{'type':'adaptive','display':'omitted'}}", "omit"),
          probe("`output_config.task_budget`", "{'output_config':{'task_budget':{'a':37}}}", "37"),
          probe("`metadata.user_id`", "{'metadata':{'user_id':'probe'}}", "probe"),
          probe("`service_tier`", "{'service_tier':'standard_only'}", "standard_only"),
          probe("`context_management`", "{'context_management':{'edits':[]}}", "edits"),
          probe(
              "`mcp_servers`",
              "{'mcp_servers':[{'type':'url','url':'" + URL + "','name':'n'}]}",
              "probe.example"),
          probe("`container`", "{'container':'probe'}", "probe"),
          probe("`thread`", "{'thread':{'type':'create'}}", "thread"));

  // ---- OpenAI's responses

  static final String RESPONSES = "{'model':'m','input':'Hi'}";

  private static String responsesPart(String part) {
    return "{'input':[{'role':'user','content':[{'type':'input_text','text':'Hi'}," + part + "]}]}";
  }

  private static final String RESPONSES_TOOL =
      "'tools':[{'type':'function','name':'probe_tool','description':'Probes','parameters':"
          + SCHEMA
          + "}]";

  private static String responsesItems(String... items) {
    return "{'input':[{'role':'user','content':'Hi'},"
        + String.join(",", items)
        + "],"
        + RESPONSES_TOOL
        + "}";
  }

  private static String responsesCall(String id) {
    return "{'type':'function_call','call_id':'" + id + "','name':'probe_tool','arguments':'{}'}";
  }

  private static String responsesResult(String id, String output) {
    return "{'type':'function_call_output','call_id':'" + id + "','output':" + output + "}";
  }

  static final List<Probe> OF_RESPONSES =
      List.of(
          probe("text", "{'input':'probe'}", "probe"),
          probe(
              "`instructions` and a developer's message",
              "{'instructions':'probe one','input':[{'role':'developer','content':'probe two'},"
                  + "{'role':'user','content':'Hi'}]}",
              BOTH_TEXTS),
          probe(
              "image by URL",
              responsesPart("{'type':'input_image','image_url':'" + URL + ".png'}"),
              "probe.example"),
          probe(
              "image, base64",
              responsesPart(
                  "{'type':'input_image','image_url':'data:image/png;base64," + PNG + "'}"),
              PNG),
          probe(
              "PDF by URL",
              responsesPart("{'type':'input_file','file_url':'" + URL + ".pdf'}"),
              "probe.example"),
          probe(
              "PDF, base64",
              responsesPart(
                  "{'type':'input_file','filename':'a.pdf','file_data':"
                      + "'data:application/pdf;base64,"
                      + PDF
                      + "'}"),
              PDF),
          probe(
              "uploaded file",
              responsesPart("{'type':'input_file','file_id':'file-probe'}"),
              "file-probe"),
          probe(
              "audio",
              responsesPart(
                  "{'type':'input_audio','input_audio':{'data':'cHJvYmU=','format':'wav'}}"),
              "cHJvYmU="),
          probe(
              "image `detail`",
              responsesPart(
                  "{'type':'input_image','detail':'low','image_url':'data:image/png;base64,"
                      + PNG
                      + "'}"),
              "'detail':'low'"),
          probe(
              "`filename` of a PDF",
              responsesPart(
                  "{'type':'input_file','filename':'probe.pdf','file_data':"
                      + "'data:application/pdf;base64,"
                      + PDF
                      + "'}"),
              "probe"),
          probe("tools", "{" + RESPONSES_TOOL + "}", "probe_field"),
          probe(
              "`tools.strict`",
              "{'tools':[{'type':'function','name':'t','strict':true,'parameters':"
                  + SCHEMA
                  + "}]}",
              "'strict':true"),
          probe("tools of OpenAI's own", "{'tools':[{'type':'web_search'}]}", "web_search"),
          probe("custom tools", "{'tools':[{'type':'custom','name':'probe_tool'}]}", "probe_tool"),
          probe(
              "parallel calls and results",
              responsesItems(
                  responsesCall("call_a"),
                  responsesCall("call_b"),
                  responsesResult("call_a", "'probe one'"),
                  responsesResult("call_b", "'probe two'")),
              BOTH_TEXTS),
          probe(
              "result with an image",
              responsesItems(
                  responsesCall("call_a"),
                  responsesResult(
                      "call_a",
                      "[{'type':'input_image','image_url':'data:image/png;base64," + PNG + "'}]")),
              PNG),
          probe(
              "`tool_choice` required",
              "{" + RESPONSES_TOOL + ",'tool_choice':'required'}",
              FORCED),
          probe(
              "`tool_choice` named",
              "{" + RESPONSES_TOOL + ",'tool_choice':{'type':'function','name':'probe_tool'}}",
              NAMED),
          probe("`tool_choice` none", "{" + RESPONSES_TOOL + ",'tool_choice':'none'}", FORBIDDEN),
          probe(
              "`tool_choice` allowed_tools",
              "{'tools':[{'type':'function','name':'probe_tool'},"
                  + "{'type':'function','name':'other_tool'}],"
                  + "'tool_choice':{'type':'allowed_tools','mode':'auto',"
                  + "'tools':[{'type':'function','name':'probe_tool'}]}}",
              ALLOWED),
          probe(
              "`parallel_tool_calls` false",
              "{" + RESPONSES_TOOL + ",'parallel_tool_calls':false}",
              ALONE),
          probe("`json_object`", "{'text':{'format':{'type':'json_object'}}}", ANY_JSON),
          probe(
              "`json_schema`",
              "{'text':{'format':{'type':'json_schema','name':'n','schema':" + SCHEMA + "}}}",
              "probe_field"),
          probe("`text.verbosity`", "{'text':{'verbosity':'low'}}", "'low'"),
          probe("`top_logprobs`", "{'top_logprobs':3}", "ogprobs':true"),
          probe(
              "`include` of logprobs",
              "{'include':['message.output_text.logprobs']}",
              "ogprobs':true"),
          probe(
              "picture of a turn",
              "{'input':[{'role':'user','content':'Hi'},{'type':'image_generation_call',"
                  + "'id':'ig_1','status':'completed','result':'"
                  + PNG
                  + "'},{'role':'user','content':'Go'}]}",
              PNG),
          probe("`temperature`", "{'temperature':0.37}", "0\\.37"),
          probe("`top_p`", "{'top_p':0.37}", "0\\.37"),
          probe("`max_output_tokens`", "{'max_output_tokens':3737}", "3737"),
          probe("`max_tool_calls`", "{'max_tool_calls':37}", "37"),
          probe("`reasoning.effort`", "{'reasoning':{'effort':'high'}}", THINKS),
          probe(
              "`reasoning.summary`", "{'reasoning':{'summary':'auto'}}", "'auto'|includeThoughts"),
          probe(
              "`reasoning.summary` with an effort",
              "{'reasoning':{'summary':'auto','effort':'low'}}",
              "'auto'|includeThoughts|'budget_tokens'|'think':"),
          probe(
              "thoughts of a turn",
              responsesItems(
                  "{'type':'reasoning','summary':[{'type':'summary_text','text':'probe'}],"
                      + "'encrypted_content':'@proof'}",
                  responsesCall("call_a"),
                  responsesResult("call_a", "'x'")),
              "'probe'"),
          probe(
              "their `encrypted_content`, to its provider",
              responsesItems(
                  "{'type':'reasoning','summary':[{'type':'summary_text','text':'x'}],"
                      + "'encrypted_content':'@proof'}",
                  responsesCall("call_a"),
                  responsesResult("call_a", "'x'")),
              SIGNED),
          probe("`user`", "{'user':'probe'}", "probe"),
          probe("`metadata`", "{'metadata':{'a':'probe'}}", "probe"),
          probe("`store`", "{'store':true}", "'store':true"),
          probe("`truncation` auto", "{'truncation':'auto'}", "truncation"),
          probe("`service_tier`", "{'service_tier':'flex'}", "flex"),
          probe("`prompt_cache_key`", "{'prompt_cache_key':'probe'}", "probe"),
          probe("`previous_response_id`", "{'previous_response_id':'probe'}", "probe"),
          probe("`conversation`", "{'conversation':'probe'}", "probe"),
          probe("`background`", "{'background':true}", "background"),
          probe("`prompt`", "{'prompt':{'id':'probe'}}", "probe"));
}
