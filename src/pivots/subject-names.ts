import { isIP } from 'node:net'
import { normalHostName, registrableDomain } from '../hostname/index.ts'
import type { NameFact, SubjectName } from './facts.ts'
import { typeKey } from './name-text.ts'

/** Labels of a host name: at least two, letters, digits, hyphens and underscores, perhaps a wildcard in front. */
const hostName = /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/

/**
 * The names a certificate is for: those given, and the subject's CN where it is a host name or an address, each once, in
 * their order.
 */
export function subjectNames(given: readonly SubjectName[], subject: readonly NameFact[] = []): readonly SubjectName[] {
  const names: SubjectName[] = []
  const seen = given.length > fewNames ? new Set<string>() : undefined
  for (const name of given) addOnce(names, name, seen)
  for (const { type, value } of subject) {
    if (typeKey(type) !== 'cn' || value.length > 255) continue
    const name = namedBy(value)
    if (name !== undefined) addOnce(names, name, seen)
  }
  return names
}

/** So many are compared one by one: nearly every certificate has no more. */
const fewNames = 16

function addOnce(names: SubjectName[], name: SubjectName, seen: Set<string> | undefined): void {
  const { type, value } = name
  if (value === '') return
  if (seen === undefined) {
    for (const other of names) if (other.value === value && other.type === type) return
  } else {
    const key = `${type} ${value}`
    if (seen.has(key)) return
    seen.add(key)
  }
  names.push(name)
}

/** `normalHostName`, at once for what is normal already. */
export function hostNameOf(text: string): string {
  const last = text.length - 1
  for (let at = 0; at <= last; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x21 || code > 0x7e || (code >= 0x41 && code <= 0x5a)) return normalHostName(text)
  }
  return text.charCodeAt(last) === dot ? normalHostName(text) : text
}

const dot = 0x2e

/** What a bare word names, when it is an address or looks like a host name. */
function namedBy(text: string): SubjectName | undefined {
  const value = text.trim()
  const colon = value.includes(':')
  if ((!colon && !value.includes('.')) || value.includes(' ')) return undefined
  // An address ends with a digit, or has a colon.
  if ((colon || /[0-9]$/.test(value)) && isIP(value) !== 0) return { type: 'ip', value: value.toLowerCase() }
  const name = hostNameOf(value)
  return hostName.test(name) ? { type: 'dns', value: name } : undefined
}

/** A name as a sensor lists it, without its kind. */
export function nameOfText(text: string): SubjectName {
  const value = text.trim()
  if (isIP(value) !== 0) return { type: 'ip', value: value.toLowerCase() }
  if (value.includes('://')) return { type: 'uri', value }
  if (value.includes('@')) return { type: 'email', value: value.toLowerCase() }
  return { type: 'dns', value: normalHostName(value) }
}

/** Registrable domains of the host names, distinct, sorted. */
export function apexesOf(names: readonly SubjectName[]): readonly string[] {
  if (names.length <= fewNames) {
    const apexes: string[] = []
    for (const { type, value } of names) {
      const apex = type === 'dns' ? apexOf(value) : undefined
      if (apex !== undefined && !apexes.includes(apex)) apexes.push(apex)
    }
    return apexes.length < 2 ? apexes : apexes.sort()
  }
  const apexes = new Set<string>()
  for (const { type, value } of names) {
    const apex = type === 'dns' ? apexOf(value) : undefined
    if (apex !== undefined) apexes.add(apex)
  }
  return [...apexes].sort()
}

/** `registrableDomain`, which is asked several times for the names of one certificate. */
export function apexOf(name: string): string | undefined {
  const known = knownApexes.get(name)
  if (known !== undefined || knownApexes.has(name)) return known
  const apex = registrableDomain(name)
  if (knownApexes.size === mostKnownApexes) knownApexes.clear()
  knownApexes.set(name, apex)
  return apex
}

const knownApexes = new Map<string, string | undefined>()
const mostKnownApexes = 4096
