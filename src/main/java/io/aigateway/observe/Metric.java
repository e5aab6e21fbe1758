package io.aigateway.observe;

import java.util.List;

/** Every metric of the gateway, with its labels. Prometheus adds the unit and {@code _total}. */
public enum Metric {
  REQUESTS("aigateway.requests", "Requests answered", "tenant_id", "provider", "model", "status"),
  DURATION(
      "aigateway.request.duration", "From the first header to the end of the answer", "provider"),
  FIRST_TOKEN(
      "aigateway.time.to.first.token", "From the first header to the first content", "provider"),
  OVERHEAD("aigateway.overhead", "The gateway's own share of a request", "provider"),
  TOKENS("aigateway.tokens", "Tokens used", "tenant_id", "provider", "model", "type"),
  PROVIDER_ERRORS(
      "aigateway.provider.errors", "Calls that a provider failed", "provider", "error_type"),
  RATE_LIMIT_HITS(
      "aigateway.rate.limit.hits", "Requests that a limit of the gateway refused", "tenant_id"),
  FALLBACKS("aigateway.fallbacks", "Requests that went on to another target", "from", "to"),
  RETRIES("aigateway.retries", "Calls of a provider that had failed before", "provider"),
  QUEUE_REJECTIONS(
      "aigateway.queue.rejections", "Calls that found no place at a provider", "provider"),
  CALLS_UNDER_WAY(
      "aigateway.calls.under.way", "Calls at a provider that has a limit of them", "provider"),
  QUEUE_LENGTH("aigateway.queue.length", "Calls that wait for a place at a provider", "provider"),
  HEDGES(
      "aigateway.hedges",
      "Calls beside another one, by what became of them",
      "provider",
      "outcome"),
  HEDGE_TOKENS(
      "aigateway.hedge.loser.tokens",
      "Tokens of calls that lost to another one",
      "provider",
      "type"),
  SHADOWS("aigateway.shadows", "Copies of requests, by their outcome", "provider", "outcome"),
  SHADOW_DURATION(
      "aigateway.shadow.duration", "From a copy's beginning to the end of its answer", "provider"),
  SHADOW_TOKENS("aigateway.shadow.tokens", "Tokens of copies of requests", "provider", "type"),
  CREDENTIAL_ALARMS(
      "aigateway.credential.alarms", "Calls whose credential was refused", "provider"),
  ACTIVE_STREAMS("aigateway.active.streams", "Answers that are being streamed"),
  ACTIVE_CONNECTIONS("aigateway.active.connections", "Connections of callers"),
  BREAKER_STATE("aigateway.circuit.breaker.state", "0 closed, 1 half-open, 2 open", "provider"),
  SHARED_STATE_UP(
      "aigateway.shared.state.up", "1 while Redis is used, 0 while replicas go on alone"),
  ROUTES_VERSION("aigateway.routes.version", "Sets of routes that have been in force"),
  ROUTES_RELOAD_FAILURES("aigateway.routes.reload.failures", "Changes of routes that were refused"),
  ROUTES_GENERATIONS(
      "aigateway.routes.generations",
      "Sets of routes that run, earlier ones until their calls end"),
  INSTANCE_INFO("aigateway.instance.info", "Always 1", "pod", "namespace", "version");

  private final String meter;
  private final String help;
  private final List<String> labels;

  Metric(String meter, String help, String... labels) {
    this.meter = meter;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** Micrometer's name. */
  public String meter() {
    return meter;
  }

  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels;
  }
}
