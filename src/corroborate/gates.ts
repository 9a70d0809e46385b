import type { LeadState } from './state.ts'

/**
 * Which techniques of ATT&CK may be said of a lead (specification AN1972 §6.6, invariant I2): never by a pivot, only by what was seen here.
 */
export type GateFacts = {
  readonly state: LeadState
  /** HTTP between a machine of ours and it: a proxy's record with octets both ways, Zeek http, or a TLS session that agreed on HTTP and answered. */
  readonly web: readonly string[]
  /** TLS handshakes with it that were completed. */
  readonly handshakes: readonly string[]
  /** Those of them with a certificate or key of the lead in sight, or name and address together with another trait of the server. */
  readonly identified: readonly string[]
  /** What it does that a command channel does: evidence of behaviour, of an escalated lead. */
  readonly behaviours: readonly string[]
}

export type Assertion = {
  readonly technique: 'T1608.003' | 'T1071.001' | 'T1573.002'
  /** `relation`: outside, of the lead itself. `observed`: here. `not_assertable`: and why. */
  readonly state: 'relation' | 'observed' | 'not_assertable'
  readonly because: string
  /** event_uid. */
  readonly evidence: readonly string[]
}

/** Changes when a gate does. */
export const gatesVersion = 1

const corroborated: ReadonlySet<LeadState> = new Set(['CORROBORATED', 'ESCALATED'])

export function assertionsOf({ state, web, handshakes, identified, behaviours }: GateFacts): readonly Assertion[] {
  const isAlive = state !== 'REFUTED' && state !== 'EXPIRED'
  return [
    isAlive
      ? {
          technique: 'T1608.003',
          state: 'relation',
          because: 'a certificate relates it to the seed; it says nothing of this site',
          evidence: [],
        }
      : { technique: 'T1608.003', state: 'not_assertable', because: `the lead is ${state}`, evidence: [] },
    webProtocols({ state, web, behaviours }),
    asymmetric({ state, handshakes, identified, behaviours }),
  ]
}

function webProtocols({ state, web, behaviours }: Pick<GateFacts, 'state' | 'web' | 'behaviours'>): Assertion {
  const technique = 'T1071.001'
  if (!corroborated.has(state))
    return {
      technique,
      state: 'not_assertable',
      because: `the lead is ${state}, and has to be CORROBORATED`,
      evidence: [],
    }
  if (web.length === 0)
    return {
      technique,
      state: 'not_assertable',
      because: 'no HTTP with it was seen: a question of DNS or a connection alone is none',
      evidence: [],
    }
  if (behaviours.length === 0)
    return {
      technique,
      state: 'not_assertable',
      because: 'nothing shows that it is a command channel: visiting a site is no technique',
      evidence: [],
    }
  return {
    technique,
    state: 'observed',
    because: 'HTTP with it, and what a command channel does',
    evidence: [...web, ...behaviours].slice(0, 50),
  }
}

function asymmetric({ state, handshakes, identified, behaviours }: Omit<GateFacts, 'web'>): Assertion {
  const technique = 'T1573.002'
  if (state !== 'ESCALATED')
    return {
      technique,
      state: 'not_assertable',
      because: `the lead is ${state}, and has to be ESCALATED`,
      evidence: [],
    }
  if (handshakes.length === 0)
    return { technique, state: 'not_assertable', because: 'no completed TLS handshake with it was seen', evidence: [] }
  if (identified.length === 0)
    return {
      technique,
      state: 'not_assertable',
      because: 'in none of the handshakes the server could be told from others: TLS 1.3 hides its certificate',
      evidence: [],
    }
  if (behaviours.length === 0)
    return {
      technique,
      state: 'not_assertable',
      because: 'nothing shows that it is a command channel: TLS alone is none',
      evidence: [],
    }
  return {
    technique,
    state: 'observed',
    because: 'handshakes with it, and what a command channel does',
    evidence: [...identified, ...behaviours].slice(0, 50),
  }
}
