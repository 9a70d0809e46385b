-- Why: who answered, escalated or closed what, when and why is asked long after; so is which name was laid out as a canary. What somebody decided
-- or laid out is only ever added to: taking it back is an entry of its own. The kinds of entries grow, so their shape is checked by the program.

create table case_log (
  entry_id uuid not null,
  recorded_at timestamp (3) with time zone not null default now(),
  kind text not null,
  subject text not null,
  entry jsonb not null,
  constraint case_log_pkey primary key (entry_id)
);

--> statement-breakpoint
create index case_log_subject on case_log (kind, subject, recorded_at, entry_id);
