/**
 * Measures a hunt for AN1246 over a fleet's Windows events: every detection of it, and the correlation.
 *
 *   npx tsx bench/correlation/run.ts                    one million events, then ten
 *   npx tsx bench/correlation/run.ts --events 1 --events 3
 *
 * --events N   millions, repeatable     --hosts N   (default 1000)
 *
 * Prints markdown. The wanted: ten million in 60 s on two cores, and time in proportion to the events.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApp } from '../../src/app.ts'
import { configFrom } from '../../src/config.ts'
import { casesOf, runDetections, storeIntel } from '../../src/detect/index.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', multiple: true, default: ['1', '10'] },
    hosts: { type: 'string', default: '1000' },
  },
})
const fleet = readFileSync(new URL('fleet.sql', import.meta.url), 'utf8')

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node.js ${process.version}, load average ${loadavg()[0]?.toFixed(1)} before\n`,
)
console.log(
  '| events | hosts | hunt, s | µs an event | of it correlation, s | observations | cases | incidents | MiB resident |',
)
console.log('|--:|--:|--:|--:|--:|--:|--:|--:|--:|')
const slowest: string[] = []
for (const millions of values.events) {
  const data = mkdtempSync(join(tmpdir(), 'counterseal-bench-'))
  const app = openApp(configFrom({ data }))
  try {
    const store = await app.events()
    const events = Number(millions) * 1_000_000
    await store.insert({ name: 'bench/fleet', text: fleet }, { params: { events, hosts: Number(values.hosts) } })
    const intel = app.intel()
    await storeIntel(store, intel)
    const start = performance.now()
    const options = { intelSnapshot: intel.snapshot }
    const answers = []
    let last = start
    for await (const answer of runDetections(
      store,
      app.detections().filter(one => one.analytic === 'AN1246'),
      options,
    )) {
      answers.push(answer)
      const now = performance.now()
      slowest.push(
        `| ${millions} M | ${answer.detection.id} | ${((now - last) / 1000).toFixed(1)} | ${answer.observations.length} |`,
      )
      last = now
    }
    const [correlation] = app.correlations()
    if (correlation === undefined) throw new Error('there is no correlation')
    const { findings } = await casesOf(store, correlation, answers, { ...options, answersOf: async () => new Map() })
    const end = performance.now()
    const seconds = (end - start) / 1000
    const observations = answers.reduce((sum, one) => sum + one.observations.length, 0)
    const incidents = findings.filter(({ verdict }) => verdict === 'incident').length
    console.log(
      `| ${events.toLocaleString('en-US')} | ${values.hosts} | ${seconds.toFixed(1)} | ${((seconds * 1e6) / events).toFixed(2)} | ${((end - last) / 1000).toFixed(1)} | ${observations} | ${findings.length} | ${incidents} | ${Math.round(process.memoryUsage().rss / 2 ** 20)} |`,
    )
  } finally {
    await app.close()
    rmSync(data, { recursive: true, force: true })
  }
}
console.log(
  `\n| events | detection | s | observations |\n|--:|---|--:|--:|\n${slowest.join('\n')}\n\nload average ${loadavg()[0]?.toFixed(1)} after`,
)
