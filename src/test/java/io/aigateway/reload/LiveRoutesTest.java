package io.aigateway.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ollama.OllamaProvider;
import io.aigateway.provider.Address;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.provider.Timeouts;
import io.aigateway.settings.Routing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.SimpleRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When does a change of the folder come into force, and what becomes of the set before? */
class LiveRoutesTest {
  private static final String ROUTE =
      """
      - route:
          id: ID
          from:
            uri: direct:ID
            steps:
              - to:
                  id: ID-to
                  uri: direct:TO
      """;

  @TempDir Path folder = Path.of("");

  private final AtomicLong nanos = new AtomicLong();
  private final Counter front = new Counter();
  private final Shop shop = new Shop();
  private LiveRoutes routes = live();

  private LiveRoutes live() {
    return new LiveRoutes(
        new RouteFiles(List.of(), Optional.of(folder)),
        shop,
        front,
        new RouteLimits(
            Set.of("direct", "log", "fake"),
            Set.of("simple", "constant"),
            Set.of(),
            Set.of("to"),
            Set.of(),
            Set.of(),
            Set.of()),
        new Routing("demo", Optional.of(folder), 3, Duration.ZERO),
        new Providers(),
        nanos::get,
        Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));
  }

  @BeforeEach
  void load() throws Exception {
    routes = live();
    write("a", "b");
    write("b", "a");
    routes.load();
  }

  @AfterEach
  void close() {
    routes.close();
  }

  private void write(String name, String to) throws IOException {
    Files.writeString(
        folder.resolve(name + ".camel.yaml"), ROUTE.replace("ID", name).replace("TO", to));
  }

  private void tickAfter(Duration time) {
    nanos.addAndGet(time.toNanos());
    routes.tick();
  }

  /** Lets so much time pass that any change is taken. */
  private void settle() {
    routes.tick();
    tickAfter(LiveRoutes.QUIET);
    tickAfter(LiveRoutes.PATIENCE);
  }

  @Test
  void firstSetIsVersionOne() {
    assertThat(routes.state().version()).isEqualTo(1);
    assertThat(routes.state().count()).isEqualTo(2);
    assertThat(routes.state().lastError()).isNull();
    assertThat(routes.running()).isTrue();
    assertThat(routes.inForce().files())
        .containsExactly(
            new LiveRoutes.Loaded("a.camel.yaml", RouteFile.Origin.ADDED, List.of("a")),
            new LiveRoutes.Loaded("b.camel.yaml", RouteFile.Origin.ADDED, List.of("b")));
  }

  @Test
  void changeIsTakenOnceWhenTheFolderIsAtRest() throws IOException {
    write("c", "a");
    routes.tick();
    tickAfter(LiveRoutes.QUIET.minusMillis(1));
    assertThat(routes.state().version()).isEqualTo(1);

    // another file restarts the wait
    write("d", "c");
    routes.tick();
    tickAfter(LiveRoutes.QUIET.minusMillis(1));
    assertThat(routes.state().version()).isEqualTo(1);

    tickAfter(Duration.ofMillis(1));
    assertThat(routes.state().version()).isEqualTo(2);
    assertThat(routes.state().count()).isEqualTo(4);

    settle();
    assertThat(routes.state().version()).as("nothing has changed since").isEqualTo(2);
  }

  @Test
  void halfWrittenFileIsWaitedOut() throws IOException {
    Files.writeString(folder.resolve("c.camel.yaml"), "- route:\n    id: [");
    routes.tick();
    tickAfter(LiveRoutes.QUIET);
    assertThat(routes.failures()).isZero();

    write("c", "a");
    routes.tick();
    tickAfter(LiveRoutes.QUIET);

    assertThat(routes.state().version()).isEqualTo(2);
    assertThat(routes.failures()).isZero();
  }

  @Test
  void setWithAFaultIsRefusedAsAWholeAndOnce() throws IOException {
    write("a", "nobody");
    write("c", "a");
    settle();
    settle();

    assertThat(routes.state().version()).isEqualTo(1);
    assertThat(routes.state().count()).isEqualTo(2);
    assertThat(routes.failures()).isEqualTo(1);
    assertThat(routes.state().lastError())
        .isEqualTo("a.camel.yaml:7 [a-to] direct:nobody is opened by no route; accepted: a, b, c");
    assertThat(routes.state().lastErrorAt()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(routes.running()).isTrue();
    assertThat(routes.generations()).isEqualTo(1);

    // mended, the same as before: the error is gone and nothing was swapped
    write("a", "b");
    Files.delete(folder.resolve("c.camel.yaml"));
    settle();
    assertThat(routes.state().lastError()).isNull();
    assertThat(routes.state().version()).isEqualTo(1);
  }

  @Test
  void faultThatOnlyTheBuildFindsIsNamedWithItsRoute() throws IOException {
    Files.writeString(
        folder.resolve("c.camel.yaml"),
        ROUTE.replace("ID", "c").replace("direct:TO", "fake:there-is-no-such-component"));
    settle();

    assertThat(routes.state().version()).isEqualTo(1);
    assertThat(routes.state().lastError()).startsWith("c.camel.yaml:2 [c] ").contains("fake");
  }

  @Test
  void deletedFilesRouteIsGone() throws IOException {
    write("b", "b");
    Files.delete(folder.resolve("a.camel.yaml"));
    settle();

    assertThat(routes.state().version()).isEqualTo(2);
    assertThat(routes.inForce().files())
        .extracting(LiveRoutes.Loaded::name)
        .containsExactly("b.camel.yaml");
    assertThat(routes.inForce().state()).isEqualTo(routes.state());
  }

  @Test
  void setBeforeRunsUntilItsLastCallerIsServed() throws IOException {
    PlatformHttpEngine first = front.current();
    front.underWay.put(first, 1);
    write("c", "a");
    settle();
    assertThat(front.current()).isNotSameAs(first);
    settle();
    assertThat(routes.generations()).as("a caller is served by the first").isEqualTo(2);

    front.underWay.put(first, 0);
    front.passed.complete(null);
    routes.tick();

    await().until(() -> routes.generations() == 1);
    assertThat(routes.running()).isTrue();
  }

  @Test
  void setIsRehearsedWhereItCanChangeNothing() throws IOException {
    assertThat(shop.built).containsExactly(Workshop.Purpose.SERVICE);

    write("c", "a");
    settle();

    assertThat(shop.built)
        .containsExactly(
            Workshop.Purpose.SERVICE, Workshop.Purpose.REHEARSAL, Workshop.Purpose.SERVICE);
  }

  @Test
  void folderThatIsGoneIsSaidAndTakenUpAgain() throws IOException {
    Path aside = folder.resolveSibling(folder.getFileName() + "-aside");
    Files.move(folder, aside);
    settle();
    assertThat(routes.state().lastError()).isEqualTo("ROUTES_DIR can't be read");
    assertThat(routes.state().version()).isEqualTo(1);

    Files.move(aside, folder);
    settle();
    settle();
    assertThat(routes.state().lastError()).isNull();
    assertThat(routes.state().version()).isEqualTo(1);
  }

  @Test
  void firstSetWithAFaultIsNoStart() throws IOException {
    write("a", "nobody");

    try (LiveRoutes other = live()) {
      assertThatThrownBy(other::load)
          .isInstanceOf(RoutesRefusedException.class)
          .hasMessageContaining("a.camel.yaml:7 [a-to]");
      assertThat(other.running()).isFalse();
    }
  }

  /** Counts callers as it is told. */
  private static final class Counter implements Front {
    private final Map<PlatformHttpEngine, Integer> underWay = new HashMap<>();
    private final List<PlatformHttpEngine> opened = new ArrayList<>();
    private final CompletableFuture<Void> passed = new CompletableFuture<>();

    PlatformHttpEngine current() {
      return opened.get(opened.size() - 1);
    }

    @Override
    public PlatformHttpEngine doors() {
      return new PlatformHttpEngine() {
        @Override
        public PlatformHttpConsumer createConsumer(
            PlatformHttpEndpoint endpoint, Processor processor) {
          throw new UnsupportedOperationException();
        }

        @Override
        public int getServerPort() {
          return 0;
        }
      };
    }

    @Override
    public CompletionStage<Void> open(PlatformHttpEngine doors) {
      opened.add(doors);
      return passed;
    }

    @Override
    public int underWay(PlatformHttpEngine doors) {
      return underWay.getOrDefault(doors, 0);
    }
  }

  /** Has a provider demo, and keeps what it was asked to build. */
  private static final class Shop implements Workshop {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Provider DEMO =
        new Provider(
            "demo",
            new OllamaProvider(),
            new Address(false, "localhost", 80, ""),
            "",
            "",
            true,
            true,
            new Timeouts(SECOND, SECOND, SECOND, SECOND),
            new ModelDefaults(1),
            List.of());

    private final List<Purpose> built = new ArrayList<>();

    @Override
    public BeanRepository shared() {
      return new SimpleRegistry();
    }

    @Override
    public Map<String, Object> own(Providers providers, Purpose purpose) {
      providers.add(DEMO);
      return Map.of();
    }

    @Override
    public ProcessorFactory processors(Purpose purpose) {
      built.add(purpose);
      return new DefaultProcessorFactory();
    }

    @Override
    public List<RoutePolicyFactory> policies(Purpose purpose) {
      return List.of();
    }

    @Override
    public @Nullable String setting(String name) {
      return null;
    }
  }
}
