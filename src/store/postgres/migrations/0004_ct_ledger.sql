-- Why: a log of Certificate Transparency can only be caught at showing two trees by somebody who kept what it signed, and a log of a billion
-- entries is read over days. Heads and faults are only ever added; a position is where reading goes on.

create table ct_position (
  log_id text not null,
  scope text not null,
  first_index bigint not null,
  size bigint not null,
  frontier text not null,
  updated_at timestamp (3) with time zone not null,
  constraint ct_position_pkey primary key (log_id, scope, first_index)
);

--> statement-breakpoint
create table ct_head (
  log_id text not null,
  size bigint not null,
  root text not null,
  timestamp_ms bigint not null,
  signature text not null,
  seen_at timestamp (3) with time zone not null,
  constraint ct_head_pkey primary key (log_id, size, timestamp_ms, root)
);

--> statement-breakpoint
create table ct_fault (
  log_id text not null,
  code text not null,
  key text not null,
  seen_at timestamp (3) with time zone not null,
  proof jsonb not null,
  constraint ct_fault_pkey primary key (log_id, code, key)
);
