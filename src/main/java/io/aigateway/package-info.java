/** The process: how it starts, fails and stops. */
@NullMarked
package io.aigateway;

import org.jspecify.annotations.NullMarked;
