/** Azure OpenAI: OpenAI's bodies under addresses and headers of its own. */
@NullMarked
package io.aigateway.dialect.azure;

import org.jspecify.annotations.NullMarked;
