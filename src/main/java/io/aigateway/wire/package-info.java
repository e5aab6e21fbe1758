/** Bytes on the wire: JSON, server-sent events, lines; no dialect's meaning. */
@NullMarked
package io.aigateway.wire;

import org.jspecify.annotations.NullMarked;
