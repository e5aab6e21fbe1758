/** Texts and their vectors, in no provider's dialect. */
@NullMarked
package io.aigateway.embed;

import org.jspecify.annotations.NullMarked;
