import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CliResult } from './run-cli.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-contain-'))
const data = join(directory, 'data')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function contain(...args: readonly string[]): CliResult {
  return counterseal(['contain', ...args, '--reference', 'CASE-17', '--because', 'beacon', '--data', data, '--json'])
}

function ofType({ records }: CliResult, type: string): readonly Record<string, unknown>[] {
  return records.filter(record => record.type === type)
}

function suite() {
  beforeAll(() => {
    expect(counterseal(['hunt', 'examples', '--data', data]).status).toBe(0)
  })

  it('tells what a block would have stopped in the last week of own traffic, by kind of log', () => {
    const ran = contain('crt[.]sh', '198.51.100.0/24', 'nobody.example')
    expect(ran.status, ran.stderr).toBe(0)
    const trial = ofType(ran, 'block_trial')
    expect(trial.map(({ target, kind }) => [target, kind])).toEqual([
      ['198.51.100.0/24', 'dns_query'],
      ['198.51.100.0/24', 'http_request'],
      ['198.51.100.0/24', 'network_flow'],
      ['198.51.100.0/24', 'tls_session'],
      ['crt.sh', 'dns_query'],
      ['crt.sh', 'http_request'],
      ['crt.sh', 'tls_session'],
    ])
    for (const { events, hosts } of trial) expect(Number(events)).toBeGreaterThanOrEqual(Number(hosts))
    // The same, counted by hand.
    const asked = counterseal(['events', '--kind', 'dns_query', '--limit', '100000', '--data', data, '--json'])
    const names = asked.records.map(({ dns_question_name }) => String(dns_question_name))
    const dns = trial.find(({ target, kind }) => target === 'crt.sh' && kind === 'dns_query')
    expect(dns?.events).toBe(names.filter(name => name === 'crt.sh' || name.endsWith('.crt.sh')).length)
  })

  it('a name counts with everything below it, and no other that ends alike', () => {
    expect(ofType(contain('rt.sh'), 'block_trial')).toEqual([])
  })

  it('what must not be blocked is refused, and what is none is told; the rest is written', () => {
    const out = join(directory, 'block')
    const ran = contain('evil.example', '8.8.8.8', 'not a name', '--out', out)
    expect(ran.status).toBe(3)
    expect(ofType(ran, 'block_refused')).toMatchObject([{ target: '8.8.8.8' }])
    expect(ofType(ran, 'block_unreadable')).toMatchObject([{ text: 'not a name' }])
    const files = ofType(ran, 'block_file')
    for (const { file, undo, apply } of files) {
      expect(existsSync(join(out, String(file))), String(file)).toBe(true)
      expect([undo, apply].every(text => String(text).length > 0)).toBe(true)
    }
    expect(readFileSync(join(out, 'counterseal-names.txt'), 'utf8')).toBe('evil.example\n*.evil.example\n')
    for (const { file } of files) expect(readFileSync(join(out, String(file)), 'utf8')).not.toContain('8.8.8.8')
    // Somebody may have applied it.
    const again = contain('other.example', '--out', out)
    expect([again.status, again.stderr]).toMatchObject([2, expect.stringContaining('there already')])
  })

  it('of a finding takes what acted from outside, and of the other side only what is asked for', () => {
    const database = '7853e79833358d5f9763f392d7b8703f' // 10.20.14.37 asked crt.sh's PostgreSQL at 192.0.2.73
    expect(contain('--finding', database).stderr).toContain('Nothing was named that could be blocked')
    const ran = contain('--finding', database, '--entity', 'destination_address')
    const named = [...ofType(ran, 'block_target'), ...ofType(ran, 'block_refused')].map(({ target }) => target)
    expect(named).toEqual(['192.0.2.73'])
    expect(contain('--finding', 'ab'.repeat(16)).stderr).toContain('No finding')
  })

  it('a list of targets may be in a file, and only the formats that were asked for are written', () => {
    const file = join(directory, 'iocs.txt')
    writeFileSync(file, '# of case 17\nhxxps://evil[.]example/a   # seen in mail\n\n192.0.2.7\n')
    const out = join(directory, 'chosen')
    const ran = contain('--file', file, '--format', 'rpz', '--out', out, '--days', '3')
    expect(ofType(ran, 'block_target').map(({ target }) => target)).toEqual(['192.0.2.7', 'evil.example'])
    expect(ofType(ran, 'block_file').map(({ format }) => format)).toEqual(['rpz'])
    expect(contain('evil.example', '--format', 'unheard-of').status).toBe(2)
  })
}

describe('what others block by', () => {
  if (engineInstalled) suite()
  else it('is written', context => context.skip(noEngine))
})

it('without traffic nothing is said of what would have been stopped', context => {
  if (!engineInstalled) context.skip(noEngine)
  const ran = counterseal([
    ...['contain', 'evil.example', '--reference', 'C', '--because', 'x'],
    ...['--data', join(directory, 'empty')],
  ])
  expect(ran.stdout).toContain('Nobody can say what it would have stopped')
})
