import type { App } from '../app.ts'
import type { CertificateLead } from '../exports/index.ts'
import type { Finding } from '../model/index.ts'
import { certificateWithHash } from '../search/index.ts'

/** More certificates than this are no lead any more. */
const mostLeads = 8

/**
 * How to go on from the certificates that a finding names: the pivot's command where the store has the certificate, and
 * what to fetch where there is only a fingerprint.
 */
export async function certificateLeads(app: App, { entities }: Finding): Promise<readonly CertificateLead[]> {
  const fingerprints = [...new Set(entities.filter(isFingerprint).map(({ value }) => value.toLowerCase()))]
  const leads: CertificateLead[] = []
  for (const fingerprint of fingerprints.slice(0, mostLeads)) {
    const known = await certificateWithHash(await app.events(), [fingerprint])
    leads.push(
      known === undefined
        ? { fingerprint, kind: 'collect', step: collectStep(fingerprint) }
        : { fingerprint, kind: 'pivot', step: `counterseal pivot ${fingerprint}${dataOf(app)}` },
    )
  }
  return leads
}

function isFingerprint({ kind, value }: Finding['entities'][number]): boolean {
  return /^(?:server_)?certificate_sha(?:1|256)$/.test(kind) && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(value)
}

function collectStep(fingerprint: string): string {
  return `Only the fingerprint ${fingerprint} is known, not the certificate: fetch the Blob for ${fingerprint.toUpperCase()} (a registry hive, a .reg file or the DER file), read it with counterseal ingest, then pivot from it.`
}

/** As one types it; a directory with odd characters is left to the reader. A temporary one is gone afterwards. */
function dataOf({ config, data }: App): string {
  if (config.data === undefined) return ' --data DIR'
  return /^[\w./-]+$/.test(data) ? ` --data ${data}` : ' --data DIR'
}
