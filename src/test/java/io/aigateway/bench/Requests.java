package io.aigateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;

/** The requests that the generators send: OpenAI chat, about 1 KB, never answered from a cache. */
final class Requests {
  private Requests() {}

  static Buffer chat(Target target, String key, String model, boolean stream) {
    String text = "What is the capital of France, and how did it become so? ".repeat(13).trim();
    String body =
        """
        {"model":"%s","temperature":1,"stream":%s,"max_tokens":256,"messages":[\
        {"role":"system","content":"You are a helpful assistant. Answer in short sentences."},\
        {"role":"user","content":"%s"}]}"""
            .formatted(target.model().isEmpty() ? model : target.model(), stream, text);
    String head =
        """
        POST /v1/chat/completions HTTP/1.1\r
        host: %s:%d\r
        authorization: Bearer %s\r
        content-type: application/json\r
        x-skip-cache: true\r
        accept: */*\r
        content-length: %d\r
        \r
        """
            .formatted(target.host(), target.port(), key, body.getBytes(UTF_8).length);
    return Buffer.buffer(head + body);
  }
}
