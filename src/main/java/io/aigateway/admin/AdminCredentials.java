package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.store.Vault;
import io.aigateway.tenant.SealedCredential;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/**
 * The steps that list, set and remove what a tenant calls providers with instead of the gateway's
 * credentials. Nothing shows one again, not even in part. They wait for the database.
 */
@RouteStep
public final class AdminCredentials {
  private static final Pattern PROVIDER = Pattern.compile("[a-z0-9-]{1,63}");
  private static final String FIELD = "api_key";
  private static final int SHORTEST = 8;
  private static final int LONGEST = 512;

  private final Desk desk;
  private final KeyMaker ids;
  private final Vault vault;
  private final Providers providers;

  public AdminCredentials(Desk desk, KeyMaker ids, Vault vault, Providers providers) {
    this.desk = desk;
    this.ids = ids;
    this.vault = vault;
    this.providers = providers;
  }

  /** One page of them, by provider. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters("limit", "after");
    String tenant = AdminTenants.id(asked);
    int limit = asked.limit();
    String after = asked.after(PROVIDER);
    List<SealedCredential> rows =
        desk.read(
            session -> {
              AdminTenants.require(session, tenant);
              return session.credentials().page(tenant, after, limit + 1);
            });
    return asked.answer(200, Shapes.page(rows, limit, this::shape, SealedCredential::provider));
  }

  private ObjectNode shape(SealedCredential stored) {
    return Shapes.credential(stored, vault.open(stored).isReadable());
  }

  /** Sets the one for the provider of the path, in place of the one before. */
  public HttpAnswer set(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    if (!vault.canSeal()) {
      throw Problem.encryptionKeyRequired();
    }
    String tenant = AdminTenants.id(asked);
    String provider = provider(asked);
    Fields fields = Asked.fields(asked.body(), false);
    String key =
        fields
            .text(FIELD, LONGEST)
            .filter(AdminCredentials::canBeSent)
            .orElseThrow(
                () ->
                    Problem.invalid(
                        FIELD,
                        FIELD
                            + " is not accepted; accepted: "
                            + SHORTEST
                            + " to "
                            + LONGEST
                            + " letters, digits and other characters of ASCII, no spaces"));
    fields.noOther();
    Instant now = desk.now();
    SealedCredential fresh = vault.seal(tenant, provider, ids.credentialId(), key, now);
    boolean[] replaced = new boolean[1];
    SealedCredential stored =
        desk.write(
            session -> {
              AdminTenants.require(session, tenant);
              Optional<SealedCredential> before = session.credentials().find(tenant, provider);
              replaced[0] = before.isPresent();
              session.credentials().put(fresh);
              SealedCredential after = session.credentials().find(tenant, provider).orElseThrow();
              session.changes().note(tenant);
              desk.audit(
                  session,
                  asked.actor(),
                  "credential.set",
                  provider,
                  tenant,
                  before.map(this::shape).orElse(null),
                  shape(after));
              return after;
            });
    desk.changed(tenant);
    return asked.answer(replaced[0] ? 200 : 201, shape(stored));
  }

  /** It becomes a header. */
  private static boolean canBeSent(String key) {
    return key.length() >= SHORTEST && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** The provider of the path, if it can be called with a key. */
  private String provider(Asked asked) {
    Provider provider = providers.find(asked.inTenant("credentials"));
    if (provider == null) {
      throw Problem.notFound("provider", "provider");
    }
    if (!provider.dialect().takesKey()) {
      throw Problem.invalid(
          "provider", "the provider " + provider.name() + " is not called with a key");
    }
    return provider.name();
  }

  /**
   * Removes the one for the provider of the path; the gateway's credential is used from then on.
   */
  public HttpAnswer delete(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    desk.requireWritable();
    String tenant = AdminTenants.id(asked);
    String provider = asked.inTenant("credentials");
    if (!PROVIDER.matcher(provider).matches()) {
      throw Problem.notFound("credential");
    }
    desk.write(
        session -> {
          SealedCredential before =
              session
                  .credentials()
                  .find(tenant, provider)
                  .orElseThrow(() -> Problem.notFound("credential"));
          session.credentials().delete(tenant, provider);
          session.changes().note(tenant);
          desk.audit(
              session, asked.actor(), "credential.delete", provider, tenant, shape(before), null);
          return true;
        });
    desk.changed(tenant);
    return asked.nothing();
  }
}
