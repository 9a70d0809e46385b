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
  const seen = new Set<string>()
  const add = (name: SubjectName) => {
    const key = `${name.type} ${name.value}`
    if (name.value === '' || seen.has(key)) return
    seen.add(key)
    names.push(name)
  }
  for (const name of given) add(name)
  for (const { type, value } of subject) {
    if (typeKey(type) !== 'cn' || value.length > 255) continue
    const name = namedBy(value)
    if (name !== undefined) add(name)
  }
  return names
}

/** What a bare word names, when it is an address or looks like a host name. */
function namedBy(text: string): SubjectName | undefined {
  const value = text.trim()
  if (!/[.:]/.test(value) || value.includes(' ')) return undefined
  if (isIP(value) !== 0) return { type: 'ip', value: value.toLowerCase() }
  const name = normalHostName(value)
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
  const apexes = new Set<string>()
  for (const { type, value } of names) {
    const apex = type === 'dns' ? registrableDomain(value) : undefined
    if (apex !== undefined) apexes.add(apex)
  }
  return [...apexes].sort()
}
