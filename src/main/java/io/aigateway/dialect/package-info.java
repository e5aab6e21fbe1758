/** How a wire dialect is read and written; each dialect has a package of its own below. */
@NullMarked
package io.aigateway.dialect;

import org.jspecify.annotations.NullMarked;
