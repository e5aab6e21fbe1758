/** The API's own description, read, and requests made up from it. */
@NullMarked
package io.aigateway.openapi;

import org.jspecify.annotations.NullMarked;
