/** What the gateway tells Kubernetes' API, where it may: events of its own pod. */
@NullMarked
package io.aigateway.kubernetes;

import org.jspecify.annotations.NullMarked;
