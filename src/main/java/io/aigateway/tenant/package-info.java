/** Who may call, and what they may do: tenants, their keys, and the models they are allowed. */
@NullMarked
package io.aigateway.tenant;

import org.jspecify.annotations.NullMarked;
