-- Why: what somebody allowed is what tells a change from an attack, and an auditor asks for it after years. An approval is
-- never altered: it is taken back by a row of its own, so that what a hunt said at its time can be understood later.

create table approval (
  approval_id uuid not null,
  recorded_at timestamp (3) with time zone not null default now(),
  approval jsonb not null,
  constraint approval_pkey primary key (approval_id)
);

--> statement-breakpoint
create table approval_withdrawal (
  approval_id uuid not null constraint approval_withdrawal_approval_id_approval_approval_id_fk references approval (approval_id),
  withdrawn_at timestamp (3) with time zone not null default now(),
  withdrawn_by text not null,
  because text not null,
  constraint approval_withdrawal_pkey primary key (approval_id)
);
