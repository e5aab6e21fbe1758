package io.aigateway.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Connections for migrations, which may take longer than a question may. */
final class OneConnection extends AbstractDataSource {
  private static final String MIGRATION_SECONDS = "120";

  private final Place place;

  OneConnection(Place place) {
    this.place = place;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Properties properties = new Properties();
    properties.putAll(place.properties());
    if (!place.embedded()) {
      properties.setProperty("socketTimeout", MIGRATION_SECONDS);
      properties.setProperty("options", "-c lock_timeout=30000");
    }
    return DriverManager.getConnection(place.url(), properties);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }
}
