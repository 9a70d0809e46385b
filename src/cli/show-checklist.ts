import type { Checklist, Judged, State } from '../checklist/index.ts'
import { markdownTable, prose, quoted } from '../exports/index.ts'
import type { Output, Style } from './output.ts'
import { grouped, printable, styled } from './output.ts'

const words = { done: 'done', not_done: 'NOT DONE', unknown: 'unknown' } as const
const styles = { done: 'green', not_done: 'red', unknown: 'yellow' } as const satisfies Record<State, Style>

/** How many hosts are told by name. */
const mostHosts = 5

/** One host item by item; several as counts, with the hosts where something is not done. */
export function showChecklist(output: Output, checklist: Checklist, judged: readonly Judged[]): void {
  const hosts = hostsOf(judged)
  output.line(styled(output, 'bold', checklist.title))
  if (hosts.length === 0) {
    output.line(
      checklist.applies_to.length > 0
        ? 'No host in the store shows that it is one of these: everything is unknown. Read the logs of every CA with counterseal ingest.'
        : 'No Windows host is in the store: everything is unknown. Read its logs and hives with counterseal ingest.',
    )
    return
  }
  output.line(
    hosts.length === 1
      ? printable(hosts[0] ?? '')
      : `${grouped(hosts.length)} hosts; one of them item by item: --host NAME`,
  )
  for (const [group, { title }] of Object.entries(checklist.groups)) {
    output.line(`\n${styled(output, 'bold', title)}`)
    for (const item of checklist.items.filter(one => one.group === group)) {
      const own = judged.filter(one => one.item.id === item.id)
      if (hosts.length === 1) for (const one of own) showItem(output, one)
      else showCounts(output, item.title, own)
    }
  }
}

function showItem(output: Output, { item, state, because, records, findings }: Judged): void {
  output.line(`  ${styled(output, styles[state], words[state].padEnd(9))} ${item.title}`)
  for (const sentence of because) output.line(`            ${printable(sentence)}`)
  if (state !== 'done') output.line(styled(output, 'dim', `            to do: ${item.how}`))
  if (state === 'unknown') output.line(styled(output, 'dim', `            what would tell: ${item.tells}`))
  if (records.length > 0)
    output.line(
      styled(output, 'dim', `            evidence ${records.slice(0, 3).join(' ')}${more(records.length, 3)}`),
    )
  if (findings.length > 0)
    output.line(
      styled(output, 'dim', `            finding ${findings.slice(0, 3).join(' ')}${more(findings.length, 3)}`),
    )
}

function showCounts(output: Output, title: string, judged: readonly Judged[]): void {
  const count = (state: State) => judged.filter(one => one.state === state).length
  const parts = (['done', 'not_done', 'unknown'] as const).map(state => `${grouped(count(state))} ${words[state]}`)
  output.line(`  ${title}: ${parts.join(', ')}`)
  const open = judged.filter(({ state }) => state === 'not_done').map(({ host_name }) => host_name)
  if (open.length > 0)
    output.line(`    not done on ${printable(open.slice(0, mostHosts).join(', '))}${more(open.length, mostHosts)}`)
}

function more(count: number, shown: number): string {
  return count > shown ? ` and ${grouped(count - shown)} more` : ''
}

function hostsOf(judged: readonly Judged[]): readonly string[] {
  return [...new Set(judged.map(({ host_name }) => host_name))]
}

/** One JSON object for each item and host. */
export function checklistRecords(judged: readonly Judged[]): readonly object[] {
  return judged.map(({ item, host_name, state, because, records, findings }) => {
    const { id, list, group, title, why, how, tells, source, verified } = item
    return {
      type: 'checklist_item',
      host_name,
      id,
      list,
      group,
      title,
      state,
      because,
      records,
      findings,
      why,
      how,
      tells,
      source,
      verified,
    }
  })
}

/** A list with boxes for each host; only what is done is ticked. */
export function checklistMarkdown(checklist: Checklist, judged: readonly Judged[]): string {
  const hosts = hostsOf(judged)
  const counted = hosts.map(host => {
    const own = judged.filter(({ host_name }) => host_name === host)
    return (['done', 'not_done', 'unknown'] as const).map(state =>
      String(own.filter(one => one.state === state).length),
    )
  })
  const numbered = hosts.map((host, nth) => `${nth + 1}. ${quoted(host)}\n`).join('')
  const overview = markdownTable(
    ['host', 'done', 'not done', 'unknown'],
    counted.map((cells, nth) => [String(nth + 1), ...cells]),
  )
  const sections = hosts.flatMap(host => [
    `\n## ${quoted(host)}\n`,
    ...Object.entries(checklist.groups).flatMap(([group, { title }]) => [
      `\n### ${prose(title)}\n\n`,
      ...judged.filter(one => one.host_name === host && one.item.group === group).map(itemMarkdown),
    ]),
  ])
  return `# ${prose(checklist.title)}\n\nTicked is only what evidence shows. Text in ${quoted('this form')} comes from evidence.\n\n${numbered}\n${overview}${sections.join('')}`
}

function itemMarkdown({ item, state, because, records, findings }: Judged): string {
  const lines = [`- [${state === 'done' ? 'x' : ' '}] **${prose(item.title)}**: ${words[state]}`]
  for (const sentence of because) lines.push(`  - ${quoted(sentence)}`)
  if (state !== 'done') lines.push(`  - To do: ${prose(item.how)}`)
  if (state === 'unknown') lines.push(`  - What would tell: ${prose(item.tells)}`)
  if (records.length > 0) lines.push(`  - evidence ${records.map(quoted).join(' ')}`)
  if (findings.length > 0) lines.push(`  - finding ${findings.map(quoted).join(' ')}`)
  lines.push(`  - ${prose(item.why)} (${prose(item.source)}${item.verified ? '' : '; not verified'})`)
  return `${lines.join('\n')}\n`
}
