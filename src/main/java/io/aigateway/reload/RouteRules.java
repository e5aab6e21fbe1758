package io.aigateway.reload;

import io.aigateway.call.Var;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * What is wrong with a set of route files, as text? Looks for what Camel does not notice before the
 * first call, or at all, and for what {@link RouteLimits} keeps out, before Camel sees any of it.
 * One object looks at one set.
 */
final class RouteRules {
  private static final String ENTITIES = "beans, route, routeConfiguration";

  private static final Set<String> OF_A_BEAN = Set.of("name", "properties", "type");

  /** Languages that Camel has; whichever is not accepted is refused. */
  private static final Set<String> LANGUAGES =
      Set.of(
          "constant",
          "csimple",
          "datasonnet",
          "exchangeProperty",
          "groovy",
          "header",
          "hl7terser",
          "java",
          "joor",
          "jq",
          "js",
          "jsonpath",
          "language",
          "method",
          "mvel",
          "ognl",
          "python",
          "ref",
          "simple",
          "spel",
          "tokenize",
          "variable",
          "wasm",
          "xpath",
          "xquery",
          "xtokenize");

  /** Steps that run what a file or a message brings, or send where a message says. */
  private static final Set<String> REFUSED =
      Set.of(
          "beans",
          "dynamicRouter",
          "kamelet",
          "process",
          "recipientList",
          "rest",
          "routeTemplate",
          "routingSlip",
          "saga",
          "script",
          "serviceCall",
          "templatedRoute");

  /** Nodes whose {@code ref} or {@code method} is a name and no language. */
  private static final Set<String> NAMING = Set.of("bean", "customLoadBalancer");

  private static final Set<String> STEPS_TO =
      Set.of("to", "toD", "wireTap", "enrich", "pollEnrich", "poll", "deadLetterUri");

  private static final Set<String> PROSE = Set.of("description", "note");
  private static final Pattern LOADED =
      Pattern.compile("(?:#[A-Za-z]+:|resource:).*", Pattern.DOTALL);
  private static final Pattern METHOD = Pattern.compile("[A-Za-z][A-Za-z0-9]*");
  private static final int DEEPEST = 200;

  /** Where something stands. */
  record Place(String file, int line, @Nullable String node) {}

  private record Call(String name, Place place) {}

  private final RouteLimits limits;
  private final Function<String, @Nullable Object> beans;
  private final Function<String, String> resolve;

  private final List<RouteFault> faults = new ArrayList<>();
  private final Map<String, Place> ids = new LinkedHashMap<>();
  private final Map<String, Place> doors = new LinkedHashMap<>();
  private final Map<String, Place> httpDoors = new LinkedHashMap<>();
  private final Map<String, Place> configurations = new LinkedHashMap<>();
  private final Map<String, Place> providers = new LinkedHashMap<>();
  private final List<Call> called = new ArrayList<>();
  private final List<Call> calledByPrefix = new ArrayList<>();
  private final List<Call> configured = new ArrayList<>();
  private final Map<String, Place> choosers = new LinkedHashMap<>();
  private final List<Call> chosenBy = new ArrayList<>();

  private String file = "";

  /**
   * @param beans a step's bean by its name, or null
   * @param resolve fills in placeholders; throws RuntimeException when it can't
   */
  RouteRules(
      RouteLimits limits,
      Function<String, @Nullable Object> beans,
      Function<String, String> resolve) {
    this.limits = limits;
    this.beans = beans;
    this.resolve = resolve;
  }

  /** Where each id stands, as far as files could be read. */
  Map<String, Place> ids() {
    return ids;
  }

