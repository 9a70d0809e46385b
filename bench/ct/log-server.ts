/**
 * Logs on loopback for bench/ct/tail.ts, half of them tiles and half RFC 6962. Each gets so many entries a second until it is told to stop.
 *
 *   npx tsx bench/ct/log-server.ts LOGS ENTRIES_A_SECOND SECONDS
 *
 * Tells its parent `{ url, logs }` when it listens, and `{ sizes }` every second.
 */
import type { CtLog } from '../../src/ct/index.ts'
import type { MadeLog } from '../../test/ct/made-log.ts'
import { makeLog } from '../../test/ct/made-log.ts'
import { serveLogs } from '../../test/ct/serve.ts'

const [count = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number)

const logs: Record<string, MadeLog> = {}
const served = await serveLogs(logs)
const abouts: CtLog[] = []
for (let nth = 0; nth < count; nth += 1) {
  const name = `log-${nth}`
  const made = makeLog(nth % 2 === 0 ? 'static-ct-api' : 'rfc6962', {
    name,
    url: `${served.url}${name}/`,
    now: Date.now,
  })
  made.grow(1000)
  logs[name] = made
  abouts.push(made.about)
}
process.send?.({ url: served.url, logs: abouts })

const began = Date.now()
const each = rate / count
let given = 0
const timer = setInterval(() => {
  const due = Math.min(seconds, (Date.now() - began) / 1000) * each
  const more = Math.floor(due - given)
  given += more
  // The same certificate in two logs, as most are.
  for (const [nth, made] of Object.values(logs).entries())
    if (more > 0) made.grow(more, { names: number => [`host${number}.site${nth >> 1}.example`] })
  process.send?.({
    sizes: Object.fromEntries(Object.values(logs).map(({ about, entries }) => [about.log_id, entries.length])),
  })
}, 1000)
process.on('disconnect', () => {
  clearInterval(timer)
  process.exit(0)
})
