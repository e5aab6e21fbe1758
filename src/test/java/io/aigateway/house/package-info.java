/** What everybody who works on the gateway relies on, written as tests. */
@NullMarked
package io.aigateway.house;

import org.jspecify.annotations.NullMarked;
