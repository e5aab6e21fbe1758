package io.aigateway.settings;

/** Which dependency can make a running pod unready? */
public enum ReadinessCheck {
  REDIS,
  DATABASE
}
