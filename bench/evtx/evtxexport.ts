import { spawnSync } from 'node:child_process'

/**
 * What Debian's `evtxexport` (libevtx-utils) tells of a log: another reader to compare with. Its XML is indented and is
 * not always well formed, so it is read by the little parser here.
 */
export type Exported = {
  readonly events: readonly ExportedEvent[]
  /** It stopped at a record that it cannot read, and said why. */
  readonly stopped: string | undefined
}

export type ExportedEvent = {
  /** Values of System by place, `Provider@Name`, `EventID`. */
  readonly system: ReadonlyMap<string, string>
  readonly payload: string
  readonly payload_root: string
  readonly fields: readonly { readonly name: string; readonly text: string }[]
}

export function hasEvtxexport(): boolean {
  return spawnSync('evtxexport', ['-V']).status === 0
}

export function exportedEvents(path: string): Exported {
  const { stdout, status } = spawnSync('evtxexport', ['-f', 'xml', path], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const reason = /Unable to export file\.\n(.*)/.exec(stdout)?.[1]
  return {
    events: documentsIn(stdout).map(event => eventOf(event, false)),
    stopped: status === 0 ? undefined : (reason ?? `exit code ${status}`),
  }
}

/** What `evtxinfo` counts: records that are there, and those that it recovers. */
export function countedRecords(path: string): { readonly records: number; readonly recovered: number } {
  const { stdout } = spawnSync('evtxinfo', [path], { encoding: 'utf8' })
  const count = (label: string) => Number(new RegExp(`${label}\\s*: (\\d+)`).exec(stdout)?.[1] ?? 0)
  return { records: count('Number of records'), recovered: count('Number of recovered records') }
}

export type Node = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Node[]
  text: string
  /** Everything inside, as it stands: `evtxexport` writes markup in values as it is. */
  source: string
}

function documentsIn(output: string): readonly Node[] {
  const starts = [...output.matchAll(/^<Event[ >]/gm)].map(({ index }) => index)
  return starts.map((start, i) => {
    const end = output.lastIndexOf('</Event>', starts[i + 1] ?? output.length)
    return parseXml(output.slice(start, end + '</Event>'.length))
  })
}

/** Parses one element. Text beside elements is dropped: it is indentation. */
export function parseXml(xml: string): Node {
  const top: Node = { name: '', attributes: new Map(), children: [], text: '', source: '' }
  const open = [top]
  const starts = [0]
  for (const match of xml.matchAll(/<(\/?)([^\s<>/!?]+)((?:\s+[^\s=<>]+="[^"]*")*)\s*(\/?)>|<[!?][^>]*>|([^<]+)/g)) {
    const [whole, close, name = '', attributes = '', empty, text = ''] = match
    const parent = open.at(-1) ?? top
    if (name === '') parent.text += unescaped(text)
    else if (close === '/') {
      parent.source = xml.slice(starts.pop(), match.index)
      open.pop()
    } else {
      const pairs = [...attributes.matchAll(/([^\s=]+)="([^"]*)"/g)].map(
        ([, key = '', value = '']) => [key, unescaped(value)] as const,
      )
      const node: Node = { name, attributes: new Map(pairs), children: [], text: '', source: '' }
      parent.children.push(node)
      if (empty === '/') continue
      open.push(node)
      starts.push(match.index + whole.length)
    }
  }
  return top.children[0] ?? top
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
    code === undefined ? (entities[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  )
}

/**
 * The fields of an event by the rules that src/evtx/record.ts states, written a second time.
 *
 * @param escaped whether markup in values is escaped, so that elements in Data are elements
 */
export function eventOf(event: Node, escaped: boolean): ExportedEvent {
  const system = new Map<string, string>()
  for (const element of event.children.find(({ name }) => name === 'System')?.children ?? []) {
    for (const [key, value] of element.attributes) system.set(`${element.name}@${key}`, value)
    if (element.text !== '') system.set(element.name, element.text)
  }
  const payload = event.children.find(({ name }) => name !== 'System' && name !== 'RenderingInfo')
  const fields: { name: string; text: string }[] = []
  if (payload === undefined) return { system, payload: '', payload_root: '', fields }
  const root = payload.name === 'UserData' ? payload.children[0] : undefined
  const top = root ?? payload
  for (const one of payload === top ? [payload] : [payload, top]) addAttributes(fields, one, '')
  if (root !== undefined && root.children.length === 0) fields.push({ name: root.name, text: root.text })
  for (const child of top.children) addFields(fields, child, '', escaped)
  return { system, payload: payload.name, payload_root: root?.name ?? '', fields }
}

function addFields(fields: { name: string; text: string }[], node: Node, prefix: string, escaped: boolean): void {
  const isNamed = (node.name === 'Data' || node.name === 'ComplexData') && node.attributes.has('Name')
  const own = isNamed ? (node.attributes.get('Name') ?? '') : node.name
  const name = prefix === '' ? own : `${prefix}/${own}`
  const before = fields.length
  addAttributes(fields, node, name, isNamed)
  const hasAttributes = fields.length > before
  // Programs write no elements into Data: what looks like them was its value.
  if (!escaped && isNamed && node.name === 'Data' && node.children.length > 0) fields.push({ name, text: node.source })
  else if (node.children.length > 0) for (const child of node.children) addFields(fields, child, name, escaped)
  else if (node.text !== '' || !hasAttributes) fields.push({ name, text: node.text })
}

function addAttributes(fields: { name: string; text: string }[], node: Node, name: string, isNamed = false): void {
  for (const [key, text] of node.attributes)
    if (key !== 'xmlns' && !key.startsWith('xmlns:') && !(isNamed && key === 'Name'))
      fields.push({ name: `${name}@${key}`, text })
}
