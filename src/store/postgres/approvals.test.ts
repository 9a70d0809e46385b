import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { approvalsContract } from './approvals.contract.ts'
import { describeOnServer } from './database.contract.ts'
import { openPgliteCaseStore } from './pglite.ts'
import { openPostgresCaseStore } from './server.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

approvalsContract('approvals in the embedded case store', () => openPgliteCaseStore(directory))

describeOnServer('on a server', {}, started => {
  approvalsContract('approvals on a server', () => openPostgresCaseStore({ url: started().url, schema: 'approvals' }))
})
