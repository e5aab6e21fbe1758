/** A language-model provider for tests that answers, stalls and breaks as a script says. */
@NullMarked
package io.aigateway.fake;

import org.jspecify.annotations.NullMarked;
