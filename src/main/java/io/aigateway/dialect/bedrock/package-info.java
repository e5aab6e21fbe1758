/** Amazon Bedrock's Converse API, as the provider's dialect, and AWS' signatures. */
@NullMarked
package io.aigateway.dialect.bedrock;

import org.jspecify.annotations.NullMarked;
