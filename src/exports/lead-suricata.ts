import { createHash } from 'node:crypto'
import type { LeadExport } from './lead-export.ts'

const firstSid = 1_000_000
const sids = 1_000_000

/** Rules that warn of the certificate itself, by the SHA-1 that Suricata compares. Under TLS 1.3 no sensor sees it. */
export const leadSuricata: LeadExport = {
  name: 'suricata',
  title: 'Suricata: alerts for the certificates, where TLS shows them (up to 1.2)',
  file: 'counterseal-leads.rules',
  *write({ reference, made_at, expires_at, leads }) {
    yield `# Counterseal ${reference}: ${leads.length} certificates, made ${made_at.toISOString()}. Take it out by ${expires_at.toISOString()}.\n`
    yield '# TLS 1.3 hides certificates: silence says nothing of it.\n'
    const taken = new Set<number>()
    for (const { sha1, state, confidence } of leads) {
      if (sha1 === undefined) continue
      const print = sha1.match(/../g)?.join(':') ?? ''
      const metadata = `created_at ${day(made_at)}, expires_at ${day(expires_at)}, state ${state}, confidence ${confidence}`
      yield `alert tls any any -> any any (msg:"Counterseal ${reference} certificate ${sha1.slice(0, 16)} ${state}"; tls.cert_fingerprint; content:"${print}"; classtype:bad-unknown; sid:${sidOf(sha1, taken)}; rev:1; metadata:${metadata};)\n`
    }
  },
}

function sidOf(text: string, taken: Set<number>): number {
  let sid = firstSid + (createHash('sha256').update(`lead ${text}`).digest().readUInt32BE(0) % sids)
  while (taken.has(sid)) sid = firstSid + ((sid - firstSid + 1) % sids)
  taken.add(sid)
  return sid
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '_')
}
