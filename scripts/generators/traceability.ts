import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parseDefinition, readDefinitionText } from '../../src/definitions/index.ts'
import { checkout } from '../prepare.mjs'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { shippedDetections, shippedSources } from './shipped.ts'

/** File of a test, and words of its name: of a detection's folder, the name of a case. */
const test = z.strictObject({ file: z.string(), name: z.string().min(1) })

const line = z
  .strictObject({
    /** Words of the runbook. */
    runbook: z.string().min(1),
    /** Rules of the specification that compute it. */
    rules: z.string().min(1),
    sources: z.array(z.string()).default([]),
    detections: z.array(z.string()).default([]),
    commands: z.array(z.string()).default([]),
    tests: z.array(test).default([]),
    /** What is not there yet, and where it comes from. */
    open: z.string().default(''),
  })
  .refine(({ tests, open }) => tests.length > 0 || open !== '', 'has neither a test nor says that it is open')

const acceptance = z
  .strictObject({
    number: z.number().int().positive(),
    says: z.string().min(1),
    tests: z.array(test).default([]),
    open: z.string().default(''),
  })
  .refine(({ tests, open }) => tests.length > 0 || open !== '', 'has neither a test nor says that it is open')

const traceabilityFile = z.strictObject({
  analytic: z.string(),
  lines: z.array(line).min(1),
  acceptance: z.array(acceptance).min(1),
})

/** Every line of the runbook of T1596.003, what answers it, and the test that holds it. */
export const traceability: Generator = {
  path: 'docs/traceability.md',
  generate: async () => {
    const file = join(checkout, 'analytics/t1596-003/traceability.yaml')
    const { lines, acceptance: demands } = parseDefinition(
      'traceability',
      file,
      readDefinitionText(file),
      traceabilityFile,
    )
    const detections = new Set(shippedDetections().map(({ id }) => id))
    const sources = new Set(shippedSources().map(({ id }) => id))
    for (const one of lines) {
      for (const id of one.detections) if (!detections.has(id)) throw new Error(`${file} names the detection ${id}`)
      for (const id of one.sources) if (!sources.has(id)) throw new Error(`${file} names the source ${id}`)
    }
    for (const one of [...lines, ...demands].flatMap(({ tests }) => tests))
      if (!isTest(one)) throw new Error(`${file} names the test ${one.file}: ${one.name}`)
    const linked = (tests: readonly z.infer<typeof test>[]) =>
      tests.map(({ file: path, name }) => `[${cell(name)}](../${path})`).join('<br>')
    const rows = lines.map(one => {
      const answers = [
        ...one.detections.map(id => `[${id}](detections.md#${id.replace('/', '')})`),
        ...one.commands.map(command => code(`counterseal ${command}`)),
        ...(one.sources.length > 0 ? [`sources ${one.sources.map(id => `[${id}](sources.md#${id})`).join(', ')}`] : []),
      ]
      return `| ${cell(one.runbook)} | ${cell(one.rules)} | ${answers.join('<br>')} | ${linked(one.tests)} | ${cell(one.open)} |`
    })
    const held = demands.map(one => `| ${one.number} | ${cell(one.says)} | ${linked(one.tests)} | ${cell(one.open)} |`)
    return `# The runbook of T1596.003, line by line

${generatedNote}

What computes each line of the source document, and the test that holds it. The lists are data:
\`analytics/t1596-003/traceability.yaml\`; that every detection, source and test named there exists is checked when this page is
written. What is open says from where it comes.

| line of the runbook | rules of the specification | answered by | held by | open |
|---|---|---|---|---|
${rows.join('\n')}

## The acceptance tests of the specification

| | what it asks | held by | open |
|---|---|---|---|
${held.join('\n')}
`
  },
}

function isTest({ file, name }: { readonly file: string; readonly name: string }): boolean {
  const path = join(checkout, file)
  if (!existsSync(path)) return false
  return readFileSync(path, 'utf8').includes(file.endsWith('.ndjson') ? `"case":${JSON.stringify(name)}` : name)
}
