/** Mistral's chat completions, near to OpenAI's, as the provider's dialect. */
@NullMarked
package io.aigateway.dialect.mistral;

import org.jspecify.annotations.NullMarked;
