/** Each route file, run by itself with its neighbours stubbed. */
@NullMarked
package io.aigateway.route;

import org.jspecify.annotations.NullMarked;
