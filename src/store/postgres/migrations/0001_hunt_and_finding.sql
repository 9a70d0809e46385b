-- Why: an analyst comes back to a finding days later, and asks what an earlier hunt said of it. Hunts and findings
-- therefore outlive the run. A finding is kept once per hunt, not once: what changed between two hunts is the question.
-- Verdict and analytic are plain text without a check: the list of verdicts grows, and yesterday's code must read on.

create table hunt (
  hunt_id uuid primary key,
  started_at timestamp (3) with time zone not null,
  finished_at timestamp (3) with time zone not null,
  paths jsonb not null,
  version text not null,
  intel_snapshot text not null
);

--> statement-breakpoint
create index hunt_newest on hunt (started_at, finished_at, hunt_id);

--> statement-breakpoint
create table finding (
  hunt_id uuid not null constraint finding_hunt_id_hunt_hunt_id_fk references hunt (hunt_id),
  finding_id text not null,
  analytic text not null,
  detection_id text not null,
  detection_version integer not null,
  verdict text not null,
  score double precision not null,
  first_seen timestamp (6) with time zone not null,
  last_seen timestamp (6) with time zone not null,
  finding jsonb not null,
  constraint finding_pkey primary key (hunt_id, finding_id)
);

--> statement-breakpoint
create index finding_history on finding (finding_id);
