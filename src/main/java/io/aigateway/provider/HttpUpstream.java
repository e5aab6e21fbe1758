package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.chat.ChatReply;
import io.aigateway.dialect.Blobs;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.OutgoingCall;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.embed.EmbedReply;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.IncomingBody;
import io.aigateway.wire.Buffers;
import io.aigateway.wire.EventStreamSplitter;
import io.aigateway.wire.FrameSplitter;
import io.aigateway.wire.LineSplitter;
import io.aigateway.wire.PieceSplitter;
import io.aigateway.wire.SseSplitter;
import io.netty.handler.codec.compression.DecompressionException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Calls a provider over HTTP, in its own dialect. For all threads. */
final class HttpUpstream implements Upstream {
  /** Bodies of errors are only read to find their message. */
  private static final int MAX_ERROR_BYTES = 1 << 20;

  private static final CharSequence USER_AGENT = HttpHeaders.createOptimized("ai-gateway");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence EVENTS =
      HttpHeaders.createOptimized("text/event-stream, application/x-ndjson, application/json");
  private static final CharSequence ANYTHING = HttpHeaders.createOptimized("*/*");
  private static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
  private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");

  private final Provider provider;
  private final LoopClients clients;
  private final Map<String, PassThrough> straightLines;
  private final int maxReplyBytes;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;
  private final Clock clock;
  private final WarmUpAddress warmUp;
  private final LoopClients warmUpClients;

  /**
   * @param straightLines by callers' dialect, for those whose bytes pass as they are
   */
  HttpUpstream(
      Provider provider,
      LoopClients clients,
      Map<String, PassThrough> straightLines,
      int maxReplyBytes,
      LongSupplier nanoClock,
      Clock clock,
      WarmUpAddress warmUp) {
    this.provider = provider;
    this.clients = clients;
    this.straightLines = Map.copyOf(straightLines);
    this.maxReplyBytes = maxReplyBytes;
    this.nanoClock = nanoClock;
    this.deadlines = new Deadlines(nanoClock);
    this.clock = clock;
    this.warmUp = warmUp;
    this.warmUpClients = clients.direct();
  }

  /** Shares all but the credential. */
  private HttpUpstream(HttpUpstream like, String credential) {
    this.provider = like.provider.with(like.provider.credentialName(), credential);
    this.clients = like.clients;
    this.straightLines = like.straightLines;
    this.maxReplyBytes = like.maxReplyBytes;
    this.nanoClock = like.nanoClock;
    this.deadlines = like.deadlines;
    this.clock = like.clock;
    this.warmUp = like.warmUp;
    this.warmUpClients = like.warmUpClients;
  }

  @Override
  public Upstream with(String credential) {
    return new HttpUpstream(this, credential);
  }

  @Override
  public boolean counts(Call call) {
    PassThrough straight = straight(call);
    return straight != null && straight.counts();
  }

  @Override
  public void close() {
    clients.close();
    warmUpClients.close();
  }

  private @Nullable PassThrough straight(Call call) {
    return straightLines.get(call.line());
  }

  @Override
  public void call(Call call, String model, Listener listener) {
    SocketAddress standIn = call.isWarmUp() ? warmUp.get() : null;
    if (call.isWarmUp() && standIn == null) {
      // the warm-up is over: its requests never reach a real provider
      listener.failed(
          new TargetException(Kind.NOT_CONFIGURED, provider.name(), "the warm-up is over"));
      return;
    }
    PassThrough straight = straight(call);
    UpstreamRequest request =
        straight != null
            ? straight.request(call.body(), call.head(), model, call.operation())
            : translated(call, model);
    String path =
        straight == null ? request.path() : provider.dialect().path(request.path(), model);
    call.dropped().clear();
    request.dropped().forEach(name -> call.dropped().add(call.dialect().parameter(name)));
    boolean streamed = call.head().stream();
    call.asking(nanoClock.getAsLong());
    Sorter sorter = new Sorter(call, straight, streamed, listener);
    UpstreamCall upstream =
        new UpstreamCall(
            call.isWarmUp() ? warmUpClients : clients,
            call.request().context(),
            provider.timeouts(),
            streamed || call.operation() == Operation.SPEECH,
            nanoClock,
            deadlines,
            sorter);
    sorter.over(upstream);
    call.upstream(
        () -> {
          upstream.cancel();
          sorter.cancelled();
        });
    RequestOptions options = options(call, standIn, straight, path, request.body(), streamed);
    upstream.send(
        options, Buffers.wrap(request.body()), upload(call, options, request.body(), sorter));
  }

