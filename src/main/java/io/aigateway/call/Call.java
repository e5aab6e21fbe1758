package io.aigateway.call;

import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Blobs;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestHead;
import io.aigateway.embed.EmbedRequest;
import io.aigateway.error.TargetException;
import io.aigateway.http.CallerRequest;
import io.aigateway.http.IncomingBody;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request, from its first header to the end of its answer? One object a
 * request, shared by all copies of the exchange. Steps change it one after the other; streamed
 * answers change it on the request's context.
 */
public final class Call {
  private final CallerRequest request;
  private final CallerDialect dialect;
  private final Operation operation;
  private final String id;
  private final long startedNanos;
  private final long createdSeconds;
  private final boolean warmUp;
  private final List<Attempt> attempts = new ArrayList<>(2);
  private final Set<String> dropped = new LinkedHashSet<>(0);

  private @Nullable Caller caller;
  private @Nullable Operator operator;
  private byte @Nullable [] body;
  private @Nullable RequestHead head;
  private @Nullable IncomingBody rest;
  private boolean bodySpent;
  private @Nullable ChatRequest parsed;
  private @Nullable Blobs blobs;
  private String model = "";
  private @Nullable String answeredBy;
  private @Nullable String modelSent;
  private volatile @Nullable Runnable upstreamCancel;
  private int asked;
  private int fallbacks;
  private @Nullable Allowance allowance;
  private boolean refusedByLimit;
  private @Nullable Usage usage;
  private @Nullable FinishReason finish;
  private int status;
  private long upstreamStartedNanos;
  private long upstreamNanos;
  private long firstTokenNanos;
  private long bodyNanos;

  /**
   * @param startedNanos the monotonic clock when the headers had come
   * @param createdSeconds the same moment, in seconds since 1970
   * @param warmUp whether the gateway itself sent the request to get warm; it leaves no trace
   */
  public Call(
      CallerRequest request,
      CallerDialect dialect,
      Operation operation,
      String id,
      long startedNanos,
      long createdSeconds,
      boolean warmUp) {
    this.request = request;
    this.dialect = dialect;
    this.operation = operation;
    this.id = id;
    this.startedNanos = startedNanos;
    this.createdSeconds = createdSeconds;
    this.warmUp = warmUp;
  }

  /** The call of this exchange; every exchange has one from the receive step on. */
  public static Call of(Exchange exchange) {
    return Objects.requireNonNull(find(exchange), "no receive step before this one");
  }

  /** The call of this exchange, or null before the receive step. */
  public static @Nullable Call find(Exchange exchange) {
    return (Call) Var.CALL.get(exchange);
  }

  public CallerRequest request() {
    return request;
  }

  public CallerDialect dialect() {
    return dialect;
  }

  /** What is asked of a provider. */
  public Operation operation() {
    return operation;
  }

  /** The straight line that carries this call to a provider of its own dialect. */
  public String line() {
    return switch (operation) {
      case CHAT, COUNT_TOKENS -> dialect.name();
      case EMBEDDINGS, IMAGES, MODERATIONS, RERANK, SPEECH, TRANSCRIPTIONS -> operation.label();
    };
  }

  /** The request's id, as in {@code X-Request-ID}. */
  public String id() {
    return id;
  }

  public long startedNanos() {
    return startedNanos;
  }

  public long createdSeconds() {
    return createdSeconds;
  }

  public boolean isWarmUp() {
    return warmUp;
  }

  public @Nullable Caller caller() {
    return caller;
  }

  /** Who administers; null for all but calls of the admin API that are permitted. */
  public @Nullable Operator operator() {
    return operator;
  }

  public void permitted(Operator who) {
    this.operator = who;
  }

  public void authenticated(Caller who) {
    this.caller = who;
  }

  /** How many of the tenant's fallbacks have had their turn; counts this one. */
  public int nextFallback() {
    return fallbacks++;
  }

  /**
   * What is left of the tighter limit of requests a minute, for the answer's headers.
   *
   * @param reset seconds until more is left
   */
  public record Allowance(long limit, long remaining, long reset) {}

  /** What is left of the caller's limit; null when it has none or it was not looked at. */
  public @Nullable Allowance allowance() {
    return allowance;
  }

  /** See {@link Allowance}. */
  public void limited(long limit, long remaining, long reset) {
    this.allowance = new Allowance(limit, remaining, reset);
  }

  /** Whether one of the gateway's own limits refused the request. */
  public boolean isRefusedByLimit() {
    return refusedByLimit;
  }

  public void refusedByLimit() {
    this.refusedByLimit = true;
  }

  /** Remembers what the caller sent. */
  public void received(byte[] bytes, RequestHead what) {
    this.body = bytes;
    this.head = what;
  }

  /** The same of a body of which more is to come; the rest is handed on, never held. */
  public void received(byte[] bytes, RequestHead what, IncomingBody more) {
    received(bytes, what);
    this.rest = more;
  }

