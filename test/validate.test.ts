import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { z } from 'zod'
import { counterseal } from './run-cli.ts'

/**
 * The procedures of AN1246 through the whole program: event logs are written, read, stored, observed and correlated. The
 * table of results is docs/an1246-procedures.md (`npx vitest run test/validate.test.ts -u` writes it).
 */
const record = z.object({
  type: z.literal('procedure'),
  id: z.string(),
  title: z.string(),
  source: z.string(),
  expect: z.object({ verdict: z.string() }),
  not_yet: z.string().optional(),
  verdict: z.string(),
  score: z.number(),
  classes: z.array(z.string()),
  rules: z.array(z.string()),
  faults: z.array(z.string()),
  never_seen_here: z.array(z.string()).optional(),
})

const directory = mkdtempSync(join(tmpdir(), 'counterseal-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const installed = await import('chdb').then(
  () => true,
  () => false,
)
const replayed = join(directory, 'replay')
const told = installed
  ? counterseal(['validate', 'an1246', '--json', '--write', replayed, '--data', join(directory, 'site')])
  : undefined
const procedures = told?.records.map(one => record.parse(one)) ?? []

it.skipIf(!installed)('every attack is told as one, and nothing benign alerts', () => {
  expect(procedures.length).toBeGreaterThan(55)
  const failed = procedures.filter(({ faults, not_yet }) => faults.length > 0 && not_yet === undefined)
  expect(failed.map(({ id, faults }) => [id, faults])).toEqual([])
  expect(told?.status).toBe(0)
})

it.skipIf(!installed)('nothing benign reaches an alert, but for what an exercise does beyond its leave', () => {
  const benign = procedures.filter(({ id }) => id.startsWith('B-') && id !== 'B-18b')
  expect(benign.filter(({ verdict }) => verdict === 'alert' || verdict === 'incident')).toEqual([])
})

it.skipIf(!installed)('what is not held yet says why, and is not held already', () => {
  expect(procedures.filter(({ faults, not_yet }) => not_yet !== undefined && faults.length === 0)).toEqual([])
})

it.skipIf(!installed)('a site is told which events it has never seen', () => {
  expect(procedures.find(({ id }) => id === 'T-21')?.never_seen_here).toEqual([
    'Security 4826',
    'Microsoft-Windows-Sysmon/Operational 1',
  ])
})

it.skipIf(!installed)(
  'the event logs are written for other collectors, one each, and what is collected beside them',
  () => {
    expect(readdirSync(replayed).filter(name => name.endsWith('.evtx'))).toHaveLength(procedures.length)
    expect(readdirSync(replayed)).toContain('T-06-viewer.exe')
  },
)

it.skipIf(!installed)('the page tells what came of it', async () => {
  const rows = procedures.map(
    ({ id, title, expect: wanted, verdict, score, rules, classes, faults }) =>
      `| ${id} | ${title} | ${id.startsWith('B-') ? 'at most ' : ''}${wanted.verdict} | ${verdict} | ${score} | ${rules.join(' ')} | ${classes.join(', ')} | ${faults.length === 0 ? 'held' : 'not yet'} |`,
  )
  const missing = procedures.filter(({ not_yet }) => not_yet !== undefined)
  const page = `# What Counterseal says of the procedures of AN1246

<!-- Written by \`npx vitest run test/validate.test.ts -u\`; a change made here is lost. -->

Each procedure of [procedures.yaml](../analytics/an1246/procedures.yaml) is written as an event log, read, stored, observed and
correlated, all of them in one store. \`counterseal validate an1246\` does the same on your machine, with the time moved to
now, and \`--write\` gives you the logs to send through your own collectors.

${procedures.length - missing.length} of ${procedures.length} are held.

| | procedure | expected | said | score | rules | classes | |
|---|---|---|---|--:|---|---|---|
${rows.join('\n')}

Not yet:

${missing.map(({ id, faults, not_yet }) => `- **${id}**: ${faults.join('; ')}. ${not_yet?.slice(0, 1).toUpperCase()}${not_yet?.slice(1)}.`).join('\n')}
`
  await expect(page).toMatchFileSnapshot('../docs/an1246-procedures.md')
})
