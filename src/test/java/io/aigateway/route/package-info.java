/** Doors and routes in a gateway that runs inside the test. */
@NullMarked
package io.aigateway.route;

import org.jspecify.annotations.NullMarked;
