-- Why: who changed what a machine trusts is asked months later, when the raw records are long gone (specification AN1246
-- §2.8). The ledger keeps it for as long as the store exists, and shows by a chain of hashes that nothing was altered. The
-- trigger stops accidents and programs; who owns the database can remove it, and then the chain tells.

create table trust_ledger (
  sequence bigint primary key,
  host text not null,
  object_kind text not null,
  object text not null,
  described text not null,
  operation text not null,
  before text,
  after text,
  changed_from timestamp (6) with time zone not null,
  changed_until timestamp (6) with time zone not null,
  provenance text not null,
  actor_process text not null,
  actor_process_entity_id text not null,
  actor_command_line text not null,
  actor_parent text not null,
  actor_user text not null,
  actor_user_id text not null,
  actor_logon_id text not null,
  actor_logon_type text not null,
  actor_source_address text not null,
  event_uid text not null,
  evidence_file text not null,
  record_number bigint not null,
  evidence_key text not null,
  recorded_at timestamp (6) with time zone not null,
  previous_hash text not null,
  hash text not null
);

--> statement-breakpoint
create unique index trust_ledger_evidence on trust_ledger (evidence_key);

--> statement-breakpoint
create index trust_ledger_object on trust_ledger (host, object, changed_until, sequence);

--> statement-breakpoint
create table trust_position (
  reader text primary key,
  ingest_sequence bigint not null
);

--> statement-breakpoint
create function trust_ledger_refuses() returns trigger language plpgsql as
'begin raise exception ''the trust ledger is only ever added to''; end';

--> statement-breakpoint
create trigger trust_ledger_only_grows before update or delete or truncate on trust_ledger
  for each statement execute function trust_ledger_refuses();
