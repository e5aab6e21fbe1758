package io.aigateway.settings;

import java.util.Optional;
import java.util.Set;

/**
 * What do replicas share?
 *
 * @param redisUrl {@code REDIS_URL}, empty = state stays in this process
 * @param distributedBreakers {@code USE_DISTRIBUTED_CB}
 */
public record SharedState(Optional<RedisUrl> redisUrl, boolean distributedBreakers) {
  public SharedState {
    new Check()
        .that(
            !distributedBreakers || redisUrl.isPresent(),
            Set.of(Variable.USE_DISTRIBUTED_CB, Variable.REDIS_URL),
            "USE_DISTRIBUTED_CB=true has no REDIS_URL",
            "false, or REDIS_URL set too")
        .orThrow();
  }
}
