/** OpenAI's chat completions, as the caller's and as the provider's dialect. */
@NullMarked
package io.aigateway.dialect.openai;

import org.jspecify.annotations.NullMarked;
