package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What can be asked of this gateway? Serves the OpenAPI document, to everybody. */
@InMemory
@RouteStep
public final class ApiDocument {
  private static final String FILE = "/openapi.yaml";
  private static final String TYPE = "application/yaml"; // RFC 9512
  private static final int TAG_LENGTH = 32;

  /** It changes with the gateway only; replicas of two versions may serve at the same time. */
  private static final String KEEP = "public, max-age=300, must-revalidate";

  private final byte[] text;
  private final String tag;

  public ApiDocument() {
    try (InputStream file =
        Objects.requireNonNull(ApiDocument.class.getResourceAsStream(FILE), FILE)) {
      text = file.readAllBytes();
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
      tag = "\"" + digest.substring(0, TAG_LENGTH) + "\"";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The document, or 304 for who has it already. */
  public HttpAnswer read(Exchange exchange) {
    Call call = Call.of(exchange);
    boolean known = isKnown(call.request().header("if-none-match"));
    HttpAnswer answer = known ? HttpAnswer.empty(304) : HttpAnswer.whole(200, TYPE, text);
    call.status(answer.status());
    return GatewayHeaders.add(answer, call).header("etag", tag).header("cache-control", KEEP);
  }

  private boolean isKnown(@Nullable String tags) {
    if (tags == null) {
      return false;
    }
    for (String each : tags.split(",")) {
      String one = each.trim();
      if (one.equals("*") || one.equals(tag) || one.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }
}
