/** Where the routes' YAML files come from. */
@NullMarked
package io.aigateway.reload;

import org.jspecify.annotations.NullMarked;
