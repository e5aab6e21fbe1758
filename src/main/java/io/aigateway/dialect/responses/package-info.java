/** OpenAI's Responses API, without state. */
@NullMarked
package io.aigateway.dialect.responses;

import org.jspecify.annotations.NullMarked;