  /** What is to come after {@link #body()}, or null when that is all. */
  public @Nullable IncomingBody rest() {
    return rest;
  }

  /** A provider has begun to take a body that can't be sent again. */
  public void spendBody() {
    bodySpent = true;
  }

  /** Whether the body is gone, so that no other provider can be asked. */
  public boolean isBodySpent() {
    return bodySpent;
  }

  /** The body as it came, UTF-8 JSON, or the beginning of a form; the array must not be changed. */
  public byte[] body() {
    return Objects.requireNonNull(body, "no read step before this one");
  }

  public RequestHead head() {
    return Objects.requireNonNull(head, "no read step before this one");
  }

  /** Whether the body has been read and understood. */
  public boolean isRead() {
    return head != null;
  }

  /** The long pictures and files of a JSON body; looked for when they are first asked for. */
  public Blobs blobs() {
    Blobs known = blobs;
    if (known == null) {
      known = Blobs.of(body());
      blobs = known;
    }
    return known;
  }

  /**
   * The request in the neutral model, {@linkplain #blobs() without} its long pictures and files;
   * read from the body when it is first asked for.
   */
  public ChatRequest parsed() {
    ChatRequest known = parsed;
    if (known == null) {
      known = dialect.read(blobs().slim());
      parsed = known;
    }
    return known;
  }

  /** The request for vectors in the neutral model; read from the body when it is asked for. */
  public EmbedRequest embedRequest() {
    return dialect.embeddings().read(body());
  }

  /** The model asked for, without the provider before it; "" before it is known. */
  public String model() {
    return model;
  }

  public void model(String name) {
    this.model = name;
  }

  /** Targets that were tried, in order. */
  public List<Attempt> attempts() {
    return Collections.unmodifiableList(attempts);
  }

  /** How many times a provider was asked. */
  public int asked() {
    return asked;
  }

  /** A provider is about to be asked. */
  public void asking(long nowNanos) {
    asked++;
    upstreamStartedNanos = nowNanos;
  }

  /** The provider answered, or failed, or its stream ended: the gateway's own time goes on. */
  public void upstreamDone(long nowNanos) {
    if (upstreamStartedNanos != 0) {
      upstreamNanos += nowNanos - upstreamStartedNanos;
      upstreamStartedNanos = 0;
    }
  }

  /** Nanoseconds spent waiting for providers. */
  public long upstreamNanos() {
    return upstreamNanos;
  }

  /** The caller took so long to send its body; none of it is the gateway's time. */
  public void waitedForBody(long nanos) {
    bodyNanos = nanos;
  }

  /** Nanoseconds spent waiting for the caller's body. */
  public long bodyNanos() {
    return bodyNanos;
  }

  public void failed(String provider, String modelName, TargetException why) {
    attempts.add(new Attempt(provider, modelName, why));
  }

  /** The provider refused the request itself. */
  public void refused(String provider, String modelName, int code) {
    attempts.add(new Attempt(provider, modelName, null, code));
    this.answeredBy = provider;
    this.modelSent = modelName;
  }

  public void answered(String provider, String modelName) {
    attempts.add(new Attempt(provider, modelName, null));
    this.answeredBy = provider;
    this.modelSent = modelName;
  }

  /** The provider that answered, or null. */
  public @Nullable String answeredBy() {
    return answeredBy;
  }

  /** The model name that was sent to the provider that answered, or null. */
  public @Nullable String modelSent() {
    return modelSent;
  }

  /** Parameters that the provider that answered could not take. */
  public Set<String> dropped() {
    return dropped;
  }

  /** What frees the provider call under way, or null when there is none. */
  public void upstream(@Nullable Runnable cancel) {
    this.upstreamCancel = cancel;
    if (cancel != null && request.isGone()) {
      // the caller left while the call was being prepared
      request.context().runOnContext(ignored -> cancelUpstream());
    }
  }

  /** Frees the provider call under way, if there is one. */
  public void cancelUpstream() {
    Runnable cancel = upstreamCancel;
    upstreamCancel = null;
    if (cancel != null) {
      cancel.run();
    }
  }

  public @Nullable Usage usage() {
    return usage;
  }

  /** A later report replaces an earlier one. */
  public void used(@Nullable Usage report) {
    if (report != null) {
      this.usage = report;
    }
  }

  public @Nullable FinishReason finish() {
    return finish;
  }

  public void finished(@Nullable FinishReason reason) {
    if (reason != null) {
      this.finish = reason;
    }
  }

  /** HTTP status of the answer, or 0 before it is known; a stream that breaks gets another one. */
  public int status() {
    return status;
  }

  public void status(int code) {
    this.status = code;
  }

  /** The monotonic clock when the first content came, or 0. */
  public long firstTokenNanos() {
    return firstTokenNanos;
  }

  public void firstToken(long nowNanos) {
    if (firstTokenNanos == 0) {
      firstTokenNanos = nowNanos;
    }
  }
}
