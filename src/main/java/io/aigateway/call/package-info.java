/** What is known of one request on its way through the routes. */
@NullMarked
package io.aigateway.call;

import org.jspecify.annotations.NullMarked;
