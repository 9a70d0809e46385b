import { join } from 'node:path'
import type { ChecklistItem } from '../../src/checklist/index.ts'
import { loadChecklist } from '../../src/checklist/index.ts'
import { checkout } from '../prepare.mjs'
import { cell, code, type Generator, generatedNote } from './generator.ts'

/** Hardening and incident response for AN1246, and what evidence can say of each item. */
export const checklist: Generator = {
  path: 'docs/checklist.md',
  generate: async () => {
    const sections = sectionsOf('an1246')
    return `# Checklist: Windows trust

${generatedNote}

What to have in order before somebody bends what Windows trusts, and what to do when somebody did. \`counterseal checklist
an1246 --data DIR --host NAME\` fills it in; \`--json\` and \`--markdown\` give it to others. The list is data:
\`analytics/an1246/checklist.yaml\`.

- **done** stands on records, or on what [coverage](telemetry.md) says. A key that was seen to be watched is watched for what was
  seen: a SACL may still leave out another right, or another subkey.
- **not done** stands on records or on findings of the last hunt that was kept.
- **unknown** says why, and what would tell. Nothing is done because nothing speaks against it. What only a person can say
  stays unknown here.

A registry value is told by whoever told it last, a hive or an event (Sysmon 13, Security 4657). Text of a \`.reg\` file says what
would be done, and counts for nothing. What a whole hive does not have is absent; a hive belongs to a host when the SYSTEM
hive lies beside it ([registry.md](registry.md)). Values in Group Policy that were set on another way than by the registry, MDM
among them, are not seen.
${sections.join('')}`
  },
}

/** The review of a PKI, for T1596.003. */
export const pkiChecklist: Generator = {
  path: 'docs/pki-checklist.md',
  generate: async () => `# Checklist: the PKI, and the care for certificates

${generatedNote}

What to look at when somebody searched certificates: the second line of containment of the runbook. \`counterseal checklist t1596-003 --data DIR\` fills
it in for every host that shows by its events that it is a CA or a responder, or that a finding of the last hunt names. **done**, **not done** and
**unknown** mean what they do in [checklist.md](checklist.md). The list is data: \`analytics/t1596-003/checklist.yaml\`.
${sectionsOf('t1596-003').join('')}`,
}

function sectionsOf(analytic: string): readonly string[] {
  const { groups, items } = loadChecklist(join(checkout, 'analytics', analytic))
  return Object.entries(groups).map(([id, { title }]) => {
    const rows = items.filter(({ group }) => group === id).map(rowOf)
    return `\n## ${title}\n\n| item | why | how | evidence says it is done when | what would tell |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
  })
}

function rowOf({ title, why, how, tells, source, verified, check }: ChecklistItem): string {
  const from = `${source}${verified ? '' : ' (not verified)'}`
  return `| **${cell(title)}** (${cell(from)}) | ${cell(why)} | ${cell(how)} | ${doneWhen(check)} | ${cell(tells)} |`
}

function doneWhen(check: ChecklistItem['check']): string {
  switch (check.kind) {
    case 'registry_events':
      return `there are ${check.by} registry events of ${check.places.map(code).join(', ')}${check.views.includes('x86') ? ', in both views' : ''}`
    case 'settings':
      return `coverage says that ${check.settings.map(code).join(' and ')} ${check.settings.length === 1 ? 'is' : 'are'} on`
    case 'events':
      return `there is an event ${check.event_ids.join(' or ')} of ${code(check.channel)}${check.hashes === '%' ? '' : ` with hashes like ${code(check.hashes)}`}`
    case 'values':
      return check.needs.map(needOf).join('; ')
    case 'hive':
      return `whole hives were read: ${check.hives.join(', ')}`
    case 'observed':
      return `never; not done when a finding has ${check.detections.map(code).join(', ')}`
    case 'certificates':
      return 'the evidence has every certificate that findings name; not done while one has to be fetched'
    case 'person':
      return `never: ${cell(check.because)}`
  }
}

type Need = Extract<ChecklistItem['check'], { kind: 'values' }>['needs'][number]

function needOf({ place, views, equals, not, any_bits, at_least, absent }: Need): string {
  const wanted = [
    ...(equals === undefined ? [] : [`is ${equals.join(' or ')}`]),
    ...(not === undefined ? [] : [`is not ${not.join(' or ')}`]),
    ...(any_bits === undefined ? [] : [`has one of the bits of ${any_bits}`]),
    ...(at_least === undefined ? [] : [`is at least ${at_least}`]),
  ]
  const where = views.includes('x86') ? ' in both views' : ''
  return `${code(place)} ${wanted.join(' and ')}${where}; absent from a whole hive: ${absent.replace('_', ' ')}`
}
