/**
 * What replicas share in Redis: the connection, the switch that stops asking, scripts and topics.
 */
@NullMarked
package io.aigateway.shared;

import org.jspecify.annotations.NullMarked;
