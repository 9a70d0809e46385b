import type { Catalogue } from '../../src/detect/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { shippedIntel } from './shipped.ts'

/** Every catalogue of intel/, in order of file. */
export const intel: Generator = {
  path: 'docs/intel.md',
  generate: async () => {
    const { catalogues } = shippedIntel()
    return `# Reference data

${generatedNote}

What is known about the outside is data, not code: catalogues under \`intel/\`, each row with its source, the days on which
it was first and last verified, and the day on which it expires. A row that nobody could verify says so. Every finding
names the snapshot of reference data that was used.

Nothing is fetched when Counterseal runs. A row that has expired is still used; nothing warns of it yet.

To use rows of your own, put catalogues of the same shape into a directory and name it with \`--intel DIR\`. They are added
to ours.

| catalogue | what it lists | entries | verified | not verified | earliest expiry |
|---|---|---|---|---|---|
${catalogues.map(rowOf).join('\n')}
${catalogues.map(sectionOf).join('')}`
  },
}

function rowOf({ catalogue, title, entries }: Catalogue): string {
  const verified = entries.filter(entry => entry.verified).length
  const cells = [entries.length, verified, entries.length - verified, earliest(entries.map(({ expires }) => expires))]
  return `| [${code(catalogue)}](#${catalogue}) | ${cell(title)} | ${cells.join(' | ')} |`
}

function earliest(days: readonly string[]): string {
  return days.toSorted()[0] ?? ''
}

function sectionOf({ catalogue, title, entries }: Catalogue): string {
  const rows = entries.map(({ id, keys, verified, last_verified, expires }) => {
    const shown = Object.entries(keys).map(([key, values]) => `${key} ${values.map(code).join(', ')}`)
    return `| ${code(id)} | ${cell(shown.join('; '))} | ${verified ? 'yes' : 'no'} | ${last_verified} | ${expires} |`
  })
  return `
## ${catalogue}

${title}. The rows with their sources and attributes are in [intel/](../intel/).

| entry | matches | verified | last verified | expires |
|---|---|---|---|---|
${rows.join('\n')}
`
}
