/**
 * Writes every file of the repository that is made from something else, or checks that they are current.
 *
 *   npm run gen                 writes what has changed; read the diff as carefully as code, and commit it
 *   npm run gen -- --check      writes nothing; fails when a file is not what it would be (part of `npm run check`)
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checklist, pkiChecklist } from './generators/checklist.ts'
import { cli } from './generators/cli.ts'
import { correlation } from './generators/correlation.ts'
import { detections } from './generators/detections.ts'
import { dictionary } from './generators/dictionary.ts'
import { errors } from './generators/errors.ts'
import { type Generator, staleness } from './generators/generator.ts'
import { intel } from './generators/intel.ts'
import { search } from './generators/search.ts'
import { settings } from './generators/settings.ts'
import { sources } from './generators/sources.ts'
import { telemetry } from './generators/telemetry.ts'
import { traceability } from './generators/traceability.ts'
import { checkout } from './prepare.mjs'

/** To add a generated file: one file in generators/, one line here. */
const generators: readonly Generator[] = [
  checklist,
  pkiChecklist,
  cli,
  correlation,
  detections,
  dictionary,
  errors,
  intel,
  search,
  settings,
  sources,
  telemetry,
  traceability,
]

const isCheck = process.argv.includes('--check')
for (const { path, generate } of generators) {
  const file = join(checkout, path)
  const found = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  const wanted = await generate()
  if (found === wanted) continue
  if (isCheck) {
    console.log(staleness(path, found, wanted))
    process.exitCode = 1
  } else {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, wanted)
    console.log(`wrote ${path}`)
  }
}
