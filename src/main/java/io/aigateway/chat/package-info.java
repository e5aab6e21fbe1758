/** The neutral conversation: what every dialect's request, reply and stream can be said in. */
@NullMarked
package io.aigateway.chat;

import org.jspecify.annotations.NullMarked;
