import type { App } from '../app.ts'
import { certificatePage, knowledgeOf, parseSearch, printSearch } from '../search/index.ts'
import type { Certificate } from '../x509/index.ts'
import { readCertificate } from '../x509/index.ts'

/** Certificates with one key identifier that are looked at. Each key is tried. */
const mostCandidates = 20

/**
 * Certificates that may have issued this one: those beside it that have its issuer's name, then those of the store that
 * have the key identifier it names. Whether one did, a signature tells.
 */
export async function possibleIssuers(
  app: App,
  certificate: Certificate,
  beside: readonly Certificate[],
  signal: AbortSignal,
): Promise<readonly Certificate[]> {
  const isNamed = ({ subject }: Certificate) =>
    subject !== undefined &&
    certificate.issuer !== undefined &&
    Buffer.compare(subject.der, certificate.issuer.der) === 0
  const near = beside.filter(isNamed)
  const keyId = certificate.extensions.authority_key_identifier?.key_identifier
  if (near.length > 0 || keyId === undefined) return near
  const store = await app.events()
  const term = printSearch({ type: 'field', field: 'ski', operator: ':', value: keyId, column: 1 })
  const { certificates } = await certificatePage(store, parseSearch(term), { limit: mostCandidates, signal })
  const found: Certificate[] = []
  for (const { certificate_id } of certificates) {
    const der = (await knowledgeOf(store, certificate_id, signal))?.der
    const reading = der === undefined ? undefined : readCertificate(der)
    if (reading !== undefined && 'certificate' in reading && isNamed(reading.certificate))
      found.push(reading.certificate)
  }
  return found
}
