import type { Network } from '../network/index.ts'
import { networkOf } from '../network/index.ts'
import type { Rule } from './answer.ts'
import type { Facts } from './facts.ts'
import { inScope, listState, networksIn, rowRef, textOf } from './lists.ts'
import type { Clause } from './logic.ts'

const hour = 3_600_000

/**
 * Question 3: does it correlate with planned network changes or public-facing services (specification T1596.003 §4.3)? Yes when a change, a
 * deployment or an issuance near it names what was searched or who searched. No when none does, and the lists are fresh.
 */
export function questionChange(facts: Facts): Rule {
  const hosts = facts.sources.flatMap(({ kind, value }) => (kind === 'host' ? [value] : []))
  const networks = facts.sources.flatMap(({ network }) => network ?? [])
  const names = [...facts.targets, ...hosts]
  return {
    yes_needs: 'any',
    no_when_none: true,
    yes: [
      {
        code: 'CHANGE_IN_SCOPE',
        weight: 0.5,
        ...openWithoutTarget(facts, changesNear(facts, 'changes', names, networks)),
      },
      {
        code: 'DEPLOYMENT_IN_SCOPE',
        weight: 0.25,
        ...openWithoutTarget(facts, changesNear(facts, 'deployments', names, networks)),
      },
      { code: 'ISSUANCE_IN_SCOPE', weight: 0.25, ...openWithoutTarget(facts, issuanceNear(facts)) },
    ],
    no: [],
  }
}

type Told = Omit<Clause, 'code' | 'weight'>

/** A list that names no searched name says nothing of names that nobody knows. */
function openWithoutTarget({ targets }: Facts, told: Told): Told {
  if (targets.length > 0 || told.state !== 'false') return told
  return {
    ...told,
    state: 'unknown',
    text: `${told.text}; what was searched is in no log`,
    missing: ['the searched names: a log of a proxy that opens TLS, or the owner of the source'],
  }
}

export function changesNear(
  facts: Facts,
  kind: 'changes' | 'deployments',
  names: readonly string[],
  networks: readonly Network[],
): Told {
  const { before, after } = facts.definition.change_hours
  const [from, until] = [facts.from - before * hour, facts.until + after * hour]
  const found = facts.inputs.rows[kind].filter(({ value: { start, end, scope } }) => {
    if (start > until || (end ?? start) < from) return false
    const scopeNetworks = scope.flatMap(one => networkOf(one) ?? [])
    return names.some(name => inScope(scope, name)) || networks.some(one => networksIn(scopeNetworks, one))
  })
  const [first] = found
  if (first !== undefined) {
    const { ticket, summary, start } = first.value
    const told = [ticket, summary]
      .filter(one => one !== '')
      .join(': ')
      .slice(0, 300)
    return {
      state: 'true',
      text: `${told === '' ? `row ${first.row} of ${first.from.file}` : told} of ${textOf(start)} names it`,
      evidence: found.slice(0, 20).map(rowRef),
      missing: [],
    }
  }
  const list = listState(facts.inputs, kind, facts.until)
  const word = kind === 'changes' ? 'change' : 'deployment'
  if (list.state !== 'healthy')
    return {
      state: 'unknown',
      text: `nobody can say whether a ${word} names it`,
      evidence: [],
      missing: [list.missing],
    }
  return {
    state: 'false',
    text: `no ${word} from ${textOf(from)} to ${textOf(until)} names it (${list.files.map(({ file }) => file).join(', ')})`,
    evidence: list.evidence,
    missing: [],
  }
}

function issuanceNear(facts: Facts): Told {
  const reach = facts.definition.issuance_hours * hour
  const found = facts.inputs.rows.issuance.filter(({ value: { names, valid_from } }) => {
    const isNear = valid_from !== undefined && valid_from >= facts.from - reach && valid_from <= facts.until + reach
    return (
      isNear &&
      facts.targets.some(
        target =>
          names.includes(target) ||
          inScope(
            names.filter(one => one.startsWith('*.')),
            target,
          ),
      )
    )
  })
  const [first] = found
  if (first !== undefined) {
    const { names, ticket } = first.value
    return {
      state: 'true',
      text: `a certificate for ${names.slice(0, 3).join(', ')} was ordered near it${ticket === '' ? '' : ` (${ticket})`}`,
      evidence: found.slice(0, 20).map(rowRef),
      missing: [],
    }
  }
  const list = listState(facts.inputs, 'issuance', facts.until)
  if (list.state !== 'healthy')
    return {
      state: 'unknown',
      text: 'nobody can say whether a certificate was ordered for it',
      evidence: [],
      missing: [list.missing],
    }
  return {
    state: 'false',
    text: 'no certificate was ordered for it near the time',
    evidence: list.evidence,
    missing: [],
  }
}
