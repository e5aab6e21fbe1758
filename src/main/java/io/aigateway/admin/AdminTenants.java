package io.aigateway.admin;

import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Providers;
import io.aigateway.store.Session;
import io.aigateway.tenant.Tenant;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The steps that list, make, show, change and remove tenants. They wait for the database. */
@RouteStep
public final class AdminTenants {
  private final Desk desk;
  private final TenantBook book;

  public AdminTenants(Desk desk, KeyMaker keys, Providers providers) {
    this.desk = desk;
    this.book = new TenantBook(desk, keys, providers::isKnown);
  }

  /** One page of them, by id. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    int limit = asked.limit();
    String after = asked.after(TenantBook.ID);
    List<Tenant> rows = desk.read(session -> session.tenants().page(after, limit + 1));
    return asked.answer(200, Shapes.page(rows, limit, Shapes::tenant, Tenant::id));
  }

  /** A new one, with its first key. */
  public HttpAnswer create(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, false);
    return desk.once(asked, body, book.create(fields, asked.actor()));
  }

  public HttpAnswer read(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    Tenant tenant = find(asked);
    return asked.answer(200, Shapes.tenant(tenant)).header("etag", Shapes.tag(tenant));
  }

  private Tenant find(Asked asked) {
    String id = id(asked);
    return desk.read(session -> session.tenants().find(id))
        .orElseThrow(() -> Problem.notFound("tenant"));
  }

  /** The tenant of the path; what can't be an id is not looked for. */
  static String id(Asked asked) {
    String id = asked.after("tenants");
    if (!TenantBook.ID.matcher(id).matches()) {
      throw Problem.notFound("tenant");
    }
    return id;
  }

  static void require(Session session, String tenant) {
    if (session.tenants().find(tenant).isEmpty()) {
      throw Problem.notFound("tenant");
    }
  }

  /** Changes the fields that the body names; the others stay as they are. */
  public HttpAnswer update(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String id = id(asked);
    Fields fields = Asked.fields(asked.body(), false);
    String match = asked.call().request().header("if-match");
    Tenant tenant =
        desk.write(
            book.update(
                id, fields, asked.actor(), before -> requireMatch(match, before), match != null));
    desk.changed(id);
    return asked.answer(200, Shapes.tenant(tenant)).header("etag", Shapes.tag(tenant));
  }

  private static void requireMatch(@Nullable String match, Tenant tenant) {
    if (match == null || match.trim().equals("*")) {
      return;
    }
    for (String tag : match.split(",")) {
      if (tag.trim().equals(Shapes.tag(tenant))) {
        return;
      }
    }
    throw Problem.stale();
  }

  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String id = id(asked);
    String match = asked.call().request().header("if-match");
    desk.write(
        session -> {
          Tenant before = session.tenants().find(id).orElseThrow(() -> Problem.notFound("tenant"));
          requireMatch(match, before);
          if (!session.tenants().delete(id)) {
            throw Problem.notFound("tenant");
          }
          session.changes().note(id);
          desk.audit(session, asked.actor(), "tenant.delete", id, id, Shapes.tenant(before), null);
          return true;
        });
    desk.changed(id);
    return asked.nothing();
  }

  /**
   * A new key in place of all others, or of the one that {@code key_id} names; they go on for
   * {@code grace_seconds}.
   */
  public HttpAnswer rotate(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String id = id(asked);
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, true);
    HttpAnswer answer = desk.once(asked, body, book.rotate(id, fields, asked.actor()));
    desk.changed(id);
    return answer;
  }
}
