/** Where tenants, keys, users and the audit log are kept: PostgreSQL, or H2 in this process. */
@NullMarked
package io.aigateway.store;

import org.jspecify.annotations.NullMarked;
