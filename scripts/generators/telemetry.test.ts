import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadEvidence } from '../../src/telemetry/index.ts'
import { checkout } from '../prepare.mjs'
import { telemetry } from './telemetry.ts'

const page = await telemetry.generate()

test('every class of evidence, every setting and every sign stands on the page', () => {
  const { classes, settings, signs } = loadEvidence(join(checkout, 'analytics'))
  for (const { id, question } of classes) {
    expect(page).toContain(`### \`${id}\``)
    expect(page).toContain(question)
  }
  for (const { id, channel } of settings.values())
    expect(page).toContain(`| \`${id}\` | ${settings.get(id)?.provider} | ${channel} |`)
  for (const { title, provider } of signs) expect(page).toContain(`| ${title} | ${provider} |`)
})

test('a field is said to come from the names that the common mapping takes for it, and not from their neighbours', () => {
  const names = (field: string) =>
    page.split('\n').find(line => line.startsWith(`| \`${field}\` | `) && line.split('|').length === 4)
  expect(names('dll_path')).toBe('| `dll_path` | `ImageLoaded` |')
  expect(names('file_path')).toBe('| `file_path` | `TargetFilename` |')
  expect(names('script_text')).toBe('| `script_text` | `ScriptBlockText` |')
})
