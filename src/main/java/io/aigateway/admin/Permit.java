package io.aigateway.admin;

import io.aigateway.auth.Authenticate;
import io.aigateway.auth.KeyDirectory;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Operator;
import io.aigateway.call.RouteStep;
import io.aigateway.http.CallerRequest;
import io.aigateway.store.Database;
import io.aigateway.store.StoreAwayException;
import io.aigateway.store.Users.User;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.Scope;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * May whoever calls the admin API do this? The step of every admin route that names the permission
 * it needs. By password, by a token of the issuer, or, for reading a key's own tenant, by the key.
 * Waits for the database, for bcrypt and for the issuer.
 */
@RouteStep
public final class Permit {
  private final Database database;
  private final KeyDirectory directory;
  private final Passwords passwords;
  private final @Nullable Tokens tokens;
  private final boolean authEnabled;
  private final Lockout lockout;

  /** Who it is. */
  private record Known(String name, Set<Permission> permissions, @Nullable String onlyTenant) {}

  /**
   * @param tokens null when there is no issuer
   * @param authEnabled whether anything is asked of those on this machine
   * @param nanoClock monotonic, nanoseconds
   */
  public Permit(
      Database database,
      KeyDirectory directory,
      Passwords passwords,
      @Nullable Tokens tokens,
      boolean authEnabled,
      LongSupplier nanoClock) {
    this.database = database;
    this.directory = directory;
    this.passwords = passwords;
    this.tokens = tokens;
    this.authEnabled = authEnabled;
    this.lockout = new Lockout(nanoClock);
  }

  public void tenantRead(Exchange exchange) {
    require(exchange, Permission.TENANT_READ);
  }

  public void tenantWrite(Exchange exchange) {
    require(exchange, Permission.TENANT_WRITE);
  }

  public void tenantDelete(Exchange exchange) {
    require(exchange, Permission.TENANT_DELETE);
  }

  public void usageRead(Exchange exchange) {
    require(exchange, Permission.USAGE_READ);
  }

  public void adminManage(Exchange exchange) {
    require(exchange, Permission.ADMIN_MANAGE);
  }

  private void require(Exchange exchange, Permission needed) {
    Call call = Call.of(exchange);
    CallerRequest request = call.request();
    requireOwnOrigin(request);
    Known known = known(request);
    if (!known.permissions().contains(needed)) {
      throw Problem.forbidden("this needs the permission " + needed.label());
    }
    String tenant = known.onlyTenant();
    if (tenant != null && !tenant.equals(Asked.byAnybody(exchange).after("tenants"))) {
      throw Problem.forbidden("the key is for its own tenant only");
    }
    call.permitted(new Operator(known.name()));
  }

  /** A page of somebody else's must not use what a browser remembers. */
  private static void requireOwnOrigin(CallerRequest request) {
    String origin = request.header("origin");
    if (origin == null) {
      return;
    }
    try {
      URI uri = new URI(origin);
      String authority = uri.getRawAuthority();
      String host = request.header("host");
      if (authority != null && authority.equalsIgnoreCase(host)) {
        return;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw Problem.forbidden("the Origin is not the gateway's own");
  }

  private Known known(CallerRequest request) {
    if (!authEnabled) {
      if (!Authenticate.isLocal(request)) {
        throw Problem.forbidden("without authentication only this machine may administer");
      }
      return new Known("anonymous", Role.ADMIN.permissions(), null);
    }
    String authorization = request.header("authorization");
    if (authorization != null && authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      return byPassword(authorization.substring(6).trim(), request.peer());
    }
    if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      String token = authorization.substring(7).trim();
      return KeyText.isMarked(token) ? byKey(token) : byToken(token);
    }
    throw Problem.unauthorized();
  }

  private Known byPassword(String credentials, String peer) {
    String pair;
    try {
      pair = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.unauthorized();
    }
    int colon = pair.indexOf(':');
    String name = colon < 0 ? pair : pair.substring(0, colon);
    String password = colon < 0 ? "" : pair.substring(colon + 1);
    if (!UserBook.NAME.matcher(name).matches() || password.length() > 1_000) {
      throw Problem.unauthorized();
    }
    String who = name + " " + peer;
    Optional<Duration> left = lockout.left(who);
    if (left.isPresent()) {
      throw Problem.locked(left.get());
    }
    Optional<User> user;
    boolean right;
    try {
      user = database.ask(session -> session.users().find(name));
      if (user.isPresent()) {
        right = passwords.matches(password, user.get().passwordHash());
      } else {
        passwords.matchesNobody(password);
        right = false;
      }
    } catch (StoreAwayException e) {
      throw Problem.databaseAway();
    } catch (Passwords.BusyException e) {
      throw Problem.unavailable("busy", e.getMessage());
    }
    if (!right) {
      lockout.failed(who);
      throw Problem.unauthorized();
    }
    lockout.succeeded(who);
    Role role = user.flatMap(found -> Role.of(found.role())).orElseThrow(Problem::unauthorized);
    return new Known(name, role.permissions(), null);
  }

  private Known byToken(String token) {
    if (tokens == null) {
      throw Problem.unauthorized();
    }
    try {
      Tokens.Holder holder = tokens.holder(token).orElseThrow(Problem::unauthorized);
      return new Known(
          "oidc:" + shortened(holder.name()),
          holder.role().map(Role::permissions).orElse(Set.of()),
          null);
    } catch (Tokens.IssuerAwayException e) {
      throw Problem.unavailable("issuer_unavailable", e.getMessage());
    }
  }

  private static String shortened(String name) {
    String plain = Fields.isPlain(name) ? name : "?";
    return plain.length() > 150 ? plain.substring(0, 150) : plain;
  }

  private Known byKey(String key) {
    byte[] hash = KeyText.hash(key);
    Caller caller = directory.good(hash);
    if (caller == null) {
      if (directory.otherwise(hash) instanceof KeyDirectory.Found.Bad) {
        throw Problem.unauthorized();
      }
      try {
        caller =
            directory.lookUp(hash).toCompletableFuture().join().orElseThrow(Problem::unauthorized);
      } catch (CompletionException e) {
        throw Problem.unavailable("authentication_unavailable", "the key can't be looked up now");
      }
    }
    if (!caller.scopes().contains(Scope.ADMIN_READ)) {
      throw Problem.forbidden("the key has not the scope " + Scope.ADMIN_READ.label());
    }
    return new Known("key:" + caller.keyId(), Role.VIEWER.permissions(), caller.tenant());
  }
}