  /** What follows the bytes at hand, or null when they are all. */
  private static UpstreamCall.@Nullable Upload upload(
      Call call, RequestOptions options, byte[] begun, Sorter sorter) {
    IncomingBody rest = call.rest();
    if (rest == null) {
      return null;
    }
    String type = call.request().header("content-type");
    if (type != null) {
      options.putHeader(HttpHeaders.CONTENT_TYPE, type);
    }
    String length = call.request().header("content-length");
    if (length != null) {
      long changed = (long) begun.length - call.body().length;
      options.putHeader(
          HttpHeaders.CONTENT_LENGTH, Long.toString(Long.parseLong(length.trim()) + changed));
    }
    return new UpstreamCall.Upload(rest, call::spendBody, sorter::uploadFailed);
  }

  private UpstreamRequest translated(Call call, String model) {
    return switch (call.operation()) {
      case CHAT -> chat(call, model);
      case EMBEDDINGS -> provider.vectors().write(call.embedRequest().withModel(model));
      case COUNT_TOKENS, IMAGES, MODERATIONS, RERANK, SPEECH, TRANSCRIPTIONS ->
          throw provider.lacks(call.operation());
    };
  }

  private UpstreamRequest chat(Call call, String model) {
    ProviderDialect dialect = provider.dialect();
    Blobs blobs = call.blobs();
    UpstreamRequest said = dialect.adapt(call.dialect().name(), blobs.slim(), model);
    if (said == null) {
      said = dialect.write(call.parsed().withModel(model), provider.defaults());
    }
    return new UpstreamRequest(said.path(), blobs.restore(said.body()), said.dropped());
  }

