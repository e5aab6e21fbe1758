/** The command line: what can be administered on the machine itself, without a running gateway. */
@NullMarked
package io.aigateway.cli;

import org.jspecify.annotations.NullMarked;
