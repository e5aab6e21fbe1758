package io.aigateway.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.endpoint.Refuse;
import io.aigateway.targets.Hedge;
import io.aigateway.targets.LeastLatency;
import io.aigateway.targets.Sticky;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a set of route files is refused, and does the refusal say where and what is accepted? */
class RouteRulesTest {
  private static final RouteLimits LIMITS =
      new RouteLimits(
          Set.of("direct", "llm", "platform-http", "log"),
          Set.of("simple", "constant", "variable"),
          Set.of("body", "header.*", "variable.*"),
          Set.of(),
          Set.of("io.aigateway.targets.Hedge"));

  private static final Map<String, Object> BEANS =
      Map.of("refuse", new Refuse(), "termination", new Object());

  private static List<RouteFault> check(RouteFile... files) {
    return new RouteRules(
            LIMITS, BEANS::get, text -> RouteText.fill(text, Map.of("SET", "own")::get))
        .check(new RouteSet(List.of(files)));
  }

  private static List<String> faults(String text) {
    return check(new RouteFile("own.camel.yaml", RouteFile.Origin.ADDED, text)).stream()
        .map(RouteFault::toString)
        .toList();
  }

  /** A route from direct:own whose only step is this. */
  private static String route(String step) {
    return """
    - route:
        id: own
        from:
          uri: direct:own
          steps:
    STEP
    """
        .replace("STEP", step.indent(8).stripTrailing());
  }

