/** Rules of the house, as tests. */
@NullMarked
package io.aigateway.house;

import org.jspecify.annotations.NullMarked;
