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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What of a set of route files is refused, and does the refusal say where and what is accepted? */
class RouteRulesTest {
  private static final RouteLimits LIMITS =
      new RouteLimits(
          Set.of("direct", "llm", "platform-http", "log"),
          Set.of("simple", "constant", "variable"),
          Set.of("body", "header.*", "variable.*"),
          Set.of(
              "bean enrich loadBalance log removeVariable setBody setVariable split stop"
                  .concat(" throwException to toD wireTap circuitBreaker")
                  .split(" ")),
          Set.of(),
          Set.of(),
          Set.of("io.aigateway.targets.Hedge"));

  /** A bean of the process that is no step, though it looks like one. */
  public static final class Stopper {
    public void exit(Exchange exchange) {
      throw new AssertionError(exchange);
    }
  }

  private static final Map<String, Object> BEANS =
      Map.of("refuse", new Refuse(), "termination", new Stopper());

  /** What is accepted as the gateway comes. */
  private static RouteLimits shipped() throws IOException {
    Map<String, Map<String, Map<String, Map<String, String>>>> settings =
        new Yaml().load(Files.readString(Path.of("src/main/resources/application.yaml")));
    Map<String, String> accepted = settings.get("gateway").get("routes").get("accepted");
    Function<String, Set<String>> words =
        name ->
            Arrays.stream(accepted.get(name).split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    return new RouteLimits(
        words.apply("components"),
        words.apply("languages"),
        words.apply("functions"),
        words.apply("steps"),
        words.apply("options"),
        words.apply("bean-types"),
        words.apply("choosers"));
  }

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

  /** Ways around, each against what is accepted as the gateway comes. */
  static Stream<List<String>> sneaks() {
    return Stream.of(
        // another bean, or a class
        List.of("- bean: {ref: '#bean:termination', method: exit}", "there is no step"),
        List.of("- bean: {ref: '#termination', method: exit}", "there is no step"),
        List.of("- bean: {ref: '{{X:termination}}', method: exit}", "there is no step"),
        List.of("- bean: {ref: '#class:java.lang.Runtime', method: exit}", "loaded from elsewhere"),
        List.of("- bean: {ref: '#type:java.lang.Runtime', method: exit}", "loaded from elsewhere"),
        List.of("- bean: {ref: '#valueAs(java.lang.Runtime):x', method: exit}", "loaded from"),
        List.of("- bean: {ref: '{{X:#class:java.lang.Runtime}}', method: exit}", "loaded from"),
        List.of("- bean: {ref: refuse, ref: termination, method: exit}", "ref is there twice"),
        List.of("- bean: {ref: refuse, 'method': notImplemented, method: x}", "is there twice"),
        List.of("- bean: {ref: refuse, bean-type: java.lang.Runtime, method: exit}", "bean-type"),
        List.of("- bean: {ref: refuse, beanType: java.lang.Runtime, method: exit}", "both ref and"),
        List.of("- bean: {ref: refuse, method: notImplemented, scope: Prototype}", "option scope"),
        List.of("- to: 'bean:termination?method=exit'", "the component bean is not accepted"),
        List.of("- to: 'class:java.lang.Runtime'", "the component class is not accepted"),
        List.of("- toD: 'direct:own+bean:termination'", "is opened by no route"),
        List.of("- process: {ref: termination}", "process is not accepted"),
        List.of("- policy: {ref: termination, steps: []}", "policy is not accepted"),
        List.of("- transacted: {ref: termination, steps: []}", "transacted is not accepted"),
        List.of("- setBody: {ref: termination}", "the language ref is not accepted"),
        List.of("- setBody: {expression: {method: {ref: termination}}}", "the language method"),
        List.of("- setBody: {expression: {language: {language: groovy}}}", "the language language"),
        List.of("- throwException: {ref: termination}", "the language ref is not accepted"),
        List.of("- split: {constant: a, aggregationStrategy: termination}", "aggregationStrategy"),
        List.of("- multicast: {onPrepare: termination, steps: []}", "option onPrepare"),
        List.of("- wireTap: {uri: 'direct:own', executorService: x}", "option executorService"),
        List.of("- log: {message: x, logger: termination}", "option logger"),
        List.of("- idempotentConsumer: {constant: x, idempotentRepository: x}", "is not accepted"),
        List.of(
            "- aggregate: {constant: x, aggregationRepository: x}", "aggregate is not accepted"),
        List.of("- claimCheck: {operation: Get}", "claimCheck is not accepted"),
        List.of("- sort: {simple: '${body}', comparator: x}", "sort is not accepted"),
        List.of("- setBody: {simple: {expression: x, resultType: a.B}}", "option resultType"),
        List.of(
            "- circuitBreaker: {resilience4jConfiguration: {circuitBreaker: x}, steps: []}",
            "option circuitBreaker"),
        // code, files and formats that make objects
        List.of("- script: {simple: x}", "script is not accepted"),
        List.of("- setBody: {jsonpath: '$'}", "the language jsonpath is not accepted"),
        List.of("- setBody: {java: '1'}", "the language java is not accepted"),
        List.of("- setBody: {spel: '#{1}'}", "the language spel is not accepted"),
        List.of("- unmarshal: {json: {unmarshalType: a.B}}", "unmarshal is not accepted"),
        List.of("- marshal: {custom: {ref: x}}", "marshal is not accepted"),
        List.of("- convertBodyTo: {type: a.B}", "convertBodyTo is not accepted"),
        List.of("- kamelet: {name: x}", "kamelet is not accepted"),
        List.of("- to: 'kamelet:x'", "the component kamelet is not accepted"),
        List.of("- to: 'language:simple:x'", "the component language is not accepted"),
        List.of("- to: 'controlbus:route?routeId=own&action=stop'", "component controlbus"),
        List.of("- setBody: {constant: 'resource:classpath:application.yaml'}", "loaded from"),
        List.of("- setBody: {constant: '{{X:resource:file:/etc/passwd}}'}", "loaded from"),
        // addresses that a message makes
        List.of("- recipientList: {header: x}", "recipientList is not accepted"),
        List.of("- dynamicRouter: {header: x}", "dynamicRouter is not accepted"),
        List.of("- routingSlip: {header: x}", "routingSlip is not accepted"),
        List.of("- pollEnrich: {header: x}", "pollEnrich is not accepted"),
        List.of("- toD: {uri: seda, parameters: {name: '${header.x}'}}", "for direct only"),
        List.of("- toD: {uri: 'seda:x', parameters: {size: '${header.x}'}}", "for direct only"),
        List.of("- wireTap: 'seda:${header.x}'", "for direct only"),
        List.of("- toD: 'llm:${header.x}'", "for direct only"),
        List.of("- to-d: 'exec:ls'", "the name 'to-d' is not accepted"),
        List.of("- toD: {uri: 'exec:ls'}", "the component exec is not accepted"),
        // what the simple language reaches
        List.of("- setBody: {simple: '${bean:termination.exit}'}", "${bean:termination.exit} is"),
        List.of("- setBody: {simple: '${ref:termination}'}", "${ref:termination} is not"),
        List.of("- setBody: {simple: '${camelContext.stop}'}", "${camelContext.stop} is not"),
        List.of("- setBody: {simple: '${sys.user.home}'}", "${sys.user.home} is not"),
        List.of("- setBody: {simple: '${env:OPENAI_API_KEY}'}", "${env:OPENAI_API_KEY} is not"),
        List.of("- setBody: {simple: '${properties:OPENAI_API_KEY}'}", "is not accepted"),
        List.of("- setBody: {simple: '${type:java.lang.Runtime}'}", "is not accepted"),
        List.of("- setBody: {simple: '${exchange.context.stop}'}", "is not accepted"),
        List.of("- setBody: {simple: '${exchange.getContext().stop()}'}", "is not accepted"),
        List.of("- setBody: {simple: '${header.x.class.classLoader}'}", "is not accepted"),
        List.of("- setBody: {simple: '${header[x].class}'}", "is not accepted"),
        List.of("- setBody: {simple: '${headers.x}'}", "is not accepted"),
        List.of("- setBody: {simple: '${variable.call.request.body}'}", "is not accepted"),
        List.of("- setBody: {simple: '${exchangeProperty.x.class}'}", "is not accepted"),
        List.of("- setBody: {simple: '$simple{bean:termination}'}", "${bean:termination} is"),
        List.of("- setBody: {simple: '${X{{Y:}}env.HOME}'}", "is not accepted"),
        List.of("- setBody: {simple: '{{Y:$}}{env.HOME}'}", "${env.HOME} is not accepted"),
        List.of("- log: '${env.HOME}'", "${env.HOME} is not accepted"),
        List.of("- log: {message: '${env.HOME}'}", "${env.HOME} is not accepted"),
        List.of("- setVariable: {name: '${env.HOME}', constant: x}", "${env.HOME} is not accepted"),
        // secrets of the environment
        List.of("- setBody: {constant: '{{env:OPENAI_API_KEY}}'}", "is not accepted"),
        List.of("- setBody: {constant: '{{sys:x}}'}", "is not accepted"),
        List.of("- setBody: {constant: '{{bean:termination.exit}}'}", "is not accepted"),
        List.of("- setBody: {constant: '{{?OPENAI_API_KEY}}'}", "is not accepted"),
        List.of("- setBody: {constant: '{{{{X:OPENAI}}_API_KEY}}'}", "is not accepted"),
        List.of("- setBody: {constant: '{{spring.datasource.password}}'}", "is a secret"),
        List.of("- setBody: {constant: '{{DATABASE_URL}}'}", "is a secret"),
        List.of("- setBody: {constant: '{{GITHUB_PAT}}'}", "is a secret"),
        List.of("- to: {uri: 'llm:own?credential=ENCRYPTION_KEY'}", "credential ENCRYPTION_KEY"),
        List.of("- to: {uri: 'llm:own', parameters: {Credential: ADMIN_KEY, x: y}}", "no route"),
        List.of("- to: {uri: 'llm:own', parameters: {CREDENTIAL: ENCRYPTION_KEY}}", "credential E"),
        List.of("- to: {uri: 'llm:own', parameters: {cre-dential: ENCRYPTION_KEY}}", "cre-dential"),
        List.of(
            "- to: {uri: 'llm:own', parameters: {credential: A_KEY, credential: ENCRYPTION_KEY}}",
            "credential is there twice"),
        List.of(
            "- to: {uri: 'llm:own?credential=A_KEY', parameters: {credential: ENCRYPTION_KEY}}",
            "credential is there twice"),
        List.of("- to: {uri: 'llm:own?credential=RAW(ENCRYPTION_KEY)'}", "write it as a parameter"),
        List.of(
            "- to: {uri: 'llm:own', parameters: {credential: 'RAW(ENCRYPTION_KEY)'}}",
            "what begins with RAW( is not accepted"),
        List.of(
            "- to: {uri: 'llm:own', parameters: {credential: '{{X:ENCRYPTION_KEY}}'}}",
            "is not accepted"),
        List.of(
            "- to: {uri: 'llm:own', parameters: {credential: AWS_SECRET_ACCESS_KEY}}",
            "credential AWS_SECRET_ACCESS_KEY is not"),
        // objects and paths in options
        List.of("- to: {uri: 'log:x', parameters: {a: '#termination'}}", "loaded from elsewhere"),
        List.of("- to: {uri: 'log:x', parameters: {description: '#class:A'}}", "loaded from"),
        List.of("- to: {uri: 'log:x', parameters: {a.b: c}}", "the name 'a.b' is not accepted"),
        List.of("- to: {uri: 'log:x', parameters: {class: c}}", "the name 'class' is not"),
        List.of("- to: {uri: 'log:x', parameters: {a: {b: c}}}", "a is no plain value"),
        List.of("- to: 'log:x?a=#termination'", "write it as a parameter"),
        List.of("- to: 'log:x?a.b=c'", "write it as a parameter"),
        // what stands elsewhere in the file
        List.of("- stop: &x {}\n- stop: *x", "an alias of what stands elsewhere"),
        List.of("- to: {<<: {uri: 'exec:ls'}}", "the name '<<' is not accepted"),
        List.of("- to: {[a]: b}", "the name '' is not accepted"));
  }

  @ParameterizedTest
  @MethodSource("sneaks")
  void wayAroundIsRefused(List<String> stepAndFault) throws IOException {
    RouteFile own =
        new RouteFile("own.camel.yaml", RouteFile.Origin.ADDED, route(stepAndFault.get(0)));

    List<String> faults =
        new RouteRules(shipped(), BEANS::get, text -> RouteText.fill(text, name -> null))
            .check(new RouteSet(List.of(own))).stream().map(RouteFault::toString).toList();

    assertThat(faults)
        .as(stepAndFault.get(0))
        .anySatisfy(fault -> assertThat(fault).contains(stepAndFault.get(1)));
  }

  /** A second parser might take what follows the sign for another line. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0085", "\u2028", "\u2029"})
  void signsThatOldYamlTakesForLineEndsHideNothing(String sign) {
    String text =
        route("- bean: {ref: refuse, method: notImplemented, description: xSIGN#, to: y}")
            .replace("SIGN", sign);

    assertThat(faults(text + "        # SIGN}\n".replace("SIGN", sign)))
        .anySatisfy(fault -> assertThat(fault).contains("the option to of bean is not accepted"));
  }

  static Stream<List<String>> entities() {
    return Stream.of(
        List.of("- from: {uri: 'direct:own', steps: []}", "from is not accepted"),
        List.of("- intercept: {steps: []}", "intercept is not accepted"),
        List.of("- interceptFrom: {uri: '*', steps: []}", "interceptFrom is not accepted"),
        List.of("- onException: {exception: [a.B], steps: []}", "onException is not accepted"),
        List.of("- routeTemplate: {id: x}", "routeTemplate is not accepted"),
        List.of("- templatedRoute: {routeTemplateRef: x}", "templatedRoute is not accepted"),
        List.of("- pipe: {}", "pipe is not accepted"),
        List.of("- dataFormats: {json: {}}", "dataFormats is not accepted"),
        List.of("- restConfiguration: {component: x}", "restConfiguration is not accepted"),
        List.of("apiVersion: camel.apache.org/v1\nkind: Pipe", "accepted: a list of route"),
        List.of("- route: {from: 'timer:x'}", "the component timer is not accepted"),
        List.of("- route: {from: {uri: 'file:/etc', steps: []}}", "the component file is not"),
        List.of("- route: {routePolicy: termination, from: 'direct:x'}", "option routePolicy"),
        List.of("- route: {errorHandlerRef: x, from: 'direct:x'}", "option errorHandlerRef"),
        List.of(
            "- route: {errorHandler: {refErrorHandler: {ref: x}}, from: 'direct:x'}",
            "option refErrorHandler"),
        List.of(
            "- routeConfiguration: {id: x, intercept: [{intercept: {steps: []}}]}",
            "option intercept of routeConfiguration"),
        List.of(
            "- routeConfiguration: {id: x, interceptSendToEndpoint: [{uri: '*', afterUri: x}]}",
            "option interceptSendToEndpoint"),
        List.of(
            "- routeConfiguration: {id: x, onException: [{onException: {exception: [a.B],"
                + " onRedelivery: termination}}]}",
            "option onRedelivery of onException"),
        List.of(
            "- routeConfiguration: {id: x, onException: [{onException: {exception: [a.B],"
                + " steps: [{process: {ref: termination}}]}}]}",
            "process is not accepted"),
        List.of(
            "- routeConfiguration: {id: x, errorHandler: {deadLetterChannel: {deadLetterUri:"
                + " 'exec:ls'}}}",
            "the component exec is not accepted"),
        List.of(
            "- route: {from: {uri: 'direct:x', steps: {process: {ref: x}}}}", "steps is no list"),
        List.of(
            "- beans: [{name: x, type: '#class:io.aigateway.targets.Hedge'}]",
            "the type #class:io.aigateway.targets.Hedge is not accepted"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, initMethod: y}]",
            "initMethod is not accepted"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, factoryBean: y}]",
            "factoryBean is not accepted"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, constructors: {0: y}}]",
            "constructors is not accepted"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, type: java.lang.Runtime}]",
            "type is there twice"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, properties: {class.x: y}}]",
            "the name 'class.x' is not accepted"),
        List.of(
            "- beans: [{name: x, type: io.aigateway.targets.Hedge, properties: {a: '#x'}}]",
            "loaded from elsewhere"));
  }

  @ParameterizedTest
  @MethodSource("entities")
  void entityOrOptionThatReachesFurtherIsRefused(List<String> textAndFault) {
    assertThat(faults(textAndFault.get(0)))
        .as(textAndFault.get(0))
        .anySatisfy(fault -> assertThat(fault).contains(textAndFault.get(1)));
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
            "what begins with #bean: is not accepted: it would be loaded from elsewhere"),
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
  @ValueSource(
      strings = {
        "- to: {uri: 'llm:own', parameters: {credential: KEY}}",
        "- to: {uri: 'llm:own', parameters: {credential: 'ACME_API_KEY, KEY'}}",
        "- to: 'llm:own?credential=RAW(KEY)'",
        "- to: 'llm:own?a.b=KEY'",
        "- to: {uri: 'llm:own', parameters: {credential: 'RAW(KEY)'}}",
        "- to: {uri: 'KEY:x'}",
        "- to: 'direct:KEY'",
        "- bean: {ref: KEY, method: KEY}"
      })
  void keyInTheWrongPlaceIsNotRepeated(String step) {
    String key = "sk-proj-Ab3" + "canary".repeat(4);

    assertThat(faults(route(step.replaceAll("(?<!API_)KEY", key))))
        .isNotEmpty()
        .noneMatch(fault -> fault.contains("canary"));
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
    List<String> faults =
        new RouteRules(shipped(), name -> null, text -> RouteText.fill(text, name -> null))
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
    Map<String, Object> choosers =
        Map.of("hedge", new Hedge(), "leastLatency", new LeastLatency(), "sticky", new Sticky());

    List<String> faults =
        new RouteRules(shipped(), choosers::get, text -> RouteText.fill(text, name -> null))
            .check(new RouteSet(files)).stream()
                .map(RouteFault::toString)
                .filter(fault -> !fault.contains("there is no step"))
                .toList();

    assertThat(faults).isEmpty();
  }
}
