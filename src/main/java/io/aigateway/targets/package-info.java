/**
 * Which target of a rule is asked next? The steps of the policy file, carried out without a thread.
 */
@NullMarked
package io.aigateway.targets;

import org.jspecify.annotations.NullMarked;
