package io.aigateway.fake;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Kubernetes' API, with TLS, and the token by which a pod asks it. */
public final class KubernetesApi implements AutoCloseable {
  public static final String POD_UID = "0f5ad0cf-4a5e-4f5e-9c0a-2f0a53a5a001";

  private final MockWebServer web = new MockWebServer();
  private final KubernetesMockServer server;
  private final Path account;
  private final HttpClient client;

  /** Starts it on a free port. */
  public KubernetesApi() {
    server =
        new KubernetesMockServer(
            new Context(), web, new HashMap<>(), new KubernetesCrudDispatcher(), true);
    server.start();
    try {
      account = Files.createTempDirectory("service-account");
      Files.copy(Path.of(web.getSelfSignedCertificate().certificatePath()), authority());
      client = client(authority());
      token("first");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String host() {
    return web.getHostName();
  }

  public int port() {
    return web.getPort();
  }

  /** The folder that the kubelet would mount. */
  public Path account() {
    return account;
  }

  public Path authority() {
    return account.resolve("ca.crt");
  }

  /**
   * Puts another token there, as the kubelet does.
   *
   * @return it
   */
  public String token(String signature) {
    String claims = "{\"kubernetes.io\":{\"pod\":{\"name\":\"x\",\"uid\":\"" + POD_UID + "\"}}}";
    String token =
        "e30."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + "."
            + signature;
    try {
      Files.writeString(account.resolve("token"), token + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return token;
  }

  /** The next thing that was asked; waits for it. */
  public RecordedRequest next() {
    try {
      RecordedRequest request = web.takeRequest(10, TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("nothing was asked of Kubernetes");
      }
      return request;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** How many requests have come. */
  public int asked() {
    return web.getRequestCount();
  }

  /** The events of a namespace that it keeps. */
  public List<Event> events(String namespace) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://%s:%d/api/v1/namespaces/%s/events"
                        .formatted(host(), port(), namespace)))
            .build();
    try {
      String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return Serialization.unmarshal(body, EventList.class).getItems();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static HttpClient client(Path authority) {
    try (InputStream file = Files.newInputStream(authority)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted.getTrustManagers(), null);
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .sslContext(context)
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.destroy();
  }
}
