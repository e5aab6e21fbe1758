package io.aigateway.packaged;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The gateway and the fake providers that most tests share, started with the first of them. Its
 * breakers never open. Beside the built-in routes it has the providers {@code first} and {@code
 * spare}, copies of a built-in file, a policy with branches of its own, and doors with a step that
 * blocks.
 */
final class SharedGateway {
  static final String OPENAI_KEY = "sk-canary-openai-77b1d0aa";
  static final String FIRST_KEY = "sk-canary-first-5c0ffee5";
  static final String ANTHROPIC_KEY = "sk-ant-canary-1f2e3d4c";

  static final FakeProvider OPENAI = new FakeProvider();
  static final FakeProvider ANTHROPIC = new FakeProvider();
  static final FakeProvider OLLAMA = new FakeProvider();
  static final FakeProvider FIRST = new FakeProvider();
  static final FakeProvider SPARE = new FakeProvider();

  static final GatewayProcess GATEWAY = start();

  private SharedGateway() {}

  /** Every fake provider as it was at first. */
  static void reset() {
    for (FakeProvider fake : List.of(OPENAI, ANTHROPIC, OLLAMA, FIRST, SPARE)) {
      fake.accept().clear().always(Behaviour.answer("Hello from the fake provider."));
    }
  }

  private static GatewayProcess start() {
    Path routes = folder();
    write(routes, "provider-first.camel.yaml", provider("first", FIRST.openAiUrl(), "800ms", "2s"));
    write(routes, "provider-spare.camel.yaml", provider("spare", SPARE.openAiUrl(), "5s", "10s"));
    write(routes, "route-model.camel.yaml", policy());
    write(routes, "slow-chat.camel.yaml", SLOW_DOOR);
    return GatewayProcess.gateway()
        .routes(routes)
        .env("OPENAI_API_KEY", OPENAI_KEY)
        .env("OPENAI_BASE_URL", OPENAI.openAiUrl())
        .env("ANTHROPIC_API_KEY", ANTHROPIC_KEY)
        .env("ANTHROPIC_BASE_URL", ANTHROPIC.url())
        .env("OLLAMA_BASE_URL", OLLAMA.url())
        .env("FIRST_API_KEY", FIRST_KEY)
        .env("SPARE_API_KEY", "sk-canary-spare-0badf00d")
        .env("LOG_LEVEL", "debug")
        .property("gateway.routes.accepted.bean-types", "java.lang.Thread")
        .env("BREAKER_CONSECUTIVE_FAILURES", "1000000")
        .env("BREAKER_MINIMUM_CALLS", "1000000")
        .start();
  }

  /** A folder that is gone when the tests are over. */
  static Path folder() {
    try {
      Path folder = Files.createTempDirectory("gateway-routes");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path folder, String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A built-in route file. */
  static String builtIn(String name) {
    try (InputStream file = SharedGateway.class.getResourceAsStream("/routes/" + name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A new provider as people add one: a copy of another's file with its name, address, credential
   * and models changed. The time limits are short, for the tests' sake.
   */
  static String provider(String name, String baseUrl, String timeout, String whole) {
    return builtIn("provider-groq.camel.yaml")
        .replace("groq", name)
        .replaceAll("description: Groq", "description: A new provider")
        .replaceAll("baseUrl: .*", "baseUrl: \"" + baseUrl + "\"")
        .replace("GROQ_API_KEY", name.toUpperCase(java.util.Locale.ROOT) + "_API_KEY")
        .replaceAll("models: .*", "models: \"" + name + "-model\"")
        .replaceAll("firstByteTimeout: .*", "firstByteTimeout: " + timeout)
        .replaceAll("idleTimeout: .*", "idleTimeout: " + timeout)
        .replaceAll("callTimeout: .*", "callTimeout: " + whole);
  }

  /** The built-in policy with three rules before its second. */
  private static String policy() {
    String anchor = "              - id: route-model-gpt\n";
    String all = builtIn("route-model.camel.yaml");
    if (!all.contains(anchor)) {
      throw new AssertionError("the policy file has changed, and so must this test");
    }
    return all.replace(
        anchor,
        rule("chain", FAILOVER, "first", "spare")
            + rule("solo", FAILOVER, "first")
            + rule("weighted", WEIGHTED, "first", "spare")
            + anchor);
  }

  private static final String FAILOVER =
      """
                      failoverLoadBalancer:
                        exception:
                          - io.aigateway.error.TargetException
      """;

  private static final String WEIGHTED =
      """
                      weightedLoadBalancer:
                        distributionRatio: "1,3"
                        roundRobin: true
      """;

  private static String rule(String name, String balancer, String... targets) {
    StringBuilder rule =
        new StringBuilder(
            """
                          - id: route-model-NAME
                            description: A rule of our own
                            expression:
                              simple:
                                expression: "${variable.model} startsWith 'NAME-'"
                            steps:
                              - loadBalance:
                                  id: route-model-NAME-chain
                                  description: In this order
            """
                .replace("NAME", name));
    rule.append(balancer.indent(6).stripTrailing()).append('\n');
    rule.append("                      steps:\n");
    for (String target : targets) {
      rule.append(
          """
                                    - to:
                                        id: route-model-NAME-TARGET
                                        description: TARGET
                                        uri: direct
                                        parameters:
                                          name: provider-TARGET
          """
              .replace("NAME", name)
              .replace("TARGET", target));
    }
    return rule.toString();
  }

  private static final String SLOW_DOOR =
      """
      - route:
          id: slow-chat
          description: A door with a step that blocks its thread
          routeConfigurationId: edge
          from:
            id: slow-chat-receive
            description: POST /slow/chat
            uri: platform-http:/slow/chat
            parameters:
              httpMethodRestrict: POST
            steps:
              - bean:
                  id: slow-chat-begin
                  description: Begin the call
                  ref: receive
                  method: openai
              - bean:
                  id: slow-chat-sleep
                  description: Sleep
                  beanType: java.lang.Thread
                  method: "sleep(400)"
              - to:
                  id: slow-chat-join
                  description: Join the spine
                  uri: direct
                  parameters:
                    name: chat
      """;
}
