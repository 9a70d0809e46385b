import { CountersealError, excerpt } from '../../base/index.ts'
import type { ExportedRow, TableSize } from '../../model/index.ts'
import { type Ask, asking, ownWriting } from './ask.ts'
import { type KeptTable, keptTables } from './kept-tables.ts'
import { pageBytes, pageRows } from './row-pages.ts'

/**
 * What upkeep reads of the case store. SQL stands here and not in files because the tables in it come from schema.ts: a
 * new table needs no second place.
 */

/**
 * First in a transaction that reads: all of it sees one moment, and values are written in one way, whatever the server,
 * the database or the user have set. No timeout: this takes as long as the store is large.
 */
export async function beginSnapshot(ask: Ask): Promise<void> {
  await ask('set transaction isolation level repeatable read, read only')
  await ask(ownWriting)
}

/** Rows are counted, not estimated: a read of the narrowest index of each table. */
export async function tableSizes(plainly: Ask): Promise<readonly TableSize[]> {
  const ask = asking('Measuring the case store', plainly)
  const sizes: TableSize[] = []
  for (const { name } of [...keptTables].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [row] = await ask(
      `select (select count(*) from ${name})::text as rows, pg_total_relation_size('${name}'::regclass)::text as bytes`,
    )
    sizes.push({ table: name, rows: Number(row?.rows), bytes: Number(row?.bytes), parts: 0 })
  }
  return sizes
}

/**
 * Parameters: $1 how many rows at most, then the key of the last row of the page before, as text. Returns rows as JSON
 * text with their keys, by the primary key's index, as many as fit into a page.
 */
function pageQuery({ name, key }: KeptTable, first: boolean): string {
  const columns = key.map(({ column }) => `one.${column}`).join(', ')
  const after = key.map(({ type }, place) => `$${place + 2}::${type}`).join(', ')
  const names = key.map((_, place) => `key_${place}`)
  const texts = key.map(({ column }, place) => `one.${column}::text as key_${place}`)
  return `
    select page.line, ${names.map(one => `page.${one}`).join(', ')}
    from (
      select picked.*, sum(octet_length(picked.line)) over (order by picked.place) as bytes
      from (
        select row_to_json(one)::text as line, ${texts.join(', ')}, row_number() over (order by ${columns}) as place
        from ${name} as one
        ${first ? '' : `where (${columns}) > (${after})`}
        order by ${columns}
        limit $1
      ) as picked
    ) as page
    where page.place = 1 or page.bytes <= ${pageBytes}
    order by page.place`
}

async function* pagesOf(ask: Ask, table: KeptTable): AsyncGenerator<readonly ExportedRow[]> {
  let last: readonly unknown[] = []
  // The server makes text of as many rows as are asked for, also of those that then do not fit.
  let asked = 16
  for (;;) {
    const rows = await ask(pageQuery(table, last.length === 0), [asked, ...last])
    const newest = rows.at(-1)
    if (newest === undefined) return
    yield rows.map(({ line = '' }) => ({ table: table.name, row: line }))
    last = table.key.map((_, place) => newest[`key_${place}`])
    asked = Math.min(pageRows, 2 * rows.length)
  }
}

/** Every row of every table, what is referred to first, then by primary key. `ask` holds the one moment they are of. */
export async function* exportedPages(plainly: Ask): AsyncGenerator<readonly ExportedRow[]> {
  const ask = asking('Copying the case store', plainly)
  for (const table of keptTables) yield* pagesOf(ask, table)
}

/** `strict`: a finding without evidence, or evidence without an event, fails instead of being passed over. */
const citedEvents = `
  declare cited no scroll cursor for
  select distinct jsonb_path_query(finding.finding, 'strict $.evidence[*].event_uid') #>> '{}' as event_uid
  from finding`

const eventUid = /^[0-9a-f]{32}$/

/**
 * Each event that a finding stands on, once, in no order. Reads all findings, once.
 *
 * @throws CountersealError `store/damaged` for one that is no event_uid: whoever forgets the rest must not be told less
 *   than all
 */
export async function* citedPages(plainly: Ask): AsyncGenerator<readonly string[]> {
  const ask = asking('Reading which events findings stand on', plainly, sqlState =>
    damaged(`has no evidence that can be read (SQLSTATE ${sqlState})`),
  )
  await ask(citedEvents)
  for (;;) {
    const rows = await ask('fetch 5000 from cited')
    if (rows.length === 0) return
    const page = rows.map(row => row.event_uid ?? '')
    const stranger = page.find(one => !eventUid.test(one))
    if (stranger !== undefined) {
      throw damaged(`stands on ${JSON.stringify(excerpt(stranger))}, which is no event_uid`)
    }
    yield page
  }
}

function damaged(what: string): CountersealError {
  return new CountersealError('store/damaged', { message: `A finding in the case store ${what}.` })
}
