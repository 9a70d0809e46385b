import type { KnownSettings, Settings } from '../detect/index.ts'
import type { Output } from './output.ts'
import { grouped, styled, table } from './output.ts'

/** The settings of published analytics by the names they have there, and what the site set. */
export function showSettings(output: Output, known: KnownSettings, settings: Settings): void {
  const rows = Object.entries(known.settings).map(([name, one]) => ({
    name,
    ...one,
    set: settings[name as keyof Settings], // the schema of known settings has no other names
  }))
  if (output.json) {
    for (const { name, of, catalogue, means, default: usual, set } of rows)
      output.record({
        type: 'published_setting',
        analytic: known.analytic,
        name,
        of,
        catalogue,
        means,
        default: usual,
        set: set ?? [],
      })
    return
  }
  output.line(`\n${styled(output, 'bold', 'Settings of the published analytics')}  (--settings FILE, docs/settings.md)`)
  const told = (set: Settings[keyof Settings], usual: string) => {
    if (typeof set === 'number') return `${grouped(set)} seconds`
    return set === undefined || set.length === 0 ? usual : `${grouped(set.length)} set here`
  }
  const lines = table(
    ['setting', 'of', 'is', 'means'],
    rows.map(({ name, of, means, set, default: usual }) => [name, of.join(' '), told(set, usual), means]),
    100,
  )
  for (const line of lines) output.line(line)
}
