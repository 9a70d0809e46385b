import type { GraphExport } from './graph-export.ts'

/** GraphML (http://graphml.graphdrawing.org/primer/graphml-primer.html), as Gephi, yEd and NetworkX read it. */
export const graphGraphml: GraphExport = {
  name: 'graphml',
  title: 'GraphML: Gephi, yEd, NetworkX',
  mediaType: 'application/graphml+xml',
  *write({ title, nodes, edges }) {
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for (const [id, domain, type] of keys)
      yield `  <key id="${domain}_${id}" for="${domain}" attr.name="${id}" attr.type="${type}"/>\n`
    yield `  <graph id="${escaped(title)}" edgedefault="undirected">\n`
    for (const { id, kind, label, confidence, hop } of nodes) {
      yield `    <node id="${escaped(id)}">${data('node', { kind, label, confidence, hop })}</node>\n`
    }
    for (const { from, to, relation, confidence, because } of edges)
      yield `    <edge source="${escaped(from)}" target="${escaped(to)}">${data('edge', { relation, confidence, because })}</edge>\n`
    yield '  </graph>\n</graphml>\n'
  },
}

const keys = [
  ['kind', 'node', 'string'],
  ['label', 'node', 'string'],
  ['confidence', 'node', 'double'],
  ['hop', 'node', 'int'],
  ['relation', 'edge', 'string'],
  ['confidence', 'edge', 'double'],
  ['because', 'edge', 'string'],
] as const

function data(domain: 'node' | 'edge', values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`<data key="${domain}_${name}">${escaped(String(value))}</data>`],
    )
    .join('')
}

/** XML 1.0 §2.2 has no place for control characters, surrogates alone, U+FFFE and U+FFFF: they become U+FFFD. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
