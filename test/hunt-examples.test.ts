import { describe, expect, it } from 'vitest'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** What `npm start` prints. To renew it: `npx vitest run test/hunt-examples.test.ts -u`, then read the diff. */
describe('hunting through the examples', () => {
  it('prints what is checked in, to the letter', async test => {
    if (!engineInstalled) test.skip(noEngine)
    const began = Date.now()
    const { stdout, status } = counterseal(['hunt', 'examples/'])
    await expect(withoutReadingTime(stdout, began)).toMatchFileSnapshot('./golden/hunt-examples.txt')
    expect(status).toBe(0)
  })

  it('says something true for each of the three analytics', test => {
    if (!engineInstalled) test.skip(noEngine)
    const findings = counterseal(['hunt', 'examples/', '--json']).records.filter(record => record.type === 'finding')
    expect(new Set(findings.map(finding => finding.analytic))).toEqual(new Set(['AN1246', 'AN1972', 'T1596.003']))
    for (const finding of findings) {
      const contributions = finding.contributions as { points: number }[]
      expect(finding.score).toBe(
        Math.min(
          100,
          contributions.reduce((sum, { points }) => sum + points, 0),
        ),
      )
      expect((finding.evidence as unknown[]).length).toBeGreaterThan(0)
    }
  })
})

/** A certificate in a file was met when the file was read, which is another time in every run. */
function withoutReadingTime(text: string, began: number): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, time => (Date.parse(time) >= began ? '(when it was read)' : time))
}
