package io.aigateway.dialect;

/** How a provider's stream is cut into events. */
public enum Framing {
  /** Server-sent events. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
  SERVER_SENT_EVENTS,
  /** One JSON value a line. */
  NEWLINE_DELIMITED_JSON,
  /** AWS' binary messages. Source: {@code application/vnd.amazon.eventstream} */
  AWS_EVENT_STREAM,
  /** Not at all: every piece of bytes is handed on as it comes. */
  AS_IT_COMES
}
