import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { ctLedgerContract } from './ct-ledger.contract.ts'
import { describeOnServer } from './database.contract.ts'
import { openPgliteCaseStore } from './pglite.ts'
import { openPostgresCaseStore } from './server.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

ctLedgerContract('the ledger of logs in the embedded case store', () => openPgliteCaseStore(directory))

describeOnServer('on a server', {}, started => {
  ctLedgerContract('the ledger of logs on a server', () => openPostgresCaseStore({ url: started().url, schema: 'ct' }))
})
