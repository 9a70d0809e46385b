import type { App } from '../app.ts'
import type { Watch } from '../hostname/index.ts'
import type { SiteInputs } from '../inputs/index.ts'
import { stateOfInput } from '../inputs/index.ts'
import type { Reviewed } from '../issuance/index.ts'
import { caaAt, issuedSince, oncePerIssuance, reviewCertificate } from '../issuance/index.ts'

export type Asked = {
  readonly owned: readonly string[]
  readonly watch: Watch
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly inputs: SiteInputs
  readonly signal: AbortSignal
}

/** Certificates for domains, against what the site lets be issued. `listMissing`: what would tell, where no fresh list was given. */
export async function reviewIssued(
  app: App,
  { owned, watch, since, inputs, signal }: Asked,
): Promise<{ readonly reviewed: readonly Reviewed[]; readonly listMissing: string }> {
  const authorities = app.intel().catalogues.flatMap(one => (one.catalogue === 'caa-identities' ? one.entries : []))
  const observed = await (await app.cases()).caseLog('caa')
  const listMissing = stateOfInput(inputs, 'issuance', since).missing
  const context = {
    ...{ owned, watch, listMissing, issuance: inputs.rows.issuance },
    planned: [...inputs.rows.deployments, ...inputs.rows.changes],
    inner: { suffixes: valuesOf(app, 'internal-names', 'suffix'), labels: valuesOf(app, 'internal-names', 'label') },
    identitiesOf: (issuer: string) =>
      authorities.flatMap(({ keys, attributes }) =>
        (keys.issuer_rdn ?? []).some(rdn => hasPart(issuer.toLowerCase(), rdn))
          ? (attributes.identities ?? '').split(',').map(one => one.trim())
          : [],
      ),
    caaAt: (time: number) => caaAt(observed, time),
  }
  const found = oncePerIssuance(await issuedSince(await app.events(), owned, { since, watch, signal }))
  return { reviewed: found.map(one => reviewCertificate(one, context)), listMissing }
}

/** Domains that the site wrote down as its own, without the example that ships. */
export function ownedDomains(app: App): readonly string[] {
  return valuesOf(app, 'owned-names', 'domain').filter(one => one !== 'listed.example')
}

/** A part of a distinguished name, whole: `o=example` is not `o=example ltd`. */
function hasPart(name: string, part: string): boolean {
  return `,${name},`.replaceAll('\\,', ',').includes(`,${part},`)
}

function valuesOf(app: App, wanted: string, key: string): readonly string[] {
  return app
    .intel()
    .catalogues.flatMap(({ catalogue, entries }) =>
      catalogue === wanted ? entries.flatMap(({ keys }) => keys[key] ?? []) : [],
    )
}
