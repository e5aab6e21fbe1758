package io.aigateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WindowTest {

  /** Against the simplest thing that could be right. */
  @Property(tries = 300)
  void countsWhatCameWithinItsLength(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 40) Integer> pauses) {
    Window window = new Window(100);
    Deque<Long> all = new ArrayDeque<>();
    long now = 0;
    for (int pause : pauses) {
      now += pause;
      while (!all.isEmpty() && now - all.peekFirst() >= 100) {
        all.removeFirst();
      }
      assertThat(window.used(now)).isEqualTo(all.size());
      assertThat(window.untilLess(now))
          .isEqualTo(all.isEmpty() ? 100 : all.peekFirst() + 100 - now);
      if (!all.isEmpty()) {
        assertThat(window.untilBelow(1, now)).isEqualTo(all.peekLast() + 100 - now);
        assertThat(window.untilBelow(all.size(), now)).isEqualTo(all.peekFirst() + 100 - now);
      }
      window.add(now);
      all.addLast(now);
    }
  }
}
