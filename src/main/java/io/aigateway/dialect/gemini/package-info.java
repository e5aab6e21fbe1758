/** Google's Gemini API, as the provider's dialect. */
@NullMarked
package io.aigateway.dialect.gemini;

import org.jspecify.annotations.NullMarked;
