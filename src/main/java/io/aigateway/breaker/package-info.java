/** Circuit breakers: the circuitBreaker EIP made asynchronous. */
@NullMarked
package io.aigateway.breaker;

import org.jspecify.annotations.NullMarked;
