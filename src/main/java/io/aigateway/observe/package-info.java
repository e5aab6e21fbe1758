/** Metrics, health and what else lets people see in. */
@NullMarked
package io.aigateway.observe;

import org.jspecify.annotations.NullMarked;
