-- what tenants call providers with instead of the gateway's own; sealed under ENCRYPTION_KEY, never in the clear
create table provider_credentials (
  tenant_id varchar(64) not null references tenants (id) on delete cascade,
  provider varchar(63) not null,
  id varchar(40) not null,
  sealed text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  primary key (tenant_id, provider)
);
