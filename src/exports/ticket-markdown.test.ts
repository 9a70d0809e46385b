import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Finding } from '../model/index.ts'
import { ticketExports } from './list.ts'
import { markdownTable, prose, quoted } from './markdown-text.ts'
import type { Ticket } from './ticket-export.ts'
import { ticketMarkdown } from './ticket-markdown.ts'

const uid = 'ea85335120940bd65155ad34c8e4f7ba'
const thumbprint = '1f3d38f280635f275be92b87cf83e40e40458400'

function ticketOf(hostile: string): Ticket {
  const finding: Finding = {
    finding_id: '0123456789abcdef0123456789abcdef',
    analytic: 'AN1246',
    detection_id: 'an1246/correlation',
    detection_version: 1,
    title: 'A1 a trust slot differs',
    summary: hostile,
    verdict: 'alert',
    score: 75,
    contributions: [
      { signal: 'decision_slot', points: 60, because: 'The slot decides.' },
      { signal: 'machine_root', points: 15, because: 'It holds for all.' },
    ],
    entities: [
      { kind: 'host_name', value: `${hostile} ` },
      { kind: 'certificate_sha1', value: thumbprint },
    ],
    techniques: [{ id: 'T1553.003', name: 'SIP and Trust Provider Hijacking' }],
    first_seen: '2026-03-02T09:00:00.000000Z',
    last_seen: '2026-03-02T09:00:01.000000Z',
    event_count: 22,
    evidence: [{ event_uid: uid, file: hostile, record_number: 7 }],
    blind: [{ what: 'module loads', why: hostile, remedy: hostile }],
    would_change: ['Lower: change control names it.'],
    correlation: {
      classes: [
        { class: 'trust_provider', title: 'trust providers', state: 'observed', why: '', remedy: '' },
        { class: 'module_load', title: 'module loads', state: 'not_evaluable', why: hostile, remedy: hostile },
      ],
      observations: [
        {
          detection_id: 'windows-trust/trust-provider-registered',
          class: 'trust_provider',
          summary: hostile,
          points: 60,
          first_seen: '2026-03-02T09:00:00.000000Z',
          last_seen: '2026-03-02T09:00:00.000000Z',
          event_uid: uid,
        },
      ],
      observation_count: 2,
      joins: [{ kind: 'file', value: hostile, strength: 1, because: 'the same file by its path', observations: [0] }],
      standalone: [{ rule: 'A1', title: 'a trust slot differs', because: 'Nobody asks Windows.' }],
      approvals: [
        {
          approval_id: '6c1de5b8-7d39-4f0e-9c55-0a2f1e0b7a11',
          kind: 'change',
          ticket: hostile,
          approver: hostile,
          because: hostile,
          match: 'partial',
          differs: [{ what: 'certificate_sha256', approved: hostile, actual: hostile }],
          observations: [0],
        },
      ],
      without_approval: { verdict: 'incident', score: 90 },
      exercises: [hostile],
    },
    intel_snapshot: '0123456789abcdef',
  }
  return {
    finding,
    leads: [
      { fingerprint: thumbprint, kind: 'pivot', step: `counterseal pivot ${thumbprint} --data DIR` },
      { fingerprint: thumbprint, kind: 'collect', step: `fetch the Blob for ${thumbprint}` },
    ],
  }
}

const written = (ticket: Ticket) => [...ticketMarkdown.write(ticket)].join('')

/** Code spans as CommonMark §6.1 reads them, by another road than the one that wrote them: one line, left to right. */
function spansOf(line: string): { readonly spans: readonly string[]; readonly rest: string } {
  const spans: string[] = []
  let rest = ''
  let at = 0
  while (at < line.length) {
    if (line[at] === '\\' && at + 1 < line.length) {
      at += 2
      continue
    }
    if (line[at] !== '`') {
      rest += line[at]
      at += 1
      continue
    }
    let fence = 0
    while (line[at + fence] === '`') fence += 1
    let end = at + fence
    let found = -1
    while (end < line.length) {
      let run = 0
      while (line[end + run] === '`') run += 1
      if (run === fence) {
        found = end
        break
      }
      end += Math.max(1, run)
    }
    if (found === -1) {
      rest += line.slice(at, at + fence)
      at += fence
      continue
    }
    const inner = line.slice(at + fence, found)
    const trimmed = inner.startsWith(' ') && inner.endsWith(' ') && inner.trim() !== '' ? inner.slice(1, -1) : inner
    spans.push(trimmed)
    at = found + fence
  }
  return { spans, rest }
}

