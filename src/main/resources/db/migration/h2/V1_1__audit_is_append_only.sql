create trigger audit_is_append_only before update, delete on audit
  for each row call 'io.aigateway.store.AppendOnly';
