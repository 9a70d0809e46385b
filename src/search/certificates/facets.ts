import { CountersealError } from '../../base/index.ts'
import type { EventStore } from '../../model/index.ts'
import { compose, rowKindsOf } from './compose.ts'
import type { KnownColumn } from './condition.ts'
import { known } from './condition.ts'
import { storedPivots } from './fields/pivot-values.ts'
import type { Search } from './query.ts'
import { printSearch } from './query.ts'

/** A way to divide what a search found. */
export type Facet = {
  readonly name: string
  readonly title: string
  /** What it reads. */
  readonly columns: readonly KnownColumn[]
  /** An expression over them: the values a certificate is counted under, Array(String). None: under no value. */
  readonly values: string
  /** The search term that finds a value's certificates; absent where there is none. */
  readonly field?: string
  /** Counts the values of this attribute in certificate_pivot; then `columns` and `values` are empty. */
  readonly attribute?: string
}

const [notBefore, notAfter] = [known('not_before'), known('not_after')]
const algorithm = `splitByChar(' ', lower(${known('key_algorithm')}))[1]`

/** A text column; where nothing is known there is no value. */
const text = (name: string, title: string, column: KnownColumn, field: string): Facet => ({
  name,
  title,
  columns: [column],
  values: `if(${known(column)} = '', [], [${known(column)}])`,
  field,
})

const flag = (name: string, title: string, column: KnownColumn): Facet => ({
  name,
  title,
  columns: [column],
  values: `[multiIf(isNull(${known(column)}), 'unknown', assumeNotNull(${known(column)}), 'true', 'false')]`,
  field: name,
})

export const facets: readonly Facet[] = [
  text('issuer', 'issuer', 'issuer', 'issuer'),
  text('subject', 'subject', 'subject', 'subject'),
  text('owner', 'smallest registrable domain', 'owner', 'owner'),
  {
    name: 'apex',
    title: 'registrable domain of a name',
    columns: ['apexes'],
    values: known('apexes'),
    field: 'apex',
  },
  {
    name: 'key',
    title: 'kind and size of the key',
    columns: ['key_algorithm', 'key_bits'],
    values: `if(${algorithm} = '', [], [concat(${algorithm}, if(isNull(${known('key_bits')}), '', concat('-', toString(${known('key_bits')}))))])`,
    field: 'key',
  },
  text('signature', 'signature algorithm', 'signature_algorithm', 'signature'),
  {
    name: 'year',
    title: 'year of not_before',
    columns: ['not_before'],
    values: `if(isNull(${notBefore}), [], [toString(toYear(assumeNotNull(${notBefore})))])`,
    field: 'not_before',
  },
  {
    name: 'month',
    title: 'month of not_before',
    columns: ['not_before'],
    values: `if(isNull(${notBefore}), [], [formatDateTime(assumeNotNull(${notBefore}), '%Y-%m')])`,
    field: 'not_before',
  },
  {
    name: 'validity',
    title: 'days from not_before to not_after',
    columns: ['not_before', 'not_after'],
    values: `if(isNull(${notBefore}) OR isNull(${notAfter}) OR ${notAfter} < ${notBefore}, [], [toString(intDiv(toUnixTimestamp64Milli(assumeNotNull(${notAfter})) - toUnixTimestamp64Milli(assumeNotNull(${notBefore})) + 1000, 86400000))])`,
    field: 'validity',
  },
  flag('self_signed', 'issuer is the subject', 'self_issued'),
  flag('ca', 'may issue others', 'is_ca'),
  flag('precertificate', 'is a precertificate', 'is_precertificate'),
  { name: 'problem', title: 'something wrong', columns: ['problems'], values: known('problems'), field: 'problem' },
  ...storedPivots.map(({ name, title }) => ({
    name: `pivot.${name}`,
    title,
    columns: [],
    values: '[]',
    field: `pivot.${name}`,
    attribute: name,
  })),
]

export type FacetCounts = {
  /** Certificates found. */
  readonly certificates: number
  /** The same with precertificate and certificate of one issuance counted once. */
  readonly issuances: number
  readonly facets: readonly {
    readonly name: string
    readonly title: string
    /** How many different values there are; `values` has the most frequent. */
    readonly distinct: number
    /** Most issuances first, then by value. `search` narrows the search to this value. */
    readonly values: readonly FacetValue[]
  }[]
}

