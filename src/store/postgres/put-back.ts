import { CountersealError, excerpt } from '../../base/index.ts'
import type { ExportedRow } from '../../model/index.ts'
import { type Ask, asking, ownWriting } from './ask.ts'
import { keptTables } from './kept-tables.ts'
import { notAsWritten } from './row-pages.ts'

/** How a copy comes back into a case store. Table names in the SQL come from schema.ts. */

/**
 * First in the transaction of an import: keeps everybody else from writing until the transaction ends, and looks whether there is anything.
 *
 * @throws CountersealError `store/not-empty`
 */
export async function beginImport(plainly: Ask): Promise<void> {
  const ask = asking('Putting back a copy of the case store', plainly)
  // Whatever the server's default: what a stricter level sees is older than the lock.
  await ask('set transaction isolation level read committed')
  await ask(ownWriting)
  const names = keptTables.map(table => table.name)
  await ask(`lock table ${names.join(', ')} in share row exclusive mode`)
  for (const name of names) {
    const found = await ask(`select 'something' as found from ${name} limit 1`)
    if (found.length > 0) {
      throw new CountersealError('store/not-empty', {
        message: `The case store already holds rows of ${name}; a copy is put back into an empty one only.`,
      })
    }
  }
}

/**
 * Puts back one page. What the store would make of a row has to be the row, in every field: a copy with a field too
 * many, too few, or written otherwise than we write it is refused instead of being put back with a loss.
 *
 * @throws CountersealError `backup/damaged`
 */
export async function putBack(plainly: Ask, page: readonly ExportedRow[]): Promise<void> {
  const ask = asking('Putting back a copy of the case store', plainly, sqlState =>
    notAsWritten(`has a row that the store does not take (SQLSTATE ${sqlState})`),
  )
  const name = page[0]?.table ?? ''
  const table = keptTables.find(one => one.name === name)
  if (table === undefined) throw notAsWritten(`has rows of a table ${excerpt(name)}, which this build does not know`)
  const columns = table.columns.join(', ')
  const [answer] = await ask(
    `
    with given as materialized (
      select one.*, to_jsonb(one) is not distinct from given.line::jsonb as same_as_given
      from unnest($1::text[]) as given (line), lateral json_populate_record(null::${table.name}, given.line::json) as one
    ), put as (
      insert into ${table.name} (${columns}) select ${columns} from given where same_as_given returning 1
    )
    select count(*)::text as rows from put`,
    [page.map(one => one.row)],
  )
  const different = page.length - Number(answer?.rows)
  if (different !== 0) throw notAsWritten(`has ${different} rows of ${name} that are not as this build writes them`)
}
