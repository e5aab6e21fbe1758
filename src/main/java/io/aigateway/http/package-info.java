/** A caller's HTTP request and the answer to it, apart from the server that carries them. */
@NullMarked
package io.aigateway.http;

import org.jspecify.annotations.NullMarked;
