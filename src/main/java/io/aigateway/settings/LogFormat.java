package io.aigateway.settings;

/** For whom are the logs: a person at a terminal, or a collector that wants one object a line? */
public enum LogFormat {
  TEXT,
  JSON
}