  /** Everything that is wrong. */
  List<RouteFault> check(RouteSet set) {
    for (RouteFile each : set.files()) {
      file = each.name();
      read(each.text());
    }
    chosenBy.forEach(
        call -> {
          if (!choosers.containsKey(call.name()) && !isChooser(beans.apply(call.name()))) {
            fault(
                call.place(),
                "there is no way of choosing "
                    + call.name()
                    + "; accepted: hedge, leastLatency, sticky, or one that a file of beans makes");
          }
        });
    called.forEach(
        call -> {
          if (!doors.containsKey(call.name())) {
            fault(
                call.place(),
                "direct:" + call.name() + " is opened by no route; accepted: " + doorsLike(call));
          }
        });
    calledByPrefix.forEach(
        call -> {
          if (doors.keySet().stream().noneMatch(door -> door.startsWith(call.name()))) {
            fault(call.place(), "no route opens a direct door that begins with " + call.name());
          }
        });
    providers.forEach(
        (name, place) -> {
          if (!doors.containsKey("provider-" + name)) {
            fault(place, "the provider " + name + " has no route from direct:provider-" + name);
          }
        });
    configured.forEach(
        call -> {
          if (!configurations.containsKey(call.name())) {
            fault(
                call.place(),
                "routeConfigurationId "
                    + call.name()
                    + " is not known; accepted: "
                    + String.join(", ", new TreeSet<>(configurations.keySet())));
          }
        });
    return faults;
  }

