/** The packaged jar, run as a process of its own and driven from outside. */
@NullMarked
package io.aigateway.packaged;

import org.jspecify.annotations.NullMarked;
