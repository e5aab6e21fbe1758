/** The steps of the spine that read a caller's request and write its answer. */
@NullMarked
package io.aigateway.endpoint;

import org.jspecify.annotations.NullMarked;
