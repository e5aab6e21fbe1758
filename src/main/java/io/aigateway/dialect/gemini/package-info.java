/** Google's Gemini API. */
@NullMarked
package io.aigateway.dialect.gemini;

import org.jspecify.annotations.NullMarked;
