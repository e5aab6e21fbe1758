/** The HTTP server: Camel's platform-http on Vert.x, and start and stop of the process. */
@NullMarked
package io.aigateway.edge;

import org.jspecify.annotations.NullMarked;
