package io.aigateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.KubernetesApi;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does Kubernetes hear, and what when it doesn't listen? */
class PodEventsTest {
  private final Vertx vertx = Vertx.vertx();
  private final KubernetesApi api = new KubernetesApi();

  @AfterEach
  void close() {
    api.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private PodEvents events(ServiceAccount account) {
    AtomicInteger ids = new AtomicInteger();
    return new PodEvents(
        vertx,
        account,
        "ai-gateway-7d4b9-x2x8q",
        "ai-gateway",
        () -> Integer.toHexString(ids.incrementAndGet()),
        Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC));
  }

  private ServiceAccount account() {
    return new ServiceAccount(api.host(), api.port(), api.account());
  }

  /** The events in the order of their names, once there are so many. */
  private List<Event> stored(int count) {
    await().until(() -> api.events("ai-gateway").size() >= count);
    return api.events("ai-gateway").stream()
        .sorted(Comparator.comparing(event -> event.getMetadata().getName()))
        .toList();
  }

  private static List<String> messages(List<Event> events) {
    return events.stream().map(Event::getMessage).toList();
  }

  @Test
  void eventIsAboutThePodAndAsItsTokenMay() {
    String token = api.token("second");

    events(account()).warn("RoutesRefused", "a.camel.yaml:7 is wrong");

    RecordedRequest request = api.next();
    assertThat(request.getMethod() + " " + request.getPath())
        .isEqualTo("POST /api/v1/namespaces/ai-gateway/events");
    assertThat(request.getHeader("authorization")).isEqualTo("Bearer " + token);
    Event event = stored(1).get(0);
    assertThat(event.getAdditionalProperties()).isEmpty();
    assertThat(event.getMetadata().getName()).isEqualTo("ai-gateway-7d4b9-x2x8q.1");
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getReason()).isEqualTo("RoutesRefused");
    assertThat(event.getMessage()).isEqualTo("a.camel.yaml:7 is wrong");
    assertThat(event.getLastTimestamp()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(event.getCount()).isEqualTo(1);
    assertThat(event.getSource().getComponent()).isEqualTo("ai-gateway");
    assertThat(event.getInvolvedObject().getKind()).isEqualTo("Pod");
    assertThat(event.getInvolvedObject().getName()).isEqualTo("ai-gateway-7d4b9-x2x8q");
    assertThat(event.getInvolvedObject().getNamespace()).isEqualTo("ai-gateway");
    assertThat(event.getInvolvedObject().getUid()).isEqualTo(KubernetesApi.POD_UID);
  }

  @Test
  void longMessageIsCutAndMuchAtOnceIsShortened() {
    PodEvents events = events(account());

    events.warn("RoutesRefused", "x".repeat(5000));
    for (int i = 0; i < 50; i++) {
      events.warn("RoutesRefused", "number " + i);
    }

    await().until(() -> messages(stored(2)).contains("number 49"));
    assertThat(messages(stored(2))).hasSizeLessThan(10);
    assertThat(messages(stored(2)).get(0)).hasSize(1000);
  }

  @Test
  void kubernetesThatIsAwayOrRefusesFailsNobodyAndIsAskedAgain() throws Exception {
    ServiceAccount away = new ServiceAccount("localhost", 1, api.account());
    events(away).warn("RoutesRefused", "nobody hears it");

    // a token that is not there, then is
    Path folder = Files.createTempDirectory("account");
    Files.copy(api.authority(), folder.resolve("ca.crt"));
    PodEvents events = events(new ServiceAccount(api.host(), api.port(), folder));
    events.warn("RoutesRefused", "first");
    Files.writeString(folder.resolve("token"), "no.token");
    await()
        .untilAsserted(
            () -> {
              events.warn("RoutesRefused", "second");
              assertThat(api.asked()).isPositive();
            });

    Event event = stored(1).get(0);
    assertThat(event.getMessage()).isEqualTo("second");
    assertThat(event.getInvolvedObject().getUid()).isNull();
  }

  @Test
  void tokenThatNoHeaderCanHoldKeepsNoLaterEventBack() {
    api.token("of\ntwo lines");
    PodEvents events = events(account());
    events.warn("RoutesRefused", "first");

    api.token("good");
    events.warn("RoutesRefused", "second");

    assertThat(messages(stored(1))).containsExactly("second");
  }

  @Test
  void nobodyElseThanTheClusterIsTold() throws Exception {
    try (KubernetesApi other = new KubernetesApi()) {
      // a server with a certificate of another authority
      Files.copy(
          other.authority(), api.authority(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      PodEvents events = events(account());

      events.warn("RoutesRefused", "not for you");
      events(new ServiceAccount(other.host(), other.port(), api.account()))
          .warn("RoutesRefused", "for you");

      assertThat(other.next().getMethod()).isEqualTo("POST");
      assertThat(messages(other.events("ai-gateway"))).containsExactly("for you");
      assertThat(api.asked()).isZero();
    }
  }

  @Test
  void accountIsThereInAClusterWithATokenOnly(@TempDir Path folder) throws Exception {
    Map<String, String> inside =
        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443");
    assertThat(ServiceAccount.find(inside, folder)).as("no token").isEmpty();

    Files.writeString(folder.resolve("token"), "x");

    assertThat(ServiceAccount.find(Map.of(), folder)).as("no cluster").isEmpty();
    assertThat(ServiceAccount.find(inside, folder))
        .contains(new ServiceAccount("fd00::1", 6443, folder));
    assertThat(ServiceAccount.find(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"), folder))
        .contains(new ServiceAccount("10.0.0.1", 443, folder));
  }
}
