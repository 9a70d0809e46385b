import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Graph } from '../model/index.ts'
import { graphExports } from './list.ts'

const hostile = 'bank.example"];\n evil [label="x\\" <b>&amp; \u0000\u001b[2J \ud800'

const graph: Graph = {
  title: 'pivot from 87f2085c',
  nodes: [
    { id: 'a', kind: 'seed', label: 'CN=seed.example' },
    { id: 'b', kind: 'certificate', label: hostile, confidence: 0.92, hop: 1 },
    { id: '192.0.2.1', kind: 'host', label: '192.0.2.1:443' },
  ],
  edges: [
    { from: 'a', to: 'b', relation: 'SAME_KEY', confidence: 0.92, because: hostile },
    { from: 'b', to: '192.0.2.1', relation: 'met_at' },
  ],
}

const written = (name: string) => [...(graphExports.find(one => one.name === name)?.write(graph) ?? [])].join('')

test('the list has every format of the folder', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter(file => /^graph-(?!export)\w+\.ts$/.test(file))
  expect(graphExports.map(({ name }) => `graph-${name}.ts`).sort()).toEqual(files.sort())
})

test('JSON gives the graph back', () => {
  expect(JSON.parse(written('json'))).toEqual(graph)
})

test('in Graphviz text from evidence stays in its quotes', () => {
  const lines = written('dot').split('\n')
  expect(lines).toHaveLength(10)
  expect(lines[4]).toBe(
    '  "b" [label="bank.example\\"];  evil [label=\\"x\\\\\\" <b>&amp;   [2J \ud800 (0.92)", shape=box];',
  )
})

test('GraphML is well-formed whatever a label says', ctx => {
  const text = written('graphml')
  expect(text).toContain('bank.example&quot;];')
  const parser = spawnSync(
    'python3',
    [
      '-c',
      'import sys,xml.dom.minidom as m; d=m.parse(sys.stdin); print(len(d.getElementsByTagName("node")), len(d.getElementsByTagName("edge")))',
    ],
    { input: text, encoding: 'utf8' },
  )
  if (parser.error !== undefined) ctx.skip('python3 is not installed')
  expect(parser.stdout.trim()).toBe('3 2')
})
