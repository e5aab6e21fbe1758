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
import io.aigateway.tenant.OwnCredential;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request, from its first header to the end of its answer? One object a
 * request, shared by all copies of the exchange. Steps change it one after the other; streamed
 * answers change it on the request's context.
 *
 * <p>Where targets are asked side by side each gets a {@linkplain #branch() view of its own}: the
 * request is the same, what becomes of it isn't, until one of the views {@linkplain #adopt wins}.
 */
public final class Call {
  private final CallerRequest request;
  private final CallerDialect dialect;
  private final Operation operation;
  private final String id;
  private final long startedNanos;
  private final long createdSeconds;
  private final boolean warmUp;
  private final AtomicInteger asked;

  private @Nullable Caller caller;
  private @Nullable Operator operator;
  private byte @Nullable [] body;
  private @Nullable RequestHead head;
  private @Nullable IncomingBody rest;
  private boolean bodySpent;
  private @Nullable ChatRequest parsed;
  private @Nullable Blobs blobs;
  private String model = "";
  private int fallbacks;
  private @Nullable Allowance allowance;
  private boolean refusedByLimit;
  private Progress progress = new Progress();
  private volatile boolean abandoned;
  private @Nullable Call adopted;
  private int status;
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
    this.asked = new AtomicInteger();
  }

  private Call(Call from, CallerRequest request, AtomicInteger asked) {
    this.request = request;
    this.dialect = from.dialect;
    this.operation = from.operation;
    this.id = from.id;
    this.startedNanos = from.startedNanos;
    this.createdSeconds = from.createdSeconds;
    this.warmUp = from.warmUp;
    this.asked = asked;
    this.caller = from.caller;
    this.operator = from.operator;
    this.allowance = from.allowance;
    this.body = from.body;
    this.head = from.head;
    this.rest = from.rest;
    this.bodySpent = from.bodySpent;
    this.parsed = from.parsed;
    this.blobs = from.blobs;
    this.model = from.model;
    this.fallbacks = from.fallbacks;
  }

  /** A view for a target that is asked beside others; they share the budget of attempts. */
  public Call branch() {
    return new Call(this, request, asked);
  }

  /**
   * A view for a copy of the request whose answer nobody gets: it has a budget of its own and
   * leaves no trace here.
   *
   * @param quiet what stands in the caller's place, who may leave before it ends
   */
  public Call detached(CallerRequest quiet) {
    return new Call(this, quiet, new AtomicInteger());
  }

  /**
   * Takes over what became of {@code winner}, now and in the rest of its stream.
   *
   * @param others views that were asked beside it: only their failures are remembered
   */
  public void adopt(Call winner, List<Call> others) {
    Progress theirs = winner.progress;
    if (theirs == progress) {
      return;
    }
    List<Attempt> before = new ArrayList<>(progress.attempts);
    for (Call other : others) {
      before.addAll(other.progress.attempts);
    }
    theirs.attempts.addAll(0, before);
    theirs.upstreamNanos += progress.upstreamNanos;
    progress = theirs;
    adopted = winner;
  }

  /** This view has lost: what it is doing ends, what it has not begun is not begun. */
  public void abandon() {
    abandoned = true;
    request.context().runOnContext(ignored -> cancelUpstream());
  }

  /** Whether nobody waits for an answer any more. */
  public boolean isGone() {
    return abandoned || request.isGone();
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

  /** What the caller calls this provider with instead of the gateway's credential, or null. */
  public @Nullable OwnCredential ownCredential(String provider) {
    Caller who = caller;
    return who == null ? null : who.ownCredential(provider);
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

  /**
   * The answer flows, so that no other provider will be asked: a body of megabytes need not last as
   * long as a stream.
   */
  public void forgetBody() {
    bodySpent = true;
    body = null;
    parsed = null;
    blobs = null;
    if (adopted != null) {
      adopted.forgetBody();
    }
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
    return progress.attempts();
  }

  /** How many times a provider was asked, by all views together. */
  public int asked() {
    return asked.get();
  }

  /**
   * Takes one attempt of the budget, for this provider.
   *
   * @return false when all are used up
   */
  public boolean takeAttempt(int most, String provider) {
    int used = asked.get();
    while (used < most) {
      if (asked.compareAndSet(used, used + 1)) {
        progress.askedLast = provider;
        return true;
      }
      used = asked.get();
    }
    return false;
  }

  /** The provider that was asked last, or null. */
  public @Nullable String askedLast() {
    return progress.askedLast;
  }

  /** Gives an attempt back that turned out not to be made. */
  public void giveAttemptBack() {
    asked.decrementAndGet();
    progress.askedLast = null;
  }

  /** A provider is about to be asked. */
  public void asking(long nowNanos) {
    progress.upstreamStartedNanos = nowNanos;
  }

  /** The provider answered, or failed, or its stream ended: the gateway's own time goes on. */
  public void upstreamDone(long nowNanos) {
    progress.upstreamDone(nowNanos);
  }

  /** Time went by in a wait for a provider: in its queue, or before it is asked again. */
  public void waited(long nanos) {
    progress.upstreamNanos += nanos;
  }

  /** Nanoseconds spent waiting for providers. */
  public long upstreamNanos() {
    return progress.upstreamNanos;
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
    progress.attempts.add(new Attempt(provider, modelName, why));
    progress.answeredBy = null;
    progress.modelSent = null;
  }

  /** The provider refused the request itself. */
  public void refused(String provider, String modelName, int code) {
    progress.attempts.add(new Attempt(provider, modelName, null, code));
    progress.answeredBy = provider;
    progress.modelSent = modelName;
  }

  public void answered(String provider, String modelName) {
    progress.attempts.add(new Attempt(provider, modelName, null));
    progress.answeredBy = provider;
    progress.modelSent = modelName;
  }

  /** The provider that answered, or null. */
  public @Nullable String answeredBy() {
    return progress.answeredBy;
  }

  /** The model name that was sent to the provider that answered, or null. */
  public @Nullable String modelSent() {
    return progress.modelSent;
  }

  /** Parameters that the provider that answered could not take. */
  public Set<String> dropped() {
    return progress.dropped;
  }

  /** What frees the provider call or the wait under way, or null when there is none. */
  public void upstream(@Nullable Runnable cancel) {
    progress.upstreamCancel = cancel;
    if (cancel != null && isGone()) {
      // the caller left while the call was being prepared
      request.context().runOnContext(ignored -> cancelUpstream());
    }
  }

  /** Frees the provider call or the wait under way, if there is one. */
  public void cancelUpstream() {
    progress.cancelUpstream();
  }

  /** How many targets of the rules around this step have not been asked yet. */
  public int othersLeft() {
    return progress.othersLeft;
  }

  public void othersLeft(int targets) {
    progress.othersLeft = targets;
  }

  /** How the provider that was asked last may be asked again. */
  public Retries retries() {
    return progress.retries;
  }

  public void retries(Retries how) {
    progress.retries = how;
  }

  /** Why the next target has failed before in this request, or null when it is asked for once. */
  public @Nullable TargetException takeAgain() {
    TargetException why = progress.again;
    progress.again = null;
    return why;
  }

  /** The next target is the one that has failed with this, and no other is left. */
  public void again(TargetException why) {
    progress.again = why;
  }

  public @Nullable Usage usage() {
    return progress.usage;
  }

  /** A later report replaces an earlier one. */
  public void used(@Nullable Usage report) {
    if (report != null) {
      progress.usage = report;
    }
  }

  public @Nullable FinishReason finish() {
    return progress.finish;
  }

  public void finished(@Nullable FinishReason reason) {
    if (reason != null) {
      progress.finish = reason;
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
    return progress.firstTokenNanos;
  }

  public void firstToken(long nowNanos) {
    if (progress.firstTokenNanos == 0) {
      progress.firstTokenNanos = nowNanos;
    }
  }
}
