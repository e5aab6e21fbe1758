package io.aigateway.dialect;

import java.util.List;

/**
 * What is sent to a provider.
 *
 * @param path appended to the provider's base URL, beginning with a slash
 * @param body JSON, UTF-8
 * @param dropped names of the caller's parameters that the provider can't take and that could be
 *     left out without changing the meaning
 */
@SuppressWarnings("ArrayRecordComponent")
public record UpstreamRequest(String path, byte[] body, List<String> dropped) {
  public UpstreamRequest {
    dropped = List.copyOf(dropped);
  }
}
