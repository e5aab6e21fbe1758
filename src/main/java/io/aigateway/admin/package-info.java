/** The admin API: who may administer, and the steps that do what is asked. */
@NullMarked
package io.aigateway.admin;

import org.jspecify.annotations.NullMarked;
