package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://api.example.com/v1, true, api.example.com, 443, /v1, api.example.com",
    "http://localhost:11434, false, localhost, 11434, '', localhost:11434",
    "HTTP://h:80///, false, h, 80, '', h",
    "https://[::1]:8443/a/b/, true, ::1, 8443, /a/b, [::1]:8443"
  })
  void urlIsRead(String url, boolean tls, String host, int port, String path, String authority) {
    Address address = Address.of(url);

    assertThat(address).isEqualTo(new Address(tls, host, port, path));
    assertThat(address.authority()).isEqualTo(authority);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://h",
        "h:80",
        "http://",
        "http://u:canary@h",
        "http://h?key=canary",
        "http://h#canary",
        "ht tp://canary"
      })
  void otherUrlsAreRefusedWithoutBeingShown(String url) {
    assertThatThrownBy(() -> Address.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("baseUrl")
        .hasMessageNotContaining("canary");
  }

  @Test
  void proxyIsChosenByTheAddressesScheme() {
    ProxySettings settings =
        ProxySettings.of(
            Map.of(
                "HTTPS_PROXY", "http://user:p%40ss:x@proxy:3128",
                "http_proxy", "plain:8080",
                "NO_PROXY", "internal.example, *.corp, .dot, 10.0.0.1:81"));

    var secure = settings.forAddress(Address.of("https://api.example.com"));
    assertThat(secure).isNotNull();
    assertThat(secure.getHost()).isEqualTo("proxy");
    assertThat(secure.getPort()).isEqualTo(3128);
    assertThat(secure.getUsername()).isEqualTo("user");
    var plain = settings.forAddress(Address.of("http://api.example.com"));
    assertThat(plain).isNotNull();
    assertThat(plain.getHost()).isEqualTo("plain");
  }

  @ParameterizedTest
  @CsvSource({
    "http://internal.example, true",
    "http://a.internal.example, true",
    "http://notinternal.example, false",
    "http://x.corp, true",
    "http://x.dot, true",
    "http://10.0.0.1:81, true",
    "http://10.0.0.1:82, false",
    "http://127.0.0.1:9, true",
    "http://localhost:9, true"
  })
  void hostsOfNoProxyAreReachedDirectly(String url, boolean direct) {
    ProxySettings settings =
        ProxySettings.of(
            Map.of(
                "HTTP_PROXY", "http://proxy:1",
                "NO_PROXY", "Internal.example, *.corp, .dot, 10.0.0.1:81"));

    assertThat(settings.forAddress(Address.of(url)) == null).isEqualTo(direct);
  }

  @Test
  void wrongProxyIsNamedWithoutItsPassword() {
    assertThatThrownBy(() -> ProxySettings.of(Map.of("HTTPS_PROXY", "socks5://u:canary@h")))
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageNotContaining("canary");
  }
}
