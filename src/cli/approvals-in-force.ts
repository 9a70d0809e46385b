import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app.ts'
import type { Approval } from '../model/index.ts'
import { readApprovalFile } from './approval-file.ts'
import type { Output } from './output.ts'
import { printable } from './output.ts'

/**
 * What a hunt may go by: what is kept and not withdrawn, and what the files name. What is withdrawn in the store stays so,
 * whatever a file says. A case store that is not there is not made for it.
 */
export async function approvalsInForce(
  app: App,
  output: Output,
  files: readonly string[] = [],
): Promise<readonly Approval[]> {
  const isThere = app.config.postgres !== undefined || existsSync(join(app.data, 'cases'))
  const kept = isThere ? await (await app.cases()).approvals() : []
  const all = new Map<string, Approval>()
  for (const path of files) {
    const { approvals, refused } = readApprovalFile(path)
    for (const { where, why } of refused) output.note(`not an approval  ${printable(where)}: ${printable(why)}`)
    for (const one of approvals) all.set(one.approval_id, one)
  }
  for (const { approval, withdrawn } of kept)
    if (withdrawn === undefined) all.set(approval.approval_id, approval)
    else all.delete(approval.approval_id)
  return [...all.values()]
}
