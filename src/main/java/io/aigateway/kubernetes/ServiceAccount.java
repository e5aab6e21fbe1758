package io.aigateway.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By what may this pod ask Kubernetes' API? A token that is mounted into it, as the kubelet keeps
 * it: it is another one every hour, so it is read when it is used.
 *
 * @param folder with {@code token} and {@code ca.crt}
 */
public record ServiceAccount(String host, int port, Path folder) {
  private static final int HTTPS = 443;

  /**
   * The one of this pod; nothing outside of Kubernetes, and where none is mounted.
   *
   * @param folder where the kubelet mounts it
   */
  public static Optional<ServiceAccount> find(Map<String, String> environment, Path folder) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    if (host.isEmpty() || !Files.isReadable(folder.resolve("token"))) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceAccount(host, port(environment.get("KUBERNETES_SERVICE_PORT")), folder));
  }

  private static int port(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : HTTPS;
  }

  /**
   * Waits for the file.
   *
   * @throws IOException when it can't be read
   */
  String token() throws IOException {
    return Files.readString(folder.resolve("token")).strip();
  }

  Path authority() {
    return folder.resolve("ca.crt");
  }

  /**
   * The uid of the pod, without which {@code kubectl describe pod} doesn't find its events; the
   * token's claims tell it.
   */
  static Optional<String> podUid(String token) {
    String[] parts = token.split("\\.");
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode claims =
          Json.read(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
      String uid = claims.path("kubernetes.io").path("pod").path("uid").asText();
      return uid.isEmpty() ? Optional.empty() : Optional.of(uid);
    } catch (IllegalArgumentException | IOException e) {
      return Optional.empty();
    }
  }
}