  private String doorsLike(Call call) {
    String head = call.name().startsWith("provider-") ? "provider-" : "";
    return doors.keySet().stream()
        .filter(door -> head.isEmpty() != door.startsWith("provider-"))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private void fault(Place place, String problem) {
    faults.add(new RouteFault(place.file(), place.line(), place.node(), problem));
  }

  // ---- the tree

  private void read(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Node root;
    try {
      root = new Yaml(new SafeConstructor(options)).compose(new java.io.StringReader(text));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      fault(new Place(file, line, null), "it is not YAML: " + e.getProblem());
      return;
    } catch (YAMLException e) {
      fault(new Place(file, 0, null), "it is not YAML: " + e.getMessage());
      return;
    }
    if (!(root instanceof SequenceNode entities) || entities.getValue().isEmpty()) {
      fault(new Place(file, 1, null), "it has no route; accepted: a list of route");
      return;
    }
    for (Node entity : entities.getValue()) {
      if (!(entity instanceof MappingNode one) || one.getValue().size() != 1) {
        fault(place(entity, null), "an entry is not one of: " + ENTITIES);
        continue;
      }
      NodeTuple entry = one.getValue().get(0);
      String kind = text(entry.getKeyNode());
      if (kind != null && kind.equals("beans")) {
        beans(entry.getValueNode());
      } else if (!"route".equals(kind) && !"routeConfiguration".equals(kind)) {
        fault(place(entity, null), kind + " is not accepted; accepted: " + ENTITIES);
      } else if (!(entry.getValueNode() instanceof MappingNode body)) {
        fault(place(entity, null), kind + " is empty");
      } else {
        if (kind.equals("routeConfiguration")) {
          String id = scalar(body, "id");
          if (id != null) {
            configurations.put(id, place(entity, id));
          }
        }
        walk(body, kind, null, 0);
      }
    }
  }

  /** Objects of the few classes of which a file may make some. */
  private void beans(Node list) {
    if (!(list instanceof SequenceNode all)) {
      fault(place(list, null), "beans is no list");
      return;
    }
    for (Node each : all.getValue()) {
      String name = each instanceof MappingNode bean ? scalar(bean, "name") : null;
      if (name == null) {
        fault(place(each, null), "a bean lacks its name");
        continue;
      }
      MappingNode bean = (MappingNode) each;
      Place place = place(bean, name);
      if (choosers.putIfAbsent(name, place) != null || beans.apply(name) != null) {
        fault(place, "there is a bean " + name + " already");
      }
      String type = scalar(bean, "type");
      if (type == null || !limits.choosers().contains(type)) {
        fault(
            place, "the type " + type + " is not accepted; accepted: " + sorted(limits.choosers()));
      }
      for (NodeTuple entry : bean.getValue()) {
        String key = text(entry.getKeyNode());
        if (key == null || !OF_A_BEAN.contains(key)) {
          fault(place, key + " is not accepted; accepted: " + sorted(OF_A_BEAN));
        } else if (entry.getValueNode() instanceof MappingNode properties) {
          properties(properties, place);
        }
      }
    }
  }

  private void properties(MappingNode properties, Place place) {
    for (NodeTuple entry : properties.getValue()) {
      if (entry.getValueNode() instanceof ScalarNode value) {
        scalar(value, place.node());
      } else {
        fault(place, text(entry.getKeyNode()) + " is no plain value");
      }
    }
  }

  private boolean isChooser(@Nullable Object bean) {
    return bean != null && limits.choosers().contains(bean.getClass().getName());
  }

  private void walk(Node node, String key, @Nullable String id, int depth) {
    if (depth > DEEPEST) {
      fault(place(node, id), "nested too deeply");
      return;
    }
    if (node instanceof SequenceNode list) {
      list.getValue().forEach(item -> walk(item, key, id, depth + 1));
    } else if (node instanceof MappingNode map) {
      mapping(map, key, id, depth);
    } else if (node instanceof ScalarNode scalar && !PROSE.contains(key)) {
      scalar(scalar, id);
    }
  }

  private void mapping(MappingNode map, String key, @Nullable String around, int depth) {
    boolean parameters = key.equals("parameters");
    String own = parameters ? null : scalar(map, "id");
    String id = own == null ? around : own;
    if (own != null) {
      Place place = place(map, own);
      Place earlier = ids.putIfAbsent(own, place);
      if (earlier != null) {
        fault(
            place,
            "the id " + own + " is there twice: also in " + earlier.file() + ":" + earlier.line());
      }
    }
    if (!parameters) {
      step(map, key, id);
    }
    for (NodeTuple entry : map.getValue()) {
      String name = text(entry.getKeyNode());
      Node value = entry.getValueNode();
      if (!parameters) {
        entry(name, value, key, id);
      }
      walk(value, name, id, depth + 1);
    }
  }

  /** One key of a node, whatever the node is. */
  private void entry(String name, Node value, String parent, @Nullable String id) {
    if (REFUSED.contains(name)) {
      fault(place(value, id), name + " is not accepted");
    }
    boolean language =
        LANGUAGES.contains(name)
            && !limits.languages().contains(name)
            && !(NAMING.contains(parent) && value instanceof ScalarNode);
    if (language) {
      fault(
          place(value, id),
          "the language " + name + " is not accepted; accepted: " + sorted(limits.languages()));
    }
    if (value instanceof ScalarNode scalar) {
      String text = scalar.getValue();
      if (STEPS_TO.contains(name) || name.equals("from")) {
        endpoint(text, null, name, place(value, id));
      }
      if (name.equals("variable")
          || name.equals("variableSend")
          || name.equals("variableReceive")) {
        variable(text, place(value, id));
      }
      if (name.equals("routeConfigurationId")) {
        configured.add(new Call(text, place(value, id)));
      }
      if (name.equals("exceptionType")) {
        thrown(text, place(value, id));
      }
      if (name.equals("bean")) {
        fault(place(value, id), "bean is a name alone; accepted: ref and method");
      }
      if (name.equals("customLoadBalancer")) {
        fault(place(value, id), "customLoadBalancer is a name alone; accepted: ref");
      }
    }
  }

  /** A node as a whole, by its key. */
  private void step(MappingNode map, String key, @Nullable String id) {
    Place place = place(map, id);
    String uri = scalar(map, "uri");
    if (uri != null) {
      endpoint(uri, child(map, "parameters"), key, place);
    } else if (key.equals("enrich") || key.equals("pollEnrich")) {
      computed(map, key, place);
    }
    if (key.equals("bean")) {
      bean(map, place);
    }
    if (key.equals("customLoadBalancer")) {
      String ref = scalar(map, "ref");
      if (ref == null) {
        fault(place, "customLoadBalancer lacks ref");
      } else {
        chosenBy.add(new Call(ref, place));
      }
    }
    String name = scalar(map, "name");
    if (name != null && (key.equals("setVariable") || key.equals("removeVariable"))) {
      variable(name, place);
    }
    if (key.equals("variable")) {
      String expression = scalar(map, "expression");
      if (expression != null) {
        variable(expression, place);
      }
    }
  }

  private void computed(MappingNode map, String key, Place place) {
    MappingNode expression = child(map, "expression");
    MappingNode language = expression == null ? map : expression;
    MappingNode constant = child(language, "constant");
    String uri = constant == null ? scalar(language, "constant") : scalar(constant, "expression");
    if (uri == null) {
      fault(place, key + " to an address that a message makes; accepted: constant");
    } else {
      endpoint(uri, null, key, place);
    }
  }

  // ---- what a node names

  private void endpoint(String uri, @Nullable MappingNode parameters, String key, Place place) {
    String address;
    try {
      address = uri.contains("{{") ? resolve.apply(uri) : uri;
    } catch (RuntimeException e) {
      fault(place, uri + " can't be filled in: " + e.getMessage());
      return;
    }
    int end = firstOf(address, ":?");
    String scheme = address.substring(0, end);
    if (!limits.components().contains(scheme)) {
      fault(
          place,
          "the component " + scheme + " is not accepted; accepted: " + sorted(limits.components()));
      return;
    }
    String path =
        end < address.length() && address.charAt(end) == ':' ? address.substring(end + 1) : "";
    path = path.substring(0, firstOf(path, "?"));
    while (path.startsWith("/") && !scheme.equals("platform-http")) {
      path = path.substring(1);
    }
    switch (scheme) {
      case "direct" -> direct(named(path, "name", parameters), key, place);
      case "llm" -> {
        providers.putIfAbsent(named(path, "name", parameters), place);
        String credential = parameters == null ? null : scalar(parameters, "credential");
        for (String one : credential == null ? new String[0] : credential.split(",")) {
          if (one.isBlank() || RouteText.isCredential(one.trim())) {
            continue;
          }
          fault(
              place,
              "credential "
                  + one.trim()
                  + " is not accepted; accepted: the name of a variable such as ACME_API_KEY that is"
                  + " a provider's");
        }
      }
      case "platform-http" -> http(named(path, "path", parameters), parameters, key, place);
      default -> {
        if (path.contains("${")) {
          fault(place, "an address that a message makes is accepted for direct only");
        }
      }
    }
  }

  private String named(String path, String option, @Nullable MappingNode parameters) {
    String name = path.isEmpty() && parameters != null ? scalar(parameters, option) : path;
    if (name == null) {
      return "";
    }
    try {
      return name.contains("{{") ? resolve.apply(name) : name;
    } catch (RuntimeException e) {
      return name;
    }
  }

  private void direct(String name, String key, Place place) {
    if (key.equals("from")) {
      Place earlier = doors.putIfAbsent(name, place);
      if (earlier != null) {
        fault(
            place,
            "direct:"
                + name
                + " is opened twice: also in "
                + earlier.file()
                + ":"
                + earlier.line());
      }
      return;
    }
    int open = name.indexOf("${");
    if (open < 0) {
      called.add(new Call(name, place));
    } else if (open == 0) {
      fault(place, "a direct door whose name a message makes; accepted: a fixed beginning");
    } else {
      calledByPrefix.add(new Call(name.substring(0, open), place));
    }
  }

  private void http(String path, @Nullable MappingNode parameters, String key, Place place) {
    if (!key.equals("from")) {
      return;
    }
    String restrict = parameters == null ? null : scalar(parameters, "httpMethodRestrict");
    String prefix = parameters == null ? null : scalar(parameters, "matchOnUriPrefix");
    for (String method : (restrict == null ? "*" : restrict).split(",")) {
      String door =
          method.trim().toUpperCase(java.util.Locale.ROOT)
              + " "
              + path
              + ("true".equals(prefix) ? "*" : "");
      Place earlier = httpDoors.putIfAbsent(door, place);
      if (earlier != null) {
        fault(place, door + " is served twice: also in " + earlier.file() + ":" + earlier.line());
      }
    }
  }

  private void bean(MappingNode map, Place place) {
    String type = scalar(map, "beanType");
    if (type != null) {
      if (!limits.beanTypes().contains(type)) {
        fault(
            place,
            "beanType " + type + " is not accepted; accepted: " + sorted(limits.beanTypes()));
      }
      return;
    }
    String ref = scalar(map, "ref");
    String method = scalar(map, "method");
    if (ref == null || method == null) {
      fault(place, "bean lacks ref or method");
      return;
    }
    Object bean = ref.contains("{{") ? null : beans.apply(ref);
    List<String> steps = bean == null ? List.of() : steps(bean.getClass());
    if (steps.isEmpty()) {
      fault(place, "there is no step " + ref);
    } else if (!METHOD.matcher(method).matches() || !steps.contains(method)) {
      fault(place, ref + " has no method " + method + "; accepted: " + String.join(", ", steps));
    }
  }

  /** What routes may call of a bean: the methods of its own class that take an exchange alone. */
  private static List<String> steps(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getDeclaringClass() != Object.class)
        .filter(
            method ->
                method.getParameterCount() == 1 && method.getParameterTypes()[0] == Exchange.class)
        .map(Method::getName)
        .distinct()
        .sorted()
        .toList();
  }

