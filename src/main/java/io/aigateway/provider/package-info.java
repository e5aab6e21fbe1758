/** The {@code llm} Camel component: one call of one provider, whole or streamed. */
@NullMarked
package io.aigateway.provider;

import org.jspecify.annotations.NullMarked;
