package io.aigateway.packaged;

import io.aigateway.fake.PostgresServer;

/** The API as it is described, on PostgreSQL. */
class ApiOnPostgresIT extends ApiContract {
  private final String database = PostgresServer.shared().newDatabase();

  @Override
  GatewayProcess.Setup setup() {
    return GatewayProcess.gateway().env("DATABASE_URL", database);
  }

  @Override
  String stored(AdminCalls calls) {
    return PostgresServer.shared().dump(database);
  }
}
