/** What can go wrong with a request, said once and in no dialect. */
@NullMarked
package io.aigateway.error;

import org.jspecify.annotations.NullMarked;
