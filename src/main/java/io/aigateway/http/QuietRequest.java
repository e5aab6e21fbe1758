package io.aigateway.http;

import io.vertx.core.Context;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a caller sent, for work that nobody waits for: it goes on when the caller has left or has
 * its answer. The body has been read.
 */
public final class QuietRequest implements CallerRequest {
  private final CallerRequest sent;

  public QuietRequest(CallerRequest sent) {
    this.sent = sent;
    sent.keepHeaders();
  }

  @Override
  public String method() {
    return sent.method();
  }

  @Override
  public String path() {
    return sent.path();
  }

  @Override
  public @Nullable String header(String name) {
    return sent.header(name);
  }

  @Override
  public List<String> headers(String name) {
    return sent.headers(name);
  }

  @Override
  public boolean hasHeaderLike(String prefix) {
    return sent.hasHeaderLike(prefix);
  }

  @Override
  public @Nullable String host() {
    return sent.host();
  }

  @Override
  public @Nullable String query() {
    return sent.query();
  }

  @Override
  public String peer() {
    return sent.peer();
  }

  @Override
  public boolean isFromLoopback() {
    return sent.isFromLoopback();
  }

  @Override
  public Set<String> allowedMethods() {
    return sent.allowedMethods();
  }

  @Override
  public Context context() {
    return sent.context();
  }

  @Override
  public CompletionStage<byte[]> body(long maxBytes) {
    return CompletableFuture.failedFuture(new IllegalStateException("the body has been read"));
  }

  @Override
  public IncomingBody pieces(long maxBytes) {
    throw new IllegalStateException("the body has been read");
  }

  @Override
  public void proceed(Runnable next) {
    sent.proceed(next);
  }

  @Override
  public boolean isGone() {
    return false;
  }

  /** Nobody is here who could leave. */
  @Override
  public void onGone(Runnable action) {}

  /** There is no answer that could end. */
  @Override
  public void onClosed(Runnable action) {}
}
