/** Anthropic's Messages API, as the dialect of providers and of callers. */
@NullMarked
package io.aigateway.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
