import { randomUUID } from 'node:crypto'
import type { Approval, Finding, Hunt } from '../../model/index.ts'

/** Invented hunts and findings for the tests of the case store. Named `.contract.ts` so that the build leaves it out. */

let hunts = 0

/** Every hunt starts a minute after the one before. */
export function inventedHunt(change: Partial<Hunt> = {}): Hunt {
  const start = Date.UTC(2026, 4, 1) + 60_000 * hunts++
  return {
    hunt_id: randomUUID(),
    started_at: new Date(start),
    finished_at: new Date(start + 1_234),
    paths: ['examples/incident/zeek', 'examples/incident/windows.evtx'],
    version: '0.1.0',
    intel_snapshot: '0123456789abcdef',
    ...change,
  }
}

export function inventedId(): string {
  return randomUUID().replaceAll('-', '')
}

export function inventedFinding(change: Partial<Finding> = {}): Finding {
  return {
    finding_id: inventedId(),
    analytic: 'AN1246',
    detection_id: 'trust-store/root-added',
    detection_version: 1,
    title: 'A root certificate was added to the machine store',
    summary: 'certutil.exe on ws-017 added a root that is in no vendor programme.',
    verdict: 'alert',
    score: 72.5,
    contributions: [{ signal: 'root_unknown', points: 72.5, because: 'no vendor ships this root' }],
    entities: [{ kind: 'host_name', value: 'ws-017.corp.example' }],
    techniques: [{ id: 'T1553.004', name: 'Install Root Certificate' }],
    first_seen: '2026-05-01T08:00:00.000001Z',
    last_seen: '2026-05-01T08:00:00.999999Z',
    event_count: 1,
    evidence: [{ event_uid: inventedId(), file: 'windows.evtx', record_number: 0 }],
    blind: [],
    would_change: ['A change ticket that names this root.'],
    intel_snapshot: '0123456789abcdef',
    ...change,
  }
}

export function inventedApproval(change: Partial<Approval> = {}): Approval {
  return {
    approval_id: randomUUID(),
    kind: 'change',
    ticket: 'CHG-4711',
    requester: 'a.berg',
    approver: 'b.roth',
    because: 'the new root of the house',
    rollback: 'certutil -delstore Root',
    hosts: ['ws-*.corp.example'],
    from: '2026-05-01T08:00:00.000000Z',
    until: '2026-05-01T12:00:00.000000Z',
    expires: '2026-08-01T00:00:00.000000Z',
    object: { certificate_sha1: ['0123456789abcdef0123456789abcdef01234567'] },
    writers: ['C:\\Windows\\System32\\svchost.exe'],
    exercise: false,
    ...change,
  }
}
