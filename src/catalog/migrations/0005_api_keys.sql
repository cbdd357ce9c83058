-- API keys. The key itself is nowhere: of its random 256 bits only the SHA-256 is kept.

create table api_keys (
  id text primary key check (id ~ '^[0-9a-f]{16}$'),
  organisation_id bigint not null references organisations,
  scopes text[] not null check (scopes <@ array['read', 'write', 'observe', 'admin'] and cardinality(scopes) > 0),
  hash bytea not null check (length(hash) = 32),
  note text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  used_at timestamptz
);

create index api_keys_by_organisation on api_keys (organisation_id);
