package io.aigateway.packaged;

import com.fasterxml.jackson.databind.JsonNode;

/** The API as it is described, on the embedded database. */
class ApiOnEmbeddedIT extends ApiContract {
  @Override
  GatewayProcess.Setup setup() {
    return GatewayProcess.gateway();
  }

  @Override
  String stored(AdminCalls calls) {
    StringBuilder all = new StringBuilder();
    for (String list : new String[] {"tenants", "users", "audit"}) {
      String after = "";
      do {
        JsonNode page = calls.json("/admin/" + list + "?limit=200" + after);
        all.append(page);
        after =
            page.path("has_more").asBoolean() ? "&after=" + page.path("next_after").asText() : "-";
      } while (!after.equals("-"));
    }
    return all.toString();
  }
}
