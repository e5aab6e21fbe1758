package io.aigateway.call;

import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.error.TargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has become of a request at the providers so far? The part that a {@link Call} hands on. */
final class Progress {
  final List<Attempt> attempts = new ArrayList<>(2);
  final Set<String> dropped = new LinkedHashSet<>(0);
  @Nullable String askedLast;
  @Nullable String answeredBy;
  @Nullable String modelSent;
  volatile @Nullable Runnable upstreamCancel;
  @Nullable Usage usage;
  @Nullable FinishReason finish;
  long upstreamStartedNanos;
  long upstreamNanos;
  long firstTokenNanos;
  int othersLeft;
  Retries retries = Retries.NONE;
  @Nullable TargetException again;

  List<Attempt> attempts() {
    return Collections.unmodifiableList(attempts);
  }

  void upstreamDone(long nowNanos) {
    if (upstreamStartedNanos != 0) {
      upstreamNanos += nowNanos - upstreamStartedNanos;
      upstreamStartedNanos = 0;
    }
  }

  void cancelUpstream() {
    Runnable cancel = upstreamCancel;
    upstreamCancel = null;
    if (cancel != null) {
      cancel.run();
    }
  }
}
