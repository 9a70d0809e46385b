import { getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import {
  approval,
  approvalWithdrawal,
  caseLog,
  ctFault,
  ctHead,
  ctPosition,
  finding,
  hunt,
  trustLedger,
  trustPosition,
} from './schema.ts'

/** A table as copies see it. Names are ours, from schema.ts, so they may stand in SQL; values never do. */
export type KeptTable = {
  readonly name: string
  /** In the order of the migrations. */
  readonly columns: readonly string[]
  /** The primary key, which pages are read by: column and type. */
  readonly key: readonly { readonly column: string; readonly type: string }[]
}

function keptTable(table: PgTable): KeptTable {
  const { columns, primaryKeys } = getTableConfig(table)
  const key = primaryKeys[0]?.columns.map(column => column.name)
  // Looked up by name: a column as the key has it does not know its type (drizzle-orm 0.45 recurses without end).
  const inKey = (column: (typeof columns)[number]) => key?.includes(column.name) ?? column.primary
  return {
    name: getTableName(table),
    columns: columns.map(column => column.name),
    key: columns.filter(inKey).map(column => ({ column: column.name, type: column.getSQLType() })),
  }
}

/**
 * Everything that a copy of the case store consists of, what is referred to before what refers to it. Not the register
 * of migrations: a store that is copied into has its own. A test holds the list and schema.ts together.
 */
export const keptTables: readonly KeptTable[] = [
  ...[hunt, finding, approval, approvalWithdrawal],
  ...[trustLedger, trustPosition],
  ...[ctPosition, ctHead, ctFault, caseLog],
].map(keptTable)
