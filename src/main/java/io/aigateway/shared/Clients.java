package io.aigateway.shared;

import io.aigateway.settings.RedisUrl;
import io.aigateway.settings.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.BaseConfig;
import org.redisson.config.BaseMasterSlaveServersConfig;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.ReadMode;
import org.redisson.config.SubscriptionMode;

/**
 * Makes Redis clients. Blocks; for a thread of its own. The limits here only free what hangs:
 * whoever asks has the shorter patience of {@link RedisLink}.
 */
final class Clients {
  private static final Duration CONTACT = Duration.ofMillis(500);
  private static final int LIMIT_MILLIS = 1000;
  private static final Duration RECONNECT = Duration.ofMillis(250);

  private final RedisUrl url;

  Clients(RedisUrl url) {
    this.url = url;
  }

  /** A client that is connected. */
  RedissonClient connect() throws IOException {
    FirstContact.Found found = new FirstContact(url, CONTACT).ask();
    Config config = new Config();
    config.setThreads(1);
    config.setNettyThreads(2);
    switch (found.kind()) {
      case SERVER -> {
        var server = config.useSingleServer();
        common(server);
        server.setAddress(addresses().get(0));
        server.setDatabase(url.database());
        // below ten connections the client sends command after command without waiting
        server.setConnectionPoolSize(2);
        server.setConnectionMinimumIdleSize(1);
        server.setSubscriptionConnectionPoolSize(1);
        server.setSubscriptionConnectionMinimumIdleSize(1);
      }
      case SERVERS -> {
        var servers = config.useReplicatedServers();
        several(servers);
        addresses().forEach(servers::addNodeAddress);
        servers.setDatabase(url.database());
        servers.setScanInterval(LIMIT_MILLIS);
      }
      case CLUSTER -> {
        var cluster = config.useClusterServers();
        several(cluster);
        addresses().forEach(cluster::addNodeAddress);
        cluster.setScanInterval(LIMIT_MILLIS);
        cluster.setCheckSlotsCoverage(false);
      }
      case SENTINELS -> {
        var sentinels = config.useSentinelServers();
        several(sentinels);
        addresses().forEach(sentinels::addSentinelAddress);
        sentinels.setMasterName(found.master().orElseThrow());
        sentinels.setDatabase(url.database());
        sentinels.setCheckSentinelsList(false);
        sentinels.setScanInterval(LIMIT_MILLIS);
        url.sentinelUser().ifPresent(sentinels::setSentinelUsername);
        url.sentinelPassword().map(Secret::reveal).ifPresent(sentinels::setSentinelPassword);
      }
    }
    return Redisson.create(config);
  }

  private void common(BaseConfig<?> config) {
    config.setConnectTimeout(LIMIT_MILLIS);
    config.setTimeout(LIMIT_MILLIS);
    config.setSubscriptionTimeout(LIMIT_MILLIS);
    // whoever asks has given up by then, and a late repeat would be of no use
    config.setRetryAttempts(0);
    config.setReconnectionDelay(new ConstantDelay(RECONNECT));
    config.setPingConnectionInterval(LIMIT_MILLIS);
    config.setIdleConnectionTimeout(60_000);
    config.setClientName("ai-gateway");
    url.user().ifPresent(config::setUsername);
    url.password().map(Secret::reveal).ifPresent(config::setPassword);
  }

  private void several(BaseMasterSlaveServersConfig<?> config) {
    common(config);
    config.setReadMode(ReadMode.MASTER);
    config.setSubscriptionMode(SubscriptionMode.MASTER);
    config.setMasterConnectionPoolSize(2);
    config.setMasterConnectionMinimumIdleSize(1);
    config.setSubscriptionConnectionPoolSize(1);
    config.setSubscriptionConnectionMinimumIdleSize(1);
  }

  private List<String> addresses() {
    String scheme = url.tls() ? "rediss://" : "redis://";
    return url.nodes().stream().map(node -> scheme + node).toList();
  }
}
