package io.aigateway.endpoint;

import io.aigateway.error.ApiError;

/** How may a caller without valid credentials present some? */
public final class Challenge {
  /** The code of a 401 of the admin API. */
  public static final String ADMIN_CODE = "invalid_credentials";

  private static final String BASIC = "Basic realm=\"admin\", charset=\"UTF-8\"";
  private static final String BEARER = "Bearer realm=\"gateway\"";

  private Challenge() {}

  /** The value of {@code WWW-Authenticate}. */
  static String of(ApiError error) {
    return ADMIN_CODE.equals(error.code()) ? BASIC + ", Bearer realm=\"admin\"" : BEARER;
  }
}
