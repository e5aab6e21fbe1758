/** What a request costs: an upstream that answers at once and generators of load, for bench/run. */
@NullMarked
package io.aigateway.bench;

import org.jspecify.annotations.NullMarked;
