package io.aigateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.settings.RedisUrl.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUrlTest {

  @Test
  void everyPartIsRead() {
    RedisUrl url = RedisUrl.parse("rediss://gate%40way:p%2Cw+%2Fd@redis.example:6380/3");

    assertThat(url.nodes()).containsExactly(new Node("redis.example", 6380));
    assertThat(url.tls()).isTrue();
    assertThat(url.user()).contains("gate@way");
    assertThat(url.password()).contains(new Secret("p,w+/d"));
    assertThat(url.database()).isEqualTo(3);
    assertThat(url.master()).isEmpty();
  }

  @Test
  void nodesShareWhatOneOfThemSays() {
    RedisUrl url = RedisUrl.parse("redis://:pw@a,b:7001,redis://[::1]:7002/1");

    assertThat(url.nodes())
        .containsExactly(new Node("a", 6379), new Node("b", 7001), new Node("::1", 7002));
    assertThat(url.tls()).isFalse();
    assertThat(url.user()).isEmpty();
    assertThat(url.password()).contains(new Secret("pw"));
    assertThat(url.database()).isEqualTo(1);
  }

  @Test
  void sentinelsNameTheirMaster() {
    RedisUrl url =
        RedisUrl.parse("redis://u:p@s1,s2:26380/2?master=main&sentinel_user=w&sentinel_password=q");

    assertThat(url.nodes()).containsExactly(new Node("s1", 26379), new Node("s2", 26380));
    assertThat(url.master()).contains("main");
    assertThat(url.sentinelUser()).contains("w");
    assertThat(url.sentinelPassword()).contains(new Secret("q"));
  }

  @Test
  void passwordsAreNotPrinted() {
    assertThat(RedisUrl.parse("redis://u:canary@h?sentinel_password=canary&master=m").toString())
        .doesNotContain("canary")
        .contains("***");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h:6379 | doesn't begin with redis:// or rediss://",
        "http://h | is not an address of Redis",
        "redis:// | is not an address of Redis",
        "redis://a,,b | has an empty node",
        "redis://a,rediss://b | different schemes",
        "redis://u:canary@a,redis://u:canary2@b | different users or passwords",
        "redis://a/1,b/2 | different databases",
        "redis://h:0 | port out of range",
        "redis://h:70000 | port out of range",
        "redis://256.1.1.1 | neither a name nor an address",
        "redis://canary@h | user without a password",
        "redis://h?canary=1 | parameter that is not known",
        "redis://h?master= | parameter without a value",
        "redis://h/x | is not an address of Redis"
      })
  void whatIsWrongIsSaidWithoutTheValue(String text, String problem) {
    assertThatThrownBy(() -> RedisUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem)
        .message()
        .doesNotContain("canary");
  }
}
