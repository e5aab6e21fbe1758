package io.aigateway.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aigateway.settings.Settings;
import io.aigateway.settings.SettingsReader;
import io.aigateway.settings.Surroundings;
import io.aigateway.settings.Variable;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** Are the manifests what Kubernetes takes, what the documents say, and what the gateway reads? */
class ManifestsTest {
  private static final Path K8S = Path.of("k8s");
  private static final Path BASE = K8S.resolve("base");
  private static final Path ROUTES = Path.of("src/main/resources/routes");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Objects of operators for which there are no models here. */
  private static final Set<String> FOREIGN = Set.of("ExternalSecret");

  static List<Path> manifests() {
    try (Stream<Path> files = Files.walk(K8S)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml") && !Files.isSymbolicLink(file))
          .filter(file -> !file.startsWith(BASE.resolve("routes")))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> kustomizations() {
    try (Stream<Path> files = Files.walk(K8S)) {
      return files
          .filter(file -> file.endsWith("kustomization.yaml"))
          .filter(file -> !file.toString().contains("components"))
          .map(Path::getParent)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> objects(Path file) {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<JsonNode> objects = new ArrayList<>();
    try {
      new Yaml(strict)
          .loadAll(Files.readString(file))
          .forEach(o -> objects.add(JSON.valueToTree(o)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return objects;
  }

  private static JsonNode base(String file) {
    return objects(BASE.resolve(file + ".yaml")).get(0);
  }

  private static Map<String, String> texts(JsonNode map) {
    Map<String, String> texts = new HashMap<>();
    map.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  // ---- what Kubernetes takes

  @ParameterizedTest
  @MethodSource("manifests")
  void everyFieldIsOneThatKubernetesKnows(Path file) {
    for (JsonNode object : objects(file)) {
      if (!FOREIGN.contains(object.path("kind").asText())) {
        HasMetadata read = Serialization.unmarshal(object.toString(), HasMetadata.class);
        assertThat(read).isNotInstanceOf(GenericKubernetesResource.class);
        assertThat(unknown(read, read.getKind())).as(file.toString()).isEmpty();
        assertThat(read.getMetadata().getNamespace())
            .isEqualTo(read.getKind().equals("Namespace") ? null : "ai-gateway");
      }
    }
  }

  /** Paths of fields that the models don't have; they keep such aside. */
  private static List<String> unknown(@Nullable Object model, String path) {
    List<String> found = new ArrayList<>();
    if (model instanceof Collection<?> list) {
      list.forEach(item -> found.addAll(unknown(item, path + "[]")));
    } else if (model instanceof Map<?, ?> map) {
      map.forEach((key, value) -> found.addAll(unknown(value, path + "." + key)));
    } else if (model != null && model.getClass().getName().startsWith("io.fabric8.")) {
      for (Method getter : model.getClass().getMethods()) {
        if (getter.getParameterCount() != 0 || !getter.getName().startsWith("get")) {
          continue;
        }
        Object value;
        try {
          value = getter.invoke(model);
        } catch (ReflectiveOperationException e) {
          throw new AssertionError(path, e);
        }
        if (getter.getName().equals("getAdditionalProperties")) {
          ((Map<?, ?>) value).keySet().forEach(key -> found.add(path + "." + key));
        } else if (!(model instanceof Enum<?>)) {
          found.addAll(unknown(value, path + "." + getter.getName().substring(3)));
        }
      }
    }
    return found;
  }

  @Test
  void misspelledFieldIsFound() {
    HasMetadata read =
        Serialization.unmarshal(
            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"},"
                + "\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"x\",\"imag\":1}]}}}}",
            HasMetadata.class);

    assertThat(unknown(read, "Deployment"))
        .containsExactly("Deployment.Spec.Template.Spec.Containers[].imag");
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void kustomizationRendersWhereKubectlIs(Path folder) throws Exception {
    assumeThat(onPath("kubectl")).isTrue();
    Process process =
        new ProcessBuilder("kubectl", "kustomize", folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output)
        .contains("kind: Deployment", "kind: HorizontalPodAutoscaler", "route-model.camel.yaml: |");
    assertThat(output).doesNotContain(":latest");
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  // ---- what the documents say

  @ParameterizedTest
  @CsvSource({
    "deployment, /spec/replicas, 2",
    "deployment, /spec/strategy/rollingUpdate/maxUnavailable, 0",
    "deployment, /spec/template/spec/terminationGracePeriodSeconds, 45",
    "deployment, /spec/template/spec/securityContext/runAsNonRoot, true",
    "deployment, /spec/template/spec/securityContext/runAsUser, 1000",
    "deployment, /spec/template/spec/securityContext/seccompProfile/type, RuntimeDefault",
    "deployment, /spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem, true",
    "deployment, /spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation, false",
    "deployment, /spec/template/spec/containers/0/securityContext/capabilities/drop/0, ALL",
    "deployment, /spec/template/spec/containers/0/livenessProbe/httpGet/path, /health/live",
    "deployment, /spec/template/spec/containers/0/readinessProbe/httpGet/path, /health/ready",
    "deployment, /spec/template/spec/containers/0/startupProbe/httpGet/path, /health/live",
    "deployment, /spec/template/spec/containers/0/ports/0/containerPort, 8080",
    "deployment, /spec/template/metadata/annotations/prometheus.io~1scrape, true",
    "deployment, /spec/template/metadata/annotations/prometheus.io~1port, 8080",
    "deployment, /spec/template/metadata/annotations/prometheus.io~1path, /metrics",
    "deployment, /spec/template/metadata/labels/app.kubernetes.io~1name, ai-gateway",
    "deployment, '/spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/0/weight', 100",
    "deployment, '/spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/0/podAffinityTerm/topologyKey', kubernetes.io/hostname",
    "hpa, /spec/minReplicas, 2",
    "hpa, /spec/maxReplicas, 10",
    "hpa, /spec/metrics/0/resource/name, cpu",
    "hpa, /spec/metrics/0/resource/target/averageUtilization, 70",
    "hpa, /spec/metrics/1/resource/name, memory",
    "hpa, /spec/metrics/1/resource/target/averageUtilization, 80",
    "hpa, /spec/behavior/scaleDown/stabilizationWindowSeconds, 300",
    "hpa, /spec/behavior/scaleDown/policies/0/type, Percent",
    "hpa, /spec/behavior/scaleDown/policies/0/value, 10",
    "hpa, /spec/behavior/scaleDown/policies/0/periodSeconds, 60",
    "hpa, /spec/behavior/scaleUp/policies/0/type, Pods",
    "hpa, /spec/behavior/scaleUp/policies/0/value, 4",
    "hpa, /spec/behavior/scaleUp/policies/0/periodSeconds, 15",
    "pdb, /spec/minAvailable, 1",
    "service, /spec/type, ClusterIP",
    "namespace, /metadata/name, ai-gateway",
    "namespace, /metadata/labels/pod-security.kubernetes.io~1enforce, restricted",
    "configmap, /data/ADDR, :8080",
    "configmap, /data/LOG_LEVEL, info",
    "configmap, /data/DEFAULT_PROVIDER, ollama",
    "configmap, /data/USE_DISTRIBUTED_CB, true",
    "configmap, /data/SHUTDOWN_TIMEOUT, 30",
    "configmap, /data/DRAIN_TIMEOUT, 15",
    "secret, /stringData/REDIS_URL, redis://redis:6379",
    "secret, /stringData/DATABASE_URL, postgres://...",
    "secret, /stringData/OPENAI_API_KEY, sk-...",
    "secret, /stringData/ANTHROPIC_API_KEY, sk-ant-...",
    "secret, /stringData/ENCRYPTION_KEY, your-32-byte-key",
  })
  void numberIsTheDocumented(String file, String pointer, String value) {
    assertThat(base(file).at(pointer).asText()).isEqualTo(value);
  }

  @Test
  void memoryIsGuaranteedAndCpuIsNot() {
    JsonNode resources = base("deployment").at("/spec/template/spec/containers/0/resources");

    assertThat(resources.at("/requests/memory")).isEqualTo(resources.at("/limits/memory"));
    assertThat(resources.at("/requests/cpu").isMissingNode()).isFalse();
    assertThat(resources.at("/limits/cpu").isMissingNode()).isTrue();
  }

  @Test
  void topOfTheFolderIsTheBase() throws IOException {
    for (String name :
        List.of(
            "namespace",
            "serviceaccount",
            "configmap",
            "secret",
            "deployment",
            "service",
            "hpa",
            "pdb",
            "kustomization")) {
      assertThat(K8S.resolve(name + ".yaml").toRealPath())
          .isEqualTo(BASE.resolve(name + ".yaml").toRealPath());
    }
  }

  // ---- what the gateway reads

  @Test
  void everyKeyIsASettingOnItsSideOfTheSecret() {
    assertThat(texts(base("configmap").path("data")).keySet())
        .allSatisfy(
            key ->
                assertThat(Variable.valueOf(key).disclosure())
                    .isNotEqualTo(Variable.Disclosure.SECRET));
    assertThat(texts(base("secret").path("stringData")).keySet())
        .allSatisfy(
            key ->
                assertThat(Variable.valueOf(key).disclosure())
                    .isEqualTo(Variable.Disclosure.SECRET));
    base("deployment")
        .at("/spec/template/spec/containers/0/env")
        .forEach(entry -> Variable.valueOf(entry.path("name").asText()));
  }

  @Test
  void composeFileNamesSettingsToo() {
    assertThat(objects(Path.of("compose.yaml")).get(0).at("/services/gateway/environment").size())
        .isGreaterThan(5);
    texts(objects(Path.of("compose.yaml")).get(0).at("/services/gateway/environment"))
        .keySet()
        .forEach(Variable::valueOf);
  }

  /** The other way round: a setting that is in neither is told where and why in the README. */
  @Test
  void everySettingIsInAManifestOrNamedInTheReadme() throws IOException {
    Set<String> set = new TreeSet<>(texts(base("configmap").path("data")).keySet());
    set.addAll(texts(base("secret").path("stringData")).keySet());
    String readme = Files.readString(K8S.resolve("README.md"));

    assertThat(Stream.of(Variable.values()).map(Variable::name))
        .allSatisfy(
            name ->
                assertThat(set.contains(name) || readme.contains("`" + name + "`"))
                    .as(name)
                    .isTrue());
  }

  @Test
  void gatewayTakesTheManifestsValuesAndNamesThePlaceholders() throws IOException {
    Map<String, String> environment = texts(base("configmap").path("data"));
    environment.putAll(texts(base("secret").path("stringData")));
    environment.put("ROUTES_DIR", Files.createTempDirectory("routes").toString());
    environment.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");

    Settings settings =
        new SettingsReader(new Surroundings(() -> false, () -> "pod")).read(environment);

    assertThat(settings.warnings().toString())
        .contains("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ENCRYPTION_KEY", "DATABASE_URL");
    assertThat(settings.access().defaultKeyAllowed()).isFalse();
  }

  @Test
  void deadlinesAreNestedInTheGracePeriod() {
    JsonNode data = base("configmap").path("data");
    int limit = data.path("SHUTDOWN_TIMEOUT").asInt();

    assertThat(data.path("PRE_DRAIN").asInt() + data.path("DRAIN_TIMEOUT").asInt())
        .isLessThanOrEqualTo(limit);
    assertThat(limit + 5)
        .isLessThanOrEqualTo(
            base("deployment").at("/spec/template/spec/terminationGracePeriodSeconds").asInt());
  }

  /** The request that PodEventsTest sees, and no other, is what the role is for. */
  @Test
  void roleAllowsToCreateEventsAndNothingElse() {
    List<JsonNode> objects = objects(K8S.resolve("components/events/role.yaml"));
    JsonNode rules = objects.get(0).path("rules");

    assertThat(rules).hasSize(1);
    assertThat(rules.get(0).toString())
        .isEqualTo("{\"apiGroups\":[\"\"],\"resources\":[\"events\"],\"verbs\":[\"create\"]}");
    assertThat(objects.get(1).at("/subjects/0/name").asText())
        .isEqualTo(base("serviceaccount").at("/metadata/name").asText());
    assertThat(base("serviceaccount").path("automountServiceAccountToken").asBoolean(true))
        .isFalse();
  }

  @Test
  void policyAndProvidersAreTheBuiltInOnes() throws IOException {
    Set<String> wanted;
    try (Stream<Path> files = Files.list(ROUTES)) {
      wanted =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("provider-") || name.startsWith("route-model"))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    boolean write = Boolean.getBoolean("docs.write");
    for (String name : wanted) {
      Path copy = BASE.resolve("routes").resolve(name);
      if (write) {
        Files.copy(ROUTES.resolve(name), copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      assertThat(copy)
          .as("write it anew with make docs")
          .hasSameTextualContentAs(ROUTES.resolve(name));
    }
    List<String> listed = new ArrayList<>();
    base("kustomization")
        .at("/configMapGenerator/0/files")
        .forEach(file -> listed.add(file.asText().replace("routes/", "")));
    assertThat(listed).containsExactlyElementsOf(wanted);
  }

  @Test
  void readmeHasTheHeadingsPeopleKnow() throws IOException {
    List<String> headings =
        Files.readAllLines(K8S.resolve("README.md")).stream()
            .filter(line -> line.startsWith("#"))
            .toList();

    assertThat(headings)
        .containsSubsequence(
            "# AI Gateway Kubernetes Deployment",
            "## Prerequisites",
            "## Quick Start",
            "## Manifests",
            "## Configuration",
            "### ConfigMap (configmap.yaml)",
            "### Secrets (secret.yaml)",
            "## Horizontal Pod Autoscaler",
            "## Health Checks",
            "## Graceful Shutdown",
            "## Pod Anti-Affinity",
            "## Security",
            "## Monitoring",
            "## Scaling Manually",
            "## Troubleshooting");
  }
}
