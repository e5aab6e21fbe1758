package io.aigateway.admin;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a user is, and so what the user may do. The later in the list, the more. */
public enum Role {
  VIEWER(EnumSet.of(Permission.TENANT_READ, Permission.USAGE_READ)),
  EDITOR(EnumSet.of(Permission.TENANT_READ, Permission.USAGE_READ, Permission.TENANT_WRITE)),
  ADMIN(EnumSet.allOf(Permission.class));

  private final Set<Permission> permissions;

  Role(Set<Permission> permissions) {
    this.permissions = Collections.unmodifiableSet(permissions);
  }

  public Set<Permission> permissions() {
    return permissions;
  }

  /** The word for it in JSON, in the database and in tokens. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Role> of(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