  private RequestOptions options(
      Call call,
      @Nullable SocketAddress standIn,
      @Nullable PassThrough straight,
      String path,
      byte[] body,
      boolean streamed) {
    Address address = provider.address();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(address.host())
            .setPort(address.port())
            .setSsl(address.tls())
            .setURI(address.path() + path);
    if (standIn != null) {
      options.setSsl(false).setServer(standIn);
    }
    MultiMap headers = HttpHeaders.headers();
    headers.set(HttpHeaders.CONTENT_TYPE, JSON);
    headers.set(HttpHeaders.ACCEPT, isOpen(call.operation()) ? ANYTHING : streamed ? EVENTS : JSON);
    headers.set(
        HttpHeaders.ACCEPT_ENCODING, streamed || isOpen(call.operation()) ? IDENTITY : GZIP);
    headers.set(HttpHeaders.USER_AGENT, USER_AGENT);
    OutgoingCall outgoing =
        new OutgoingCall(
            HttpMethod.POST.name(), address.tls(), address.authority(), options.getURI(), body);
    for (Map.Entry<String, String> header :
        provider.dialect().headers(outgoing, provider.credential()).entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
    if (straight != null) {
      for (String name : straight.headers()) {
        List<String> values = call.request().headers(name);
        if (!values.isEmpty()) {
          headers.set(name, String.join(",", values));
        }
      }
    }
    return options.setHeaders(headers);
  }

  /** Whether a whole answer may be something else than JSON. */
  private static boolean isOpen(Operation operation) {
    return operation == Operation.SPEECH || operation == Operation.TRANSCRIPTIONS;
  }

  private FrameSplitter splitter(Framing framing) {
    return switch (framing) {
      case SERVER_SENT_EVENTS -> new SseSplitter(maxReplyBytes);
      case NEWLINE_DELIMITED_JSON -> new LineSplitter(maxReplyBytes);
      case AWS_EVENT_STREAM -> new EventStreamSplitter(maxReplyBytes);
      case AS_IT_COMES -> new PieceSplitter();
    };
  }

  /** Waits for the status, then hands the answer to the reader of its kind. */
  private final class Sorter implements UpstreamCall.Receiver {
    private final Call call;
    private final @Nullable PassThrough straight;
    private final boolean streamed;
    private @Nullable Listener listener;
    private UpstreamCall.@Nullable Receiver reader;
    private @Nullable UpstreamCall upstream;
    private @Nullable HttpStream stream;
    private @Nullable String contentType;
    private @Nullable Gunzip packed;

    Sorter(Call call, @Nullable PassThrough straight, boolean streamed, Listener listener) {
      this.call = call;
      this.straight = straight;
      this.streamed = streamed;
      this.listener = listener;
    }

    void over(UpstreamCall transport) {
      upstream = transport;
    }

    @Override
    public void head(int status, MultiMap headers) {
      contentType = headers.get(HttpHeaders.CONTENT_TYPE);
      boolean good = status >= 200 && status <= 299;
      Framing framing = null;
      try {
        packed = Gunzip.of(headers);
        framing = good && straight != null ? straight.streams(contentType) : null;
      } catch (DecompressionException e) {
        cancelTransport();
        fail(new TargetException(Kind.MALFORMED, provider.name(), "an unknown content encoding"));
        return;
      } catch (MalformedReplyException e) {
        cancelTransport();
        fail(new TargetException(Kind.MALFORMED, provider.name(), String.valueOf(e.getMessage())));
        return;
      }
      if (!good) {
        String retryAfter = headers.get("retry-after");
        reader =
            new HttpWhole(
                provider,
                MAX_ERROR_BYTES,
                body -> fail(error(status, body, retryAfter)),
                // the status is known: a body that breaks off changes nothing
                broken -> fail(error(status, new byte[0], retryAfter)));
      } else if (framing == null && (call.rest() == null ? !streamed : !isEvents(contentType))) {
        // events may be asked for behind the file, where nobody looks: the answer tells
        reader = new HttpWhole(provider, maxReplyBytes, this::whole, this::fail);
      } else if (isPage(contentType)) {
        cancelTransport();
        fail(new TargetException(Kind.MALFORMED, provider.name(), "a page instead of a stream"));
      } else {
        Framing cut = framing == null ? provider.dialect().framing() : framing;
        String type = cut == Framing.AS_IT_COMES ? contentType : null;
        HttpStream opened =
            new HttpStream(
                provider,
                call,
                nanoClock,
                splitter(cut),
                straight != null
                    ? FrameSource.passing(straight, cut)
                    : FrameSource.translating(provider.dialect()),
                new StreamState.Ready() {
                  @Override
                  public void content(ReplyStream begun) {
                    answer(new Answer.Streamed(begun, type));
                  }

                  @Override
                  public void failed(RuntimeException why) {
                    fail(why);
                  }
                });
        opened.over(Objects.requireNonNull(upstream));
        stream = opened;
        reader = opened;
      }
    }

    @Override
    public void bytes(Buffer bytes) {
      if (reader == null) {
        return;
      }
      if (packed == null) {
        reader.bytes(bytes);
        return;
      }
      Buffer unpacked;
      try {
        unpacked = packed.unpack(bytes);
      } catch (DecompressionException e) {
        cancelTransport();
        failed(Kind.MALFORMED, "an answer that can't be unpacked");
        return;
      }
      if (unpacked.length() > 0) {
        reader.bytes(unpacked);
      }
    }

    @Override
    public void end() {
      unpacked();
      if (reader != null) {
        reader.end();
      }
    }

    private void unpacked() {
      if (packed != null) {
        packed.close();
        packed = null;
      }
    }

    @Override
    public void failed(Kind kind, String message) {
      unpacked();
      if (reader != null) {
        reader.failed(kind, message);
      } else {
        fail(new TargetException(kind, provider.name(), message));
      }
    }

    /** The caller's body broke off on its way to the provider. */
    void uploadFailed(RuntimeException why) {
      unpacked();
      if (stream != null) {
        stream.failed(Kind.CUT_OFF, "the request broke off");
      } else {
        fail(why);
      }
    }

    /** The caller left. */
    void cancelled() {
      unpacked();
      if (stream != null) {
        stream.cancel();
      } else {
        fail(new CallerGoneException());
      }
    }

    private void whole(byte[] body) {
      Answer read;
      try {
        read = read(body);
      } catch (MalformedReplyException e) {
        fail(new TargetException(e.kind(), provider.name(), String.valueOf(e.getMessage())));
        return;
      }
      call.upstreamDone(nanoClock.getAsLong());
      answer(read);
    }

    private Answer read(byte[] body) {
      if (straight != null) {
        PassThrough.ReplyFacts facts = straight.inspect(body, call.operation());
        call.used(facts.usage());
        call.finished(facts.finish());
        return new Answer.Passed(body, straight.contentType(contentType));
      }
      if (call.operation() == Operation.EMBEDDINGS) {
        EmbedReply vectors = provider.vectors().read(body);
        if (vectors.vectors().size() != call.embedRequest().texts().size()) {
          throw new MalformedReplyException("not one vector a text");
        }
        call.used(vectors.usage());
        return new Answer.Embedded(vectors);
      }
      ChatReply reply = provider.dialect().read(body);
      call.used(reply.usage());
      if (!reply.choices().isEmpty()) {
        call.finished(reply.choices().get(0).finish());
      }
      return new Answer.Translated(reply);
    }

    private RuntimeException error(int status, byte[] body, @Nullable String retryAfter) {
      ProviderError said = provider.dialect().error(status, body);
      return Failures.of(provider, status, said, retryAfter, clock.instant());
    }

    private void answer(Answer answer) {
      Listener waits = forget();
      if (waits != null) {
        waits.answered(answer);
      }
    }

    private void fail(RuntimeException why) {
      Listener waits = forget();
      if (waits != null) {
        call.upstreamDone(nanoClock.getAsLong());
        waits.failed(why);
      }
    }

    /** Who is told once; behind it stands the whole route, which a stream must not keep. */
    private @Nullable Listener forget() {
      Listener waits = listener;
      listener = null;
      return waits;
    }

    private void cancelTransport() {
      if (upstream != null) {
        upstream.cancel();
      }
    }
  }

  private static boolean isEvents(@Nullable String contentType) {
    return contentType != null
        && contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
  }

  private static boolean isPage(@Nullable String contentType) {
    return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("text/html");
  }
}