  private void variable(String name, Place place) {
    if (Arrays.stream(Var.values()).noneMatch(known -> known.key().equals(name))) {
      fault(
          place,
          "the variable "
              + name
              + " is not known; accepted: "
              + Arrays.stream(Var.values()).map(Var::key).collect(Collectors.joining(", ")));
    }
  }

  private void thrown(String type, Place place) {
    try {
      Class<?> exception = Class.forName(type, false, RouteRules.class.getClassLoader());
      if (Exception.class.isAssignableFrom(exception)) {
        exception.getConstructor(String.class);
        return;
      }
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      // said below
    }
    fault(place, type + " can't be thrown; accepted: an exception that is made from a text");
  }

  private void scalar(ScalarNode node, @Nullable String id) {
    String text = node.getValue();
    if (LOADED.matcher(text).matches()) {
      fault(place(node, id), text + " is not accepted: it would be loaded from elsewhere");
    }
    if (text.contains("{{")) {
      RouteText.placeholders(text, problem -> fault(place(node, id), problem));
    }
    if (text.indexOf('$') >= 0) {
      for (String function : RouteText.functions(text)) {
        if (!RouteText.accepts(limits.functions(), function)) {
          fault(
              place(node, id),
              "${" + function + "} is not accepted; accepted: " + sorted(limits.functions()));
        } else if (function.startsWith("variable")) {
          String name = function.substring("variable".length() + 1);
          variable(name.substring(0, firstOf(name, ".")), place(node, id));
        }
      }
    }
  }

  // ---- reading nodes

  private Place place(Node node, @Nullable String id) {
    return new Place(file, node.getStartMark().getLine() + 1, id);
  }

  private static @Nullable String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static @Nullable String scalar(MappingNode map, String key) {
    return value(map, key) instanceof ScalarNode scalar ? scalar.getValue() : null;
  }

  private static @Nullable MappingNode child(MappingNode map, String key) {
    return value(map, key) instanceof MappingNode child ? child : null;
  }

  private static @Nullable Node value(MappingNode map, String key) {
    for (NodeTuple entry : map.getValue()) {
      if (key.equals(text(entry.getKeyNode()))) {
        return entry.getValueNode();
      }
    }
    return null;
  }

  private static int firstOf(String text, String ends) {
    for (int i = 0; i < text.length(); i++) {
      if (ends.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private static String sorted(Set<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", new TreeSet<>(names));
  }
}
