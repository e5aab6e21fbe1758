package io.aigateway.admin;

import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.tenant.ApiKey;
import java.util.List;
import org.apache.camel.Exchange;

/** The steps that list, make and revoke the keys of a tenant. They wait for the database. */
@RouteStep
public final class AdminKeys {
  private final Desk desk;
  private final KeyBook book;

  public AdminKeys(Desk desk, KeyMaker keys) {
    this.desk = desk;
    this.book = new KeyBook(desk, keys);
  }

  /** One page of them, the oldest first; revoked ones too. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    String tenant = AdminTenants.id(asked);
    int limit = asked.limit();
    String after = asked.after(KeyBook.ID);
    List<ApiKey> rows =
        desk.read(
            session -> {
              AdminTenants.require(session, tenant);
              return session.keys().page(tenant, after, limit + 1);
            });
    return asked.answer(200, Shapes.page(rows, limit, Shapes::key, ApiKey::id));
  }

  /** Another one. */
  public HttpAnswer create(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String tenant = AdminTenants.id(asked);
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, true);
    HttpAnswer answer = desk.once(asked, body, book.create(tenant, fields, asked.actor()));
    desk.changed(tenant);
    return answer;
  }

  /** Ends one at once; it stays in the list. */
  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String tenant = AdminTenants.id(asked);
    desk.write(book.revoke(tenant, asked.inTenant("keys"), asked.actor()));
    desk.changed(tenant);
    return asked.nothing();
  }
}
