import type { GraphNode } from '../model/index.ts'
import type { GraphExport } from './graph-export.ts'

/** Graphviz (https://graphviz.org/doc/info/lang.html). Quoted strings know two escapes of ours: `\"` and `\\`. */
export const graphDot: GraphExport = {
  name: 'dot',
  title: 'Graphviz: dot -Tsvg',
  mediaType: 'text/vnd.graphviz',
  *write({ title, nodes, edges }) {
    yield `graph ${quoted(title)} {\n  graph [overlap=false, outputorder=edgesfirst];\n  node [fontname="sans-serif", style=filled, fillcolor=white];\n`
    for (const node of nodes)
      yield `  ${quoted(node.id)} [label=${quoted(labelOf(node))}, shape=${shapes[node.kind]}${node.kind === 'seed' ? ', penwidth=3' : ''}];\n`
    for (const { from, to, relation, confidence, because } of edges) {
      const label = confidence === undefined ? relation : `${relation} ${confidence.toFixed(2)}`
      const tooltip = because === undefined ? '' : `, tooltip=${quoted(because)}`
      yield `  ${quoted(from)} -- ${quoted(to)} [label=${quoted(label)}${tooltip}${confidence === undefined ? ', style=dotted' : ''}];\n`
    }
    yield '}\n'
  },
}

const shapes = { seed: 'box', certificate: 'box', host: 'ellipse', domain: 'plaintext' } as const

function labelOf({ label, confidence }: GraphNode): string {
  return confidence === undefined ? label : `${label} (${confidence.toFixed(2)})`
}

/** Text from evidence cannot leave its quotes, and control characters cannot break the line. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being replaced
  const plain = text.replace(/[\u0000-\u001f\u007f]/g, ' ')
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