  static Stream<List<String>> steps() {
    return Stream.of(
        List.of("- to: exec:ls", "[own] the component exec is not accepted; accepted: direct, llm"),
        List.of("- to: {id: own-x, uri: 'file:/tmp'}", "[own-x] the component file is not"),
        List.of("- toD: '${header.x}'", "the component ${header.x} is not accepted"),
        List.of("- toD: 'log:${header.x}'", "accepted for direct only"),
        List.of("- toD: 'direct:${header.x}'", "accepted: a fixed beginning"),
        List.of("- toD: 'direct:no-${header.x}'", "no route opens a direct door that begins"),
        List.of("- to: {uri: direct, parameters: {name: nobody}}", "accepted: own"),
        List.of("- wireTap: {uri: 'direct:nobody'}", "direct:nobody is opened by no route"),
        List.of("- enrich: {constant: 'direct:nobody'}", "direct:nobody is opened by no route"),
        List.of("- enrich: {simple: '${body}'}", "an address that a message makes"),
        List.of("- recipientList: {constant: 'direct:own'}", "recipientList is not accepted"),
        List.of("- script: {groovy: '1'}", "script is not accepted"),
        List.of("- setBody: {groovy: '1'}", "the language groovy is not accepted"),
        List.of("- setBody: {method: {ref: refuse}}", "the language method is not accepted"),
        List.of("- setBody: {simple: '${env.HOME}'}", "${env.HOME} is not accepted"),
        List.of("- setBody: {simple: '${body.class}'}", "${body.class} is not accepted"),
        List.of("- setBody: {simple: '${header.${env.X}}'}", "${header.${env.X} is not"),
        List.of("- setBody: {simple: '$simple{sys.x}'}", "${sys.x} is not accepted"),
        List.of("- setBody: {simple: '${variable.modle}'}", "the variable modle is not known"),
        List.of("- setVariable: {name: modle, constant: x}", "the variable modle is not known"),
        List.of("- setBody: {variable: modle}", "the variable modle is not known"),
        List.of("- setBody: {constant: '{{OPENAI_API_KEY}}'}", "is a secret"),
        List.of("- setBody: {constant: '{{openai.api-key}}'}", "is a secret"),
        List.of("- setBody: {constant: '{{x:{{MY_TOKEN}}}}'}", "is a secret"),
        List.of("- setBody: {constant: '{{env:HOME}}'}", "is not accepted; accepted: {{NAME}}"),
        List.of("- setBody: {constant: 'resource:file:/etc/passwd'}", "loaded from elsewhere"),
        List.of("- to: {uri: 'log:x', parameters: {a: '#class:Evil'}}", "loaded from elsewhere"),
        List.of("- bean: {ref: termination, method: exit}", "there is no step termination"),
        List.of("- bean: {ref: refuse, method: nothing}", "refuse has no method nothing; accepted"),
        List.of(
            "- bean: {ref: refuse, method: 'notImplemented(1)'}",
            "refuse has no method notImplemented(1)"),
        List.of(
            "- bean: {beanType: java.lang.Runtime, method: exit}", "beanType java.lang.Runtime"),
        List.of("- bean: refuse", "accepted: ref and method"),
        List.of("- throwException: {exceptionType: java.lang.Nope, message: x}", "can't be thrown"),
        List.of("- throwException: {exceptionType: java.lang.Object, message: x}", "can't be"),
        List.of(
            "- to: {uri: 'llm:own', parameters: {credential: ENCRYPTION_KEY}}", "ENCRYPTION_KEY"),
        List.of("- to: 'llm:other'", "the provider other has no route from direct:provider-other"),
        List.of("- to: 'log:{{NOT_SET}}'", "NOT_SET is not set and has no default"));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void stepIsRefusedAndNamed(List<String> stepAndFault) {
    assertThat(faults(route(stepAndFault.get(0))))
        .as(stepAndFault.get(0))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("own.camel.yaml:6 [own")
                    .contains(stepAndFault.get(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- to: {uri: direct, parameters: {name: own}}",
        "- to: 'direct:{{SET}}'",
        "- to: 'log:{{NOT_SET:x}}'",
        "- toD: 'direct:o${variable.provider}'",
        "- setBody: {simple: '${header.x-tier} ${variable.model} ${body}'}",
        "- setVariable: {name: modelSent, constant: x}",
        "- bean: {ref: refuse, method: notImplemented}",
        "- throwException: {exceptionType: java.lang.IllegalStateException, message: x}",
        "- setBody: {description: 'A ${note} about #it: {{x', constant: x}",
      })
  void stepIsAccepted(String step) {
    assertThat(faults(route(step))).isEmpty();
  }

  @Test
  void providersCredentialIsAccepted() {
    assertThat(
            faults(
                route("- to: {uri: 'llm:own', parameters: {credential: ACME_API_KEY}}")
                    .replace("direct:own", "direct:provider-own")))
        .isEmpty();
  }

  @Test
  void beanOfAnAcceptedClassMayBeNamedByARule() {
    String bean =
        "- beans: [{name: quick, type: io.aigateway.targets.Hedge, properties: {delay: 1s}}]";
    String rule = route("- loadBalance: {customLoadBalancer: {ref: quick}, steps: [{stop: {}}]}");

    assertThat(
            check(
                new RouteFile("own.camel.yaml", RouteFile.Origin.ADDED, rule),
                new RouteFile("quick.camel.yaml", RouteFile.Origin.ADDED, bean)))
        .isEmpty();
    assertThat(faults(rule))
        .anySatisfy(fault -> assertThat(fault).contains("there is no way of choosing quick"));
    assertThat(faults(rule.replace("quick", "termination")))
        .as("a bean of another kind")
        .anySatisfy(fault -> assertThat(fault).contains("no way of choosing termination"));
  }

  @Test
  void everyCredentialOfAPoolIsLookedAt() {
    String pool = "- to: {uri: 'llm:own', parameters: {credential: 'ACME_API_KEY,NAME'}}";

    assertThat(
            faults(
                route(pool.replace("NAME", "ACME_API_KEY_2"))
                    .replace("direct:own", "direct:provider-own")))
        .isEmpty();
    assertThat(faults(route(pool.replace("NAME", "ENCRYPTION_KEY"))))
        .anySatisfy(fault -> assertThat(fault).contains("credential ENCRYPTION_KEY is not"));
  }

  static Stream<List<String>> files() {
    return Stream.of(
        List.of("", "own.camel.yaml:1 it has no route"),
        List.of("- route:\n    id: [", "own.camel.yaml:2 it is not YAML"),
        List.of("route: {}", "it has no route; accepted: a list of route"),
        List.of("- rest: {}", "rest is not accepted; accepted: beans, route, routeConfiguration"),
        List.of(
            "- beans: [{name: x, type: java.lang.Runtime}]",
            "the type java.lang.Runtime is not accepted; accepted: io.aigateway.targets.Hedge"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, script: exit()}]",
            "script is not accepted; accepted: name, properties, type"),
        List.of("- beans: [{type: io.aigateway.targets.Hedge}]", "a bean lacks its name"),
        List.of(
            "- beans: [{name: refuse, type: io.aigateway.targets.Hedge}]",
            "there is a bean refuse already"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, properties: {delay: {a: b}}}]",
            "delay is no plain value"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, properties: {delay: '#bean:y'}}]",
            "#bean:y is not accepted: it would be loaded from elsewhere"),
        List.of("- route:", "route is empty"),
        List.of(
            route("- stop: {}").replace("id: own", "id: own\n    routeConfigurationId: no"),
            "no is not known"),
        List.of(route("- stop: {id: own}"), "the id own is there twice: also in own.camel.yaml:2"),
        List.of(
            route("- stop: {}") + route("- stop: {}").replace("id: own", "id: o"),
            "direct:own is opened twice: also in own.camel.yaml:4"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void fileIsRefusedAndNamed(List<String> textAndFault) {
    assertThat(faults(textAndFault.get(0)))
        .anySatisfy(fault -> assertThat(fault).contains(textAndFault.get(1)));
  }

  @Test
  void idsAndDoorsOfTwoFilesMustDiffer() {
    String door = "- route:\n    id: ID\n    from:\n      uri: platform-http:/x\n      steps: []\n";

    assertThat(
            check(
                new RouteFile("a.camel.yaml", RouteFile.Origin.BUILT_IN, door.replace("ID", "a")),
                new RouteFile("b.camel.yaml", RouteFile.Origin.ADDED, door.replace("ID", "a"))))
        .extracting(RouteFault::toString)
        .containsExactly(
            "b.camel.yaml:2 [a] the id a is there twice: also in a.camel.yaml:2",
            "b.camel.yaml:4 [a] * /x is served twice: also in a.camel.yaml:4");
  }

  @Test
  void whatShipsIsAccepted() throws IOException {
    List<RouteFile> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("src/main/resources/routes"))) {
      for (Path file : all.toList()) {
        files.add(
            new RouteFile(
                file.getFileName().toString(), RouteFile.Origin.ADDED, Files.readString(file)));
      }
    }
    RouteLimits limits =
        new RouteLimits(
            LIMITS.components(),
            LIMITS.languages(),
            Set.of("variable.*", "header.*", "variable.call.request.path"),
            Set.of(),
            Set.of());

    List<String> faults =
        new RouteRules(limits, name -> null, text -> RouteText.fill(text, name -> null))
            .check(new RouteSet(files)).stream()
                .map(RouteFault::toString)
                .filter(fault -> !fault.contains("there is no step"))
                .toList();

    assertThat(faults).isEmpty();
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("examples"))) {
      return all.filter(Files::isDirectory).toList().stream();
    }
  }

  /** As they would be loaded: in the place of built-in files or beside them. */
  @ParameterizedTest
  @MethodSource("examples")
  void exampleIsAcceptedTogetherWithWhatShips(Path example) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (Path folder : List.of(Path.of("src/main/resources/routes"), example)) {
      try (Stream<Path> all = Files.list(folder)) {
        for (Path file : all.toList()) {
          texts.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    List<RouteFile> files = new ArrayList<>();
    texts.forEach((name, text) -> files.add(new RouteFile(name, RouteFile.Origin.ADDED, text)));
    RouteLimits limits =
        new RouteLimits(
            LIMITS.components(),
            Set.of("simple", "constant", "variable", "header"),
            Set.of("variable.*", "header.*", "variable.call.request.path"),
            Set.of(),
            Set.of(Hedge.class.getName(), LeastLatency.class.getName(), Sticky.class.getName()));
    Map<String, Object> choosers =
        Map.of("hedge", new Hedge(), "leastLatency", new LeastLatency(), "sticky", new Sticky());

    List<String> faults =
        new RouteRules(limits, choosers::get, text -> RouteText.fill(text, name -> null))
            .check(new RouteSet(files)).stream()
                .map(RouteFault::toString)
                .filter(fault -> !fault.contains("there is no step"))
                .toList();

    assertThat(faults).isEmpty();
  }
}
