/** What a call used, counted once, at its end. */
@NullMarked
package io.aigateway.usage;

import org.jspecify.annotations.NullMarked;
