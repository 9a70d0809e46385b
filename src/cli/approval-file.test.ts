import { expect, it } from 'vitest'
import { approvalOf, approvalsOfText } from './approval-file.ts'

const sha1 = '1f3d38f280635f275be92b87cf83e40e40458400'
const header = 'ticket,requester,approver,hosts,from,until,certificate_sha1,registry_path,writers,exercise'
const row = `CHG-1,e.berg,m.roth,ws-1|ws-2*,2026-03-02,2026-03-02T12:00:00Z,${sha1.toUpperCase()},,C:\\a.exe,true`
const read = (text: string) => approvalsOfText(Buffer.from(text), 'list')

it('a row of CSV is an approval of the fields it names, by default for 90 days after its window', () => {
  const { approvals, refused } = read(`${header}\r\n${row}\r\n`)
  expect(refused).toEqual([])
  expect(approvals).toEqual([
    {
      approval_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'change',
      ticket: 'CHG-1',
      requester: 'e.berg',
      approver: 'm.roth',
      because: '',
      rollback: '',
      hosts: ['ws-1', 'ws-2*'],
      from: '2026-03-02T00:00:00.000000Z',
      until: '2026-03-02T12:00:00.000000Z',
      expires: '2026-05-31T12:00:00.000000Z',
      object: { certificate_sha1: [sha1] },
      writers: ['C:\\a.exe'],
      exercise: true,
    },
  ])
})

it('the same row has the same id, in CSV and in both forms of JSON', () => {
  const whole = {
    ticket: 'CHG-1',
    requester: 'e.berg',
    approver: 'm.roth',
    hosts: ['ws-1', 'ws-2*'],
    from: '2026-03-02',
  }
  const json = { ...whole, until: '2026-03-02T12:00:00Z', object: { certificate_sha1: [sha1] } }
  const same = { ...json, writers: ['C:\\a.exe'], exercise: true }
  const [one] = read(`${header}\n${row}`).approvals
  expect(read(JSON.stringify([same])).approvals).toEqual([one])
  expect(read(`${JSON.stringify(same)}\n\n${JSON.stringify(json)}\n`).approvals[0]).toEqual(one)
  expect(read(JSON.stringify(json)).approvals[0]?.approval_id).not.toBe(one?.approval_id)
})

it('a bad row is told and costs only itself', () => {
  const text = `${header}\n${row}\n${row.replace('m.roth', 'E.Berg')}\n${row},too many\n${row.replace('CHG-1', 'CHG-2')}\n`
  const { approvals, refused } = read(text)
  expect(approvals.map(({ ticket }) => ticket)).toEqual(['CHG-1', 'CHG-2'])
  expect(refused.map(({ where }) => where)).toEqual(['list row 2', 'list row 3'])
  expect(refused[0]?.why).toContain('nobody approves what they asked for')
})

const good = { ticket: 'C', requester: 'a', approver: 'b', hosts: ['h'], from: '2026-03-02', until: '2026-03-03' }
it.each([
  ['a hash of another length', { certificate_sha1: 'abcd' }, 'certificate_sha1'],
  ['a hash that is none', { certificate_sha256: `${'g'.repeat(64)}` }, 'certificate_sha256'],
  ['no object', {}, 'names an object'],
  ['a field nobody has', { thumb_print: 'x' }, 'thumb_print'],
  ['a field of the language', { object: JSON.parse('{"__proto__":["x"]}') }, '__proto__'],
  ['a time that is none', { registry_path: 'p', until: 'tomorrow' }, 'until'],
  ['an end before its beginning', { registry_path: 'p', until: '2026-03-01' }, 'in this order'],
  ['too many hosts', { registry_path: 'p', hosts: Array.from({ length: 1001 }, () => 'h') }, 'hosts'],
])('refuses an approval with %s', (_, more, why) => {
  expect(approvalOf({ ...good, ...more })).toContain(why)
})

it.each(['', '\u0000', '[', '[1]', '{', 'a', 'a,b\n', '\ufeff', '[[]]', 'null'])('reads no approval from %j', text => {
  expect(read(text).approvals).toEqual([])
})
