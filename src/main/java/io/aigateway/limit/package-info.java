/** How often and how much at a time a tenant may ask, exactly over all replicas. */
@NullMarked
package io.aigateway.limit;

import org.jspecify.annotations.NullMarked;
