import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { caseLogContract } from './case-log.contract.ts'
import { describeOnServer } from './database.contract.ts'
import { openPgliteCaseStore } from './pglite.ts'
import { openPostgresCaseStore } from './server.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

caseLogContract('the log of decisions in the embedded case store', () => openPgliteCaseStore(directory))

describeOnServer('on a server', {}, started => {
  caseLogContract('the log of decisions on a server', () =>
    openPostgresCaseStore({ url: started().url, schema: 'decisions' }),
  )
})
