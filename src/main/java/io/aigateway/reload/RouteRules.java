package io.aigateway.reload;

import io.aigateway.call.Var;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What is wrong with a set of route files, as text? Looks for what Camel does not notice before the
 * first call, or at all, and for what {@link RouteLimits} keeps out, before Camel sees any of it.
 * One object looks at one set.
 */
final class RouteRules {
  private static final String ENTITIES = "beans, route, routeConfiguration";

  private static final Set<String> OF_A_BEAN = Set.of("name", "properties", "type");

  /** Nodes whose {@code ref} or {@code method} is a name and no language. */
  private static final Set<String> NAMING = Set.of("bean", "customLoadBalancer");

  private static final Set<String> NAMES = Set.of("ref", "method");

  private static final Set<String> STEPS_TO =
      Set.of("to", "toD", "wireTap", "enrich", "pollEnrich", "poll", "deadLetterUri");

  /** Steps that make an address anew for each message. */
  private static final Set<String> DYNAMIC = Set.of("toD", "wireTap");

  private static final Set<String> PROSE = Set.of("description", "note");

  /** Makes objects, or text, of what stands elsewhere. */
  private static final Pattern LOADED =
      Pattern.compile("\\s*(?:#[A-Za-z]+[:(]|resource:).*", Pattern.DOTALL);

  /** The same for options, which may name an object too, or hide what they say. */
  private static final Pattern NAMES_AN_OBJECT =
      Pattern.compile("\\s*(?:#|RAW[({]|resource:).*", Pattern.DOTALL);

