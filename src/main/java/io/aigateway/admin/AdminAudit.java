package io.aigateway.admin;

import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.store.Audit;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The step that shows who did what. It waits for the database. */
@RouteStep
public final class AdminAudit {
  private static final Pattern ROW = Pattern.compile("[0-9]{1,18}");

  private final Desk desk;

  public AdminAudit(Desk desk) {
    this.desk = desk;
  }

  /** One page, the newest first; of one tenant if {@code tenant_id} says so. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after", "tenant_id");
    int limit = asked.limit();
    String after = asked.after(ROW);
    long before = after.isEmpty() ? Long.MAX_VALUE : Long.parseLong(after);
    String tenant = tenant(asked.parameter("tenant_id"));
    List<Audit.Entry> rows = desk.read(session -> session.audit().page(before, tenant, limit + 1));
    return asked.answer(
        200, Shapes.page(rows, limit, Shapes::audit, entry -> Long.toString(entry.seq())));
  }

  private static @Nullable String tenant(@Nullable String id) {
    if (id != null && !TenantBook.ID.matcher(id).matches()) {
      throw Problem.invalid("tenant_id", "tenant_id is not the id of a tenant");
    }
    return id;
  }
}
