package io.aigateway.settings;

import java.util.Optional;
import java.util.Set;

/**
 * What do replicas share?
 *
 * @param redisUrl {@code REDIS_URL} as written, well-formed; it may hold a password
 * @param distributedBreakers {@code USE_DISTRIBUTED_CB}
 */
public record SharedState(Optional<Secret> redisUrl, boolean distributedBreakers) {
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
