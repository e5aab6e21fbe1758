/** Anthropic's Messages API, as the provider's dialect. */
@NullMarked
package io.aigateway.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