test('the list has every format of a ticket in the folder', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter(file => /^ticket-(?!export)\w+\.ts$/.test(file))
  expect(ticketExports.map(({ name }) => `ticket-${name}.ts`).sort()).toEqual(files.sort())
})

test('a ticket has the verdict with its arithmetic, the classes, the records, the joins and the next steps', () => {
  const text = written(ticketOf('C:\\evil.exe'))
  expect(text).toMatch(/^# ALERT: A1 a trust slot differs\n/)
  expect(text).toContain('**alert**, score 75 = 60 + 15\n')
  expect(text).toContain('- **module loads**: NOT EVALUABLE, `C:\\evil.exe`\n  - To see it: `C:\\evil.exe`\n')
  expect(text).toContain(`  - evidence \`${uid}\`, \`C:\\evil.exe\` record 7\n`)
  expect(text).toContain('- the same file by its path, strength 1: `C:\\evil.exe` in (1)\n')
  expect(text).toContain(`\`counterseal pivot ${thumbprint} --data DIR\``)
  expect(text).toContain(`fetch the Blob for ${thumbprint}\n`)
  const fits = 'approved by `C:\\evil.exe`: **DOES NOT FIT: approved nearly this**, (1)\n'
  expect(text).toContain(`- change \`C:\\evil.exe\`, ${fits}`)
  expect(text).toContain('- without approval it would have been **incident**, score 90\n')
  expect(text).toContain('- and 1 more observations')
  expect(text).toContain('- 21 more records are not listed')
  expect(text).toContain('- Lower: change control names it.\n')
})

test('whatever evidence says stays in its code spans, on its line, and outside of tables', () => {
  const pieces = [
    '`',
    '``',
    '```',
    '|',
    '||',
    '\\',
    '\\`',
    '[x](http://evil.example)',
    '<img src=x onerror=y>',
    '\n# EVIL\n',
  ]
  pieces.push(
    '\r\n| - | - |\r\n',
    '![',
    '](',
    '<!--',
    '&#10;',
    '@admin',
    '#1',
    'https://evil.example',
    '***',
    '~~~',
    '\u2028',
    ' ',
    'x',
  )
  pieces.push('\u202e', '\u0000', '\ud800', '\t- ', '$$', '$`', 'EVIL')
  const plain = written(ticketOf('plain'))
    .split('\n')
    .map(line => spansOf(line).rest)
  let seed = 1246
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % below
  }
  for (let round = 0; round < 3_000; round += 1) {
    const hostile = Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)]).join('')
    const lines = written(ticketOf(hostile)).split('\n')
    expect(
      lines.map(line => spansOf(line).rest),
      JSON.stringify(hostile),
    ).toEqual(plain)
    const shown = lines.flatMap(line => spansOf(line).spans)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    for (const span of shown) expect(span).not.toMatch(/[\u0000-\u001f\u2028\u202e\ud800]/)
    for (const line of lines) if (line.startsWith('|')) expect(line).not.toContain('EVIL')
  }
})

test('text comes back from its code span as it was', () => {
  for (const text of ['a`b', '`', '``', ' `', ' a ', '   ', 'a``', 'C:\\x\\', '|', '\\'])
    expect(spansOf(quoted(text)).spans, JSON.stringify(text)).toEqual([text])
  expect(quoted('')).toBe('(empty)')
  expect(quoted('a\nb')).toBe('`a\\u000ab`')
})

test('text that is too long for a ticket is cut, and says so', () => {
  expect(quoted('x'.repeat(5_000))).toBe(`\`${'x'.repeat(2_000)}… (cut; 5000 characters)\``)
})

test('our own sentences are no markup either', () => {
  expect(prose('a_b *c* [d](e) <f> | `g`')).toBe('a\\_b \\*c\\* \\[d\\](e) \\<f\\> \\| \\`g\\`')
  expect(markdownTable(['a'], [['b']])).toBe('| a |\n| --- |\n| b |\n')
})
