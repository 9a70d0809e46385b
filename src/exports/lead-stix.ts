import type { ExportedLead, LeadExport, LeadSet } from './lead-export.ts'
import { corroborated } from './lead-export.ts'
import { uuidOf } from './uuid.ts'

/**
 * STIX 2.1 (OASIS): each certificate as an observable, its infrastructure with the confidence of the lead, and the relationship between them. A lead is
 * related to and indicates nothing; an indicator goes with it only from CORROBORATED on.
 */
export const leadStix: LeadExport = {
  name: 'stix',
  title: 'STIX 2.1: certificates and infrastructure',
  file: 'counterseal-leads-stix.json',
  *write(set) {
    const identity = {
      ...common('identity', 'counterseal', new Date('2026-01-01T00:00:00.000Z')),
      name: 'Counterseal',
      identity_class: 'system',
    }
    const objects = new Map<string, object>([[identity.id, identity]])
    for (const lead of set.leads) for (const object of objectsOf(lead, set, identity.id)) objects.set(object.id, object)
    yield `${JSON.stringify({ type: 'bundle', id: `bundle--${uuidOf(`bundle ${set.reference} ${set.made_at.toISOString()}`)}`, objects: [...objects.values()] }, undefined, 1)}\n`
  },
}

type StixObject = { readonly id: string }

function common(type: string, name: string, time: Date) {
  return {
    type,
    spec_version: '2.1',
    id: `${type}--${uuidOf(`${type} ${name}`)}`,
    created: time.toISOString(),
    modified: time.toISOString(),
  }
}

function objectsOf(
  lead: ExportedLead,
  { reference, made_at, expires_at }: LeadSet,
  created_by_ref: string,
): readonly StixObject[] {
  const key = lead.sha256 ?? `${lead.issuer} ${lead.serial}`
  const certificate = certificateOf(lead, key)
  const names = lead.names
    .filter(name => !name.startsWith('*.'))
    .map(value => ({
      type: 'domain-name',
      spec_version: '2.1',
      id: `domain-name--${uuidOf(`domain-name ${value}`)}`,
      value,
    }))
  const addresses = lead.addresses.map(value => {
    const type = value.includes(':') ? 'ipv6-addr' : 'ipv4-addr'
    return { type, spec_version: '2.1', id: `${type}--${uuidOf(`${type} ${value}`)}`, value }
  })
  const told = { created_by_ref, confidence: Math.round(lead.confidence * 100) }
  const infrastructure = {
    ...common('infrastructure', `${reference} ${key}`, made_at),
    ...told,
    name: `${lead.state}: ${lead.subject === '' ? key : lead.subject}`.slice(0, 500),
    description: lead.because,
    infrastructure_types: ['unknown'],
  }
  const relate = (target: StixObject, relationship_type: string) => ({
    ...common('relationship', `${reference} ${infrastructure.id} ${target.id}`, made_at),
    ...told,
    ...{ relationship_type, source_ref: infrastructure.id, target_ref: target.id },
  })
  const observed = [...(certificate === undefined ? [] : [certificate]), ...names, ...addresses]
  // Nothing is known of it that the standard could say.
  if (observed.length === 0) return []
  const indicator = {
    ...common('indicator', `${reference} ${key}`, made_at),
    ...told,
    name: `certificate of ${reference}`,
    description: lead.because,
    indicator_types: [lead.state === 'ESCALATED' ? 'malicious-activity' : 'anomalous-activity'],
    pattern: `[x509-certificate:hashes.'SHA-256' = '${lead.sha256}']`,
    ...{
      pattern_type: 'stix',
      pattern_version: '2.1',
      valid_from: made_at.toISOString(),
      valid_until: expires_at.toISOString(),
    },
  }
  const isMore = corroborated.has(lead.state) && lead.sha256 !== undefined
  return [
    ...observed,
    infrastructure,
    ...observed.map(one => relate(one, 'consists-of')),
    ...(isMore ? [indicator] : []),
  ]
}

/** Undefined where nothing is known that it could be told by: the observable has to have a property. */
function certificateOf({ sha256, sha1, serial, subject, issuer, not_before, not_after }: ExportedLead, key: string) {
  const hashes = {
    ...(sha256 === undefined ? {} : { 'SHA-256': sha256 }),
    ...(sha1 === undefined ? {} : { 'SHA-1': sha1 }),
  }
  const time = (at: number) => new Date(at).toISOString()
  if (Object.keys(hashes).length === 0 && serial === '' && issuer === '' && subject === '') return undefined
  return {
    type: 'x509-certificate',
    spec_version: '2.1',
    id: `x509-certificate--${uuidOf(`x509-certificate ${key}`)}`,
    ...(Object.keys(hashes).length === 0 ? {} : { hashes }),
    ...(serial === '' ? {} : { serial_number: serial.toLowerCase() }),
    ...(issuer === '' ? {} : { issuer }),
    ...(subject === '' ? {} : { subject }),
    ...(not_before === undefined ? {} : { validity_not_before: time(not_before) }),
    ...(not_after === undefined ? {} : { validity_not_after: time(not_after) }),
  }
}