export type FacetValue = { readonly value: string; readonly issuances: number; readonly search?: string }

/** Facets by name. Throws `usage/bad-argument` for a name that is none. */
export function facetsNamed(names: readonly string[]): readonly Facet[] {
  return [...new Set(names)].map(name => {
    const facet = facets.find(one => one.name === name)
    if (facet !== undefined) return facet
    const plain = facets.filter(one => !one.name.startsWith('pivot.')).map(one => one.name)
    throw new CountersealError('usage/bad-argument', {
      message: `There is no facet ${JSON.stringify(name.slice(0, 60))}.`,
      remedy: `Facets are ${plain.join(', ')} and pivot.ATTRIBUTE.`,
    })
  })
}

/**
 * How many certificates a search finds, and how they divide. Counts every certificate found in one reading; without a
 * term that has a key that is a scan of the columns used. A facet of a pivot attribute reads all values of the attribute.
 */
export async function countCertificates(
  store: EventStore,
  search: Search,
  wanted: readonly Facet[],
  options: { readonly top?: number; readonly signal?: AbortSignal } = {},
): Promise<FacetCounts> {
  const { top = 20, signal } = options
  const columns = [...new Set<KnownColumn>(['issuance', ...wanted.flatMap(facet => facet.columns)])]
  const { relation, bind, params } = compose(search, await rowKindsOf(store, signal))
  const pairs = wanted
    .map(({ values, attribute }, nth) =>
      attribute === undefined ? `, arrayMap(value -> (${nth + 1}, toString(value)), ${values})` : '',
    )
    .join('')
  // Nobody but certificate_pivot has what certificates can share: of those with bytes it stands nowhere else.
  const shared = wanted
    .map(({ attribute }, nth) =>
      attribute === undefined
        ? ''
        : ` UNION ALL SELECT ${nth + 1} AS facet, value, ${known('issuance')} AS issuance, certificate_id FROM (SELECT DISTINCT certificate_id, value FROM certificate_pivot WHERE attribute = ${bind('String', attribute)}) AS p INNER JOIN (${relation(['issuance'])}) AS r USING (certificate_id)`,
    )
    .join('')
  // Half of an id is enough to count by, and takes half the memory.
  const half = (id: string) => `reinterpretAsUInt64(substring(${id}, 1, 8))`
  const text = `SELECT facet, value, issuances, certificates, distinct FROM (
  SELECT facet, value, uniqExact(${half('issuance')}) AS issuances,
    uniqExactIf(${half('certificate_id')}, facet = 0) AS certificates, count() OVER (PARTITION BY facet) AS distinct
  FROM (
    SELECT pair.1 AS facet, pair.2 AS value, ${known('issuance')} AS issuance, certificate_id
    FROM (${relation(columns)}) ARRAY JOIN arrayConcat([(0, '')]${pairs}) AS pair${shared}
  )
  GROUP BY facet, value
) ORDER BY facet, issuances DESC, value LIMIT ${bind('UInt64', top)} BY facet`
  const counted = new Map<number, { distinct: number; values: FacetValue[] }>()
  let [certificates, issuances] = [0, 0]
  const query = { params: params(), ...(signal === undefined ? {} : { signal }) }
  for await (const row of store.query({ name: 'certificate-facets', text }, query)) {
    const nth = Number(row.facet)
    if (nth === 0) {
      certificates = Number(row.certificates)
      issuances = Number(row.issuances)
      continue
    }
    const facet = counted.get(nth) ?? { distinct: Number(row.distinct), values: [] }
    facet.values.push(facetValue(wanted[nth - 1], search, String(row.value), Number(row.issuances)))
    counted.set(nth, facet)
  }
  return {
    certificates,
    issuances,
    facets: wanted.map(({ name, title }, nth) => ({
      name,
      title,
      ...(counted.get(nth + 1) ?? { distinct: 0, values: [] }),
    })),
  }
}

function facetValue(facet: Facet | undefined, search: Search, value: string, issuances: number): FacetValue {
  if (facet?.field === undefined) return { value, issuances }
  const term: Search = { type: 'field', field: facet.field, operator: ':', value, column: 1 }
  const narrowed: Search =
    search.type === 'all' ? term : { type: 'and', of: search.type === 'and' ? [...search.of, term] : [search, term] }
  return { value, issuances, search: printSearch(narrowed) }
}
