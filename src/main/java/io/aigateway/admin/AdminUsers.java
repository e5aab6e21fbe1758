package io.aigateway.admin;

import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.store.Users.User;
import java.util.List;
import org.apache.camel.Exchange;

/** The steps that list, make and remove those who administer. They wait for the database. */
@RouteStep
public final class AdminUsers {
  private final Desk desk;
  private final UserBook book;

  public AdminUsers(Desk desk, Passwords passwords) {
    this.desk = desk;
    this.book = new UserBook(desk, passwords);
  }

  /** One page of them, by name. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    int limit = asked.limit();
    String after = asked.after(UserBook.NAME);
    List<User> rows = desk.read(session -> session.users().page(after, limit + 1));
    return asked.answer(200, Shapes.page(rows, limit, Shapes::user, User::name));
  }

  public HttpAnswer create(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    byte[] body = asked.body();
    Fields fields = Asked.fields(body, false);
    return desk.once(asked, body, book.create(fields, asked.actor()));
  }

  /** The user of the path, or of the parameter {@code username}. */
  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    desk.requireWritable();
    asked.onlyParameters("username");
    String inPath = asked.after("users");
    String parameter = asked.parameter("username");
    String name = inPath.isEmpty() && parameter != null ? parameter : inPath;
    if (name.isEmpty()) {
      throw Problem.invalid("username", "username is missing");
    }
    desk.write(book.delete(name, asked.actor()));
    return asked.nothing();
  }
}
