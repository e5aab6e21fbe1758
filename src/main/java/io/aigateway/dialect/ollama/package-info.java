/** Ollama's native chat API, as the provider's dialect. */
@NullMarked
package io.aigateway.dialect.ollama;

import org.jspecify.annotations.NullMarked;
