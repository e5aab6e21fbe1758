package io.aigateway.http;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A caller's request without a server. For one thread. */
public final class StubRequest implements CallerRequest {
  private final Map<String, String> headers = new TreeMap<>();
  private final List<Runnable> whenClosed = new ArrayList<>();
  private final List<Runnable> whenGone = new ArrayList<>();
  private final String path;
  private byte[] body = new byte[0];
  private @Nullable String host = "localhost";
  private boolean loopback = true;
  private boolean gone;
  private boolean headersKept;
  private Set<String> methods = Set.of();

  public StubRequest(String path) {
    this.path = path;
  }

  public StubRequest with(String header, String value) {
    headers.put(header.toLowerCase(Locale.ROOT), value);
    return this;
  }

  public StubRequest body(String json) {
    body = json.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  public StubRequest from(String asked, boolean sameMachine) {
    host = asked;
    loopback = sameMachine;
    return this;
  }

  public StubRequest servedUnder(String... allowed) {
    methods = Set.of(allowed);
    return this;
  }

  /** The caller leaves. */
  public void leave() {
    gone = true;
    List.copyOf(whenGone).forEach(Runnable::run);
    close();
  }

  @Override
  public void keepHeaders() {
    headersKept = true;
  }

  /** Whether somebody reads the headers after the beginning of the answer. */
  public boolean areHeadersKept() {
    return headersKept;
  }

  /** The answer has ended. */
  public void close() {
    List.copyOf(whenClosed).forEach(Runnable::run);
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query() {
    return null;
  }

  @Override
  public String peer() {
    return loopback ? "127.0.0.1" : "192.0.2.1";
  }

  @Override
  public void goOn(Runnable next) {
    next.run();
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public List<String> headers(String name) {
    String value = header(name);
    return value == null ? List.of() : List.of(value);
  }

  @Override
  public boolean hasHeaderLike(String prefix) {
    return headers.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  @Override
  public @Nullable String host() {
    return host;
  }

  @Override
  public boolean isFromLoopback() {
    return loopback;
  }

  @Override
  public Set<String> allowedMethods() {
    return methods;
  }

  /** Does everything at once, on the thread of the test. */
  @Override
  public Context context() {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("runOnContext")) {
                @SuppressWarnings("unchecked")
                Handler<Void> action = (Handler<Void>) arguments[0];
                action.handle(null);
                return null;
              }
              throw new UnsupportedOperationException("no event loop here");
            });
  }

  @Override
  public CompletionStage<byte[]> body(long maxBytes) {
    return CompletableFuture.completedFuture(body);
  }

  @Override
  public IncomingBody pieces(long maxBytes) {
    return new Pieces();
  }

  /** The body in one piece. */
  private final class Pieces implements IncomingBody {
    private boolean given;
    private boolean held;

    @Override
    public void into(Sink sink) {
      held = false;
      if (!given) {
        given = true;
        sink.bytes(Buffer.buffer(body));
      }
      if (!held) {
        sink.end();
      }
    }

    @Override
    public void pause() {
      held = true;
    }

    @Override
    public void resume() {
      held = false;
    }
  }

  @Override
  public void proceed(Runnable next) {
    next.run();
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  @Override
  public void onGone(Runnable action) {
    whenGone.add(action);
  }

  @Override
  public void onClosed(Runnable action) {
    whenClosed.add(action);
  }
}
