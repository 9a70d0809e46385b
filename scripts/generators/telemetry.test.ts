import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadEvidence } from '../../src/telemetry/index.ts'
import { checkout } from '../prepare.mjs'
import { shippedSources } from './shipped.ts'
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

const rowOf = (setting: string, of: string) =>
  page
    .slice(page.indexOf(`### \`${of}\``))
    .split('\n')
    .find(line => line.startsWith(`| \`${setting}\` | `)) ?? ''

test('a field is said to come from the name that this provider has for it, and not from those of others', () => {
  const sysmon = rowOf('sysmon_registry', 'certificate_store')
  expect(sysmon).toContain('`TargetObject` → `registry_path` `registry_key` `registry_value`')
  expect(sysmon).toContain('`Details` → `registry_data`<br>')
  const security = rowOf('security_registry', 'certificate_store')
  expect(security).toContain('`ObjectName` → `registry_key`')
  expect(security).toContain('`ObjectValueName` → `registry_value`')
  expect(security).toContain('`OldValue` → `registry_data_before`')
  expect(security).not.toContain('TargetObject')
  expect(rowOf('sysmon_modules', 'module_load')).toContain('`ImageLoaded` → `dll_path`<br>')
})

test('a product tells by its own names', () => {
  expect(rowOf('defender_registry', 'certificate_store')).toContain('`RegistryKey` → `registry_key`')
  expect(rowOf('defender_modules', 'module_load')).toContain('`FolderPath` → `dll_path`<br>')
  expect(rowOf('defender_modules', 'module_load')).toContain('says only yes')
  const library = rowOf('elastic_modules', 'module_load')
  expect(library).toContain('`dll.path` → `dll_path`<br>')
  expect(library).toContain('`dll.code_signature.subject_name` → `code_signature_subject`<br>')
})

test('every source whose rows are picked is one that ships, and stands on the page', () => {
  const { picked } = loadEvidence(join(checkout, 'analytics'))
  const sources = new Set(shippedSources().map(({ id }) => id))
  expect(picked.map(({ id }) => id).filter(id => !sources.has(id))).toEqual([])
  for (const { id, because } of picked) {
    expect(page).toContain(`| [${id}](sources.md#${id}) | `)
    expect(page).toContain(because)
  }
})
