/** The environment as typed values: read once, checked whole, never changed after. */
@NullMarked
package io.aigateway.settings;

import org.jspecify.annotations.NullMarked;
