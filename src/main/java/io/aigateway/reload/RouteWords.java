package io.aigateway.reload;

import java.util.Set;

/** The words that route files may be written with, besides the names of steps. */
final class RouteWords {
  private RouteWords() {}

  /** Languages that Camel has; whichever is not accepted is refused. */
  static final Set<String> LANGUAGES =
      Set.of(
          "constant",
          "csimple",
          "datasonnet",
          "exchangeProperty",
          "groovy",
          "header",
          "hl7terser",
          "java",
          "joor",
          "jq",
          "js",
          "jsonpath",
          "language",
          "method",
          "mvel",
          "ognl",
          "python",
          "ref",
          "simple",
          "spel",
          "tokenize",
          "variable",
          "wasm",
          "xpath",
          "xquery",
          "xtokenize");

  /**
   * Options of routes, steps and expressions. None of them names an object or a class that would be
   * made or called, as aggregationStrategy, onPrepare, executorService and resultType do; beanType,
   * exceptionType and customLoadBalancer are looked at.
   */
  static final Set<String> OPTIONS =
      words(
          // a route, a configuration of routes
          """
          autoStartup description disabled errorHandler from group id logMask messageHistory note
          onCompletion onException routeConfigurationId startupOrder steps streamCache trace uri
          variableReceive variableSend
          """,
          // any step
          "expression name parameters pattern",
          // its addresses
          """
          aggregateOnException allowOptimisedComponents cacheSize copy dynamicUri
          ignoreInvalidEndpoint shareUnitOfWork
          """,
          // choices
          "doCatch doFinally exception onWhen otherwise statusPropertyName when",
          // targets
          """
          correlationExpression customLoadBalancer distributionRatio distributionRatioDelimiter
          failoverLoadBalancer inheritErrorHandler maximumFailoverAttempts randomLoadBalancer
          roundRobin roundRobinLoadBalancer sticky stickyLoadBalancer topicLoadBalancer
          weightedLoadBalancer
          """,
          // breakers; those that would not be carried out are refused where they are built
          """
          automaticTransitionFromOpenToHalfOpenEnabled bulkheadEnabled bulkheadMaxConcurrentCalls
          bulkheadMaxWaitDuration failureRateThreshold minimumNumberOfCalls onFallback
          onFallbackViaNetwork permittedNumberOfCallsInHalfOpenState resilience4jConfiguration
          slidingWindowSize slidingWindowType slowCallDurationThreshold slowCallRateThreshold
          throwExceptionWhenHalfOpenOrOpenState timeoutCancelRunningFuture timeoutDuration
          timeoutEnabled waitDurationInOpenState writableStackTraceEnabled
          """,
          // errors
          """
          allowRedeliveryWhileStopping asyncDelayedRedelivery backOffMultiplier
          collisionAvoidanceFactor continued deadLetterChannel deadLetterHandleNewException
          deadLetterUri defaultErrorHandler delayPattern handled level logContinued logExhausted
          logExhaustedMessageBody logExhaustedMessageHistory logHandled logName logNewException
          logRetryAttempted logRetryStackTrace logStackTrace maximumRedeliveries
          maximumRedeliveryDelay noErrorHandler redeliveryDelay redeliveryPolicy
          retriesExhaustedLogLevel retryAttemptedLogInterval retryAttemptedLogLevel retryWhile
          useCollisionAvoidance useExponentialBackOff useOriginalBody useOriginalMessage
          """,
          // the rest
          """
          asyncDelayed beanType callerRunsWhenRejected delimiter endToken excludePattern
          exceptionType headers loggingLevel marker message mode onCompleteOnly onFailureOnly
          parallelAggregate parallelProcessing regex rejectExecution stopOnException streaming
          synchronous timePeriodMillis timeout token trim
          """);

  private static Set<String> words(String... texts) {
    return Set.of(String.join(" ", texts).strip().split("\\s+"));
  }
}
