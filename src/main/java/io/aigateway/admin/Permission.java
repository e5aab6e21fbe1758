package io.aigateway.admin;

/** What a call of the admin API needs. */
public enum Permission {
  TENANT_READ("tenant:read"),
  TENANT_WRITE("tenant:write"),
  TENANT_DELETE("tenant:delete"),
  USAGE_READ("usage:read"),
  ADMIN_MANAGE("admin:manage");

  private final String label;

  Permission(String label) {
    this.label = label;
  }

  /** The word for it in messages. */
  public String label() {
    return label;
  }
}
