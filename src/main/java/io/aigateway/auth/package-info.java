/** Who calls? */
@NullMarked
package io.aigateway.auth;

import org.jspecify.annotations.NullMarked;