  /** What can only be the name of a variable, and no key. */
  private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+");

  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9]*");
  private static final Pattern CALL =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:\\([A-Za-z0-9_', .-]*\\))?");
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

  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

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

  /** The providers that routes call, and that others reach, as far as files could be read. */
  Set<String> providers() {
    return providers.keySet().stream()
        .filter(name -> doors.containsKey("provider-" + name))
        .collect(Collectors.toUnmodifiableSet());
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
    Node root;
    try {
      // the parser that Camel uses: what another one reads differently would pass unseen
      root =
          new Compose(LoadSettings.builder().setLabel(file).build())
              .composeString(text)
              .orElse(null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      fault(new Place(file, line, null), "it is not YAML: " + e.getProblem());
      return;
    } catch (YamlEngineException e) {
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
      if (kind.equals("beans")) {
        beans(entry.getValueNode());
      } else if (!kind.equals("route") && !kind.equals("routeConfiguration")) {
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
      words(bean, place, false);
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
        if (!OF_A_BEAN.contains(key)) {
          fault(place, key + " is not accepted; accepted: " + sorted(OF_A_BEAN));
        } else if (entry.getValueNode() instanceof MappingNode properties) {
          properties(properties, place);
        }
      }
    }
  }

  private void properties(MappingNode properties, Place place) {
    words(properties, place, true);
    for (NodeTuple entry : properties.getValue()) {
      if (entry.getValueNode() instanceof ScalarNode value) {
        scalar(value, place.node(), NAMES_AN_OBJECT);
      } else {
        fault(place, text(entry.getKeyNode()) + " is no plain value");
      }
    }
  }

  private boolean isChooser(@Nullable Object bean) {
    return bean != null && limits.acceptsChooser(bean.getClass());
  }

  private void walk(Node node, String key, @Nullable String id, int depth) {
    if (depth > DEEPEST) {
      fault(place(node, id), "nested too deeply");
      return;
    }
    if (!seen.add(node)) {
      fault(place(node, id), "an alias of what stands elsewhere is not accepted; write it out");
      return;
    }
    if (node instanceof SequenceNode list) {
      list.getValue().forEach(item -> walk(item, key, id, depth + 1));
    } else if (node instanceof MappingNode map) {
      mapping(map, key, id, depth);
    } else if (node instanceof ScalarNode scalar && !PROSE.contains(key)) {
      scalar(scalar, id, LOADED);
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
    words(map, place(map, id), parameters);
    if (parameters) {
      options(map, id);
      return;
    }
    step(map, key, id);
    for (NodeTuple entry : map.getValue()) {
      String name = text(entry.getKeyNode());
      entry(name, entry.getValueNode(), key, id);
      walk(entry.getValueNode(), name, id, depth + 1);
    }
  }

  /**
   * The names in a node are plain and there once, so that nobody after this reads another.
   *
   * @param anyCase whether Camel takes them in any case
   */
  private void words(MappingNode map, Place place, boolean anyCase) {
    Set<String> names = new HashSet<>();
    for (NodeTuple entry : map.getValue()) {
      String name = text(entry.getKeyNode());
      if (!WORD.matcher(name).matches() || name.equals("class")) {
        fault(place, "the name '" + name + "' is not accepted; accepted: such as failureRate");
      } else if (!names.add(anyCase ? name.toLowerCase(Locale.ROOT) : name)) {
        fault(place, name + " is there twice");
      }
    }
  }

  /** What is said to a component. */
  private void options(MappingNode map, @Nullable String id) {
    for (NodeTuple entry : map.getValue()) {
      if (entry.getValueNode() instanceof ScalarNode value) {
        scalar(value, id, NAMES_AN_OBJECT);
      } else {
        fault(place(map, id), text(entry.getKeyNode()) + " is no plain value");
      }
    }
  }

  /** One key of a node, whatever the node is. */
  private void entry(String name, Node value, String parent, @Nullable String id) {
    if (parent.equals("steps")) {
      if (!limits.steps().contains(name)) {
        fault(place(value, id), name + " is not accepted; accepted: " + sorted(limits.steps()));
      }
    } else if (RouteWords.LANGUAGES.contains(name)) {
      boolean names =
          NAMING.contains(parent) && NAMES.contains(name) && value instanceof ScalarNode;
      if (!names && !limits.languages().contains(name)) {
        fault(
            place(value, id),
            "the language " + name + " is not accepted; accepted: " + sorted(limits.languages()));
      }
    } else if (!RouteWords.OPTIONS.contains(name) && !limits.options().contains(name)) {
      fault(place(value, id), "the option " + name + " of " + parent + " is not accepted");
    }
    if (name.equals("steps") && !(value instanceof SequenceNode) && !isEmpty(value)) {
      fault(place(value, id), "steps is no list");
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
    Map<String, String> options = options(path, parameters, place);
    path = path.substring(0, firstOf(path, "?"));
    while (path.startsWith("/") && !scheme.equals("platform-http")) {
      path = path.substring(1);
    }
    String name = path;
    switch (scheme) {
      case "direct" -> {
        name = named(path, "name", options);
        options.remove("name");
        direct(name, key, place);
      }
      case "llm" -> {
        name = named(path, "name", options);
        providers.putIfAbsent(name, place);
        credentials(options.getOrDefault("credential", ""), place);
      }
      case "platform-http" -> {
        name = named(path, "path", options);
        http(name, options, key, place);
      }
      default -> {
        // it has no rules of its own
      }
    }
    boolean made =
        name.contains("${") && !scheme.equals("direct")
            || DYNAMIC.contains(key)
                && options.values().stream().anyMatch(value -> value.contains("${"));
    if (made) {
      fault(place, "an address that a message makes is accepted for direct only");
    }
  }

  /** What is said to the component, behind a question mark and in parameters, in small letters. */
  private Map<String, String> options(String path, @Nullable MappingNode parameters, Place place) {
    Map<String, String> options = new HashMap<>();
    int query = firstOf(path, "?");
    if (query < path.length()) {
      for (String option : path.substring(query + 1).split("&")) {
        int equals = firstOf(option, "=");
        String name = option.substring(0, equals);
        String value = option.substring(Math.min(option.length(), equals + 1));
        if (!WORD.matcher(name).matches() || NAMES_AN_OBJECT.matcher(value).matches()) {
          fault(
              place,
              (WORD.matcher(name).matches() ? "the option " + name : "an option")
                  + " is not accepted; write it as a parameter");
        }
        if (options.put(name.toLowerCase(Locale.ROOT), value) != null) {
          fault(place, name + " is there twice");
        }
      }
    }
    if (parameters != null) {
      for (NodeTuple entry : parameters.getValue()) {
        String name = text(entry.getKeyNode());
        String value = text(entry.getValueNode());
        if (options.put(name.toLowerCase(Locale.ROOT), value) != null) {
          fault(place, name + " is there twice");
        }
      }
    }
    return options;
  }

  private void credentials(String names, Place place) {
    for (String each : names.split(",")) {
      String name = each.trim();
      if (!name.isEmpty() && !Secrets.isCredential(name)) {
        // whoever mistakes the name for the key must not find the key in health, log and events
        fault(
            place,
            (VARIABLE.matcher(name).matches() ? "credential " + name : "a credential")
                + " is not accepted; accepted: the name of a variable such as ACME_API_KEY that is"
                + " a provider's");
      }
    }
  }

  private String named(String path, String option, Map<String, String> options) {
    String name = path.isEmpty() ? options.getOrDefault(option, "") : path;
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

  private void http(String path, Map<String, String> options, String key, Place place) {
    if (!key.equals("from")) {
      return;
    }
    String prefix = options.get("matchonuriprefix");
    for (String method : options.getOrDefault("httpmethodrestrict", "*").split(",")) {
      String door =
          method.trim().toUpperCase(Locale.ROOT) + " " + path + ("true".equals(prefix) ? "*" : "");
      Place earlier = httpDoors.putIfAbsent(door, place);
      if (earlier != null) {
        fault(place, door + " is served twice: also in " + earlier.file() + ":" + earlier.line());
      }
    }
  }

  private void bean(MappingNode map, Place place) {
    String type = scalar(map, "beanType");
    String ref = scalar(map, "ref");
    String method = scalar(map, "method");
    if (type != null) {
      if (ref != null) {
        fault(place, "bean has both ref and beanType");
      }
      if (!limits.beanTypes().contains(type)) {
        fault(
            place,
            "beanType " + type + " is not accepted; accepted: " + sorted(limits.beanTypes()));
      } else if (method != null && !CALL.matcher(method).matches()) {
        fault(place, "method " + method + " is not accepted; accepted: a name, and plain values");
      }
      return;
    }
    if (ref == null || method == null) {
      fault(place, "bean lacks ref or method");
      return;
    }
    Object bean = ref.contains("{{") ? null : beans.apply(ref);
    List<String> steps =
        bean == null || !limits.acceptsStep(bean.getClass()) ? List.of() : steps(bean.getClass());
    if (steps.isEmpty()) {
      fault(place, "there is no step " + ref);
    } else if (!WORD.matcher(method).matches() || !steps.contains(method)) {
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

  /**
   * A value, as it stands there and as it is once its placeholders are filled in.
   *
   * @param refused what it may not look like
   */
  private void scalar(ScalarNode node, @Nullable String id, Pattern refused) {
    String text = node.getValue();
    Place place = place(node, id);
    text(text, place, refused);
    if (text.contains("{{")) {
      int before = faults.size();
      RouteText.placeholders(text, problem -> fault(place, problem));
      if (faults.size() == before) {
        try {
          text(resolve.apply(text), place, refused);
        } catch (RuntimeException e) {
          // Camel says so, or endpoint has
        }
      }
    }
  }

  private void text(String text, Place place, Pattern refused) {
    if (refused.matcher(text).matches()) {
      String told = text.strip();
      int end = firstOf(told, ":({") + 1;
      String begins = end > told.length() ? "#" : told.substring(0, end);
      fault(
          place,
          "what begins with " + begins + " is not accepted: it would be loaded from elsewhere");
    }
    if (text.indexOf('$') >= 0) {
      for (String function : RouteText.functions(text)) {
        if (!RouteText.accepts(limits.functions(), function)) {
          fault(
              place,
              "${" + function + "} is not accepted; accepted: " + sorted(limits.functions()));
        } else if (function.startsWith("variable")) {
          String name = function.substring("variable".length() + 1);
          variable(name.substring(0, firstOf(name, ".")), place);
        }
      }
    }
  }

  // ---- reading nodes

  private Place place(Node node, @Nullable String id) {
    return new Place(file, node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0), id);
  }

  private static boolean isEmpty(Node node) {
    return node instanceof ScalarNode scalar && scalar.getValue().isEmpty();
  }

  private static String text(Node node) {
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
