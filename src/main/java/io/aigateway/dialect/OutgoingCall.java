package io.aigateway.dialect;

/**
 * A call as it is about to be sent, for dialects that sign it.
 *
 * @param authority what the {@code Host} header will say
 * @param path as it goes out: percent-encoded, with the base URL's own path, with the query
 */
@SuppressWarnings("ArrayRecordComponent")
public record OutgoingCall(
    String method, boolean tls, String authority, String path, byte[] body) {}
