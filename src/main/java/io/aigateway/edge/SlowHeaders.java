package io.aigateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose callers send too slowly, and those on which nothing happens: the headers
 * of a request must be complete within a time of their first byte, a body must not stop for longer
 * than the idle time, and so must a connection without a request. One watch a connection, on its
 * event loop, with one timer that is armed anew only when it fires.
 */
final class SlowHeaders extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<SlowHeaders> KEY = AttributeKey.valueOf("slow-headers");

  private enum Phase {
    IDLE,
    HEADERS,
    BODY,
    SERVING
  }

  private final long headerNanos;
  private final long idleNanos;
  private final Channel channel;
  private Phase phase = Phase.IDLE;
  private long sinceNanos = System.nanoTime();
  private int active;
  private boolean multiplexed;
  private @Nullable Future<?> timer;

  private SlowHeaders(Channel channel, Duration headerTimeout, Duration idleTimeout) {
    this.channel = channel;
    this.headerNanos = headerTimeout.toNanos();
    this.idleNanos = idleTimeout.toNanos();
  }

  /** Begins to watch a connection that was just opened. */
  static void watch(HttpConnection connection, Duration headerTimeout, Duration idleTimeout) {
    if (connection instanceof ConnectionBase base) {
      Channel channel = base.channel();
      if (channel.attr(KEY).get() == null) {
        SlowHeaders watch = new SlowHeaders(channel, headerTimeout, idleTimeout);
        channel.attr(KEY).set(watch);
        channel.pipeline().addFirst(watch);
        watch.arm(watch.headerNanos);
      }
    }
  }

  /**
   * The headers of a request are complete.
   *
   * @param multiplexed whether requests share the connection at the same time, as in HTTP/2
   */
  static void headersCame(HttpConnection connection, boolean multiplexed) {
    SlowHeaders watch = find(connection);
    if (watch != null) {
      watch.multiplexed = multiplexed;
      watch.active++;
      watch.enter(multiplexed ? Phase.SERVING : Phase.BODY);
    }
  }

  /** The body of the request is complete. */
  static void bodyCame(HttpConnection connection) {
    SlowHeaders watch = find(connection);
    if (watch != null && watch.phase == Phase.BODY) {
      watch.enter(Phase.SERVING);
    }
  }

  /** The answer to a request is complete. */
  static void answered(HttpConnection connection) {
    SlowHeaders watch = find(connection);
    if (watch != null) {
      watch.active = Math.max(0, watch.active - 1);
      if (watch.active == 0) {
        watch.enter(Phase.IDLE);
      }
    }
  }

  private static @Nullable SlowHeaders find(HttpConnection connection) {
    return connection instanceof ConnectionBase base ? base.channel().attr(KEY).get() : null;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (phase == Phase.IDLE && !multiplexed) {
      enter(Phase.HEADERS);
    } else if (phase == Phase.BODY || phase == Phase.IDLE) {
      sinceNanos = System.nanoTime();
    }
    super.channelRead(context, message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (timer != null) {
      timer.cancel(false);
    }
    super.channelInactive(context);
  }

  private void enter(Phase next) {
    phase = next;
    sinceNanos = System.nanoTime();
  }

  private long limit() {
    return phase == Phase.HEADERS || phase == Phase.SERVING ? headerNanos : idleNanos;
  }

  private void arm(long nanos) {
    timer = channel.eventLoop().schedule(this::check, nanos, TimeUnit.NANOSECONDS);
  }

  private void check() {
    long left = sinceNanos + limit() - System.nanoTime();
    if (phase == Phase.SERVING) {
      arm(headerNanos);
    } else if (left > 0) {
      // a phase that begins meanwhile may be shorter than what is left of this one
      arm(Math.min(left, headerNanos));
    } else {
      kill(channel);
    }
  }

  /**
   * Closes the connection at once. Vert.x' own close would first write out what is queued, which a
   * caller who reads nothing holds up for ever. On the connection's event loop.
   */
  static void kill(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      kill(base.channel());
    } else {
      connection.close();
    }
  }

  private static void kill(Channel channel) {
    channel.unsafe().close(channel.unsafe().voidPromise());
  }

  /** How many bytes wait for the caller to read. */
  static long pending(HttpConnection connection) {
    ChannelOutboundBuffer queue =
        connection instanceof ConnectionBase base ? base.channel().unsafe().outboundBuffer() : null;
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }
}
