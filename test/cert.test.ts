import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { counterseal, engineInstalled, noEngine, root } from './run-cli.ts'

const suite = () => {
  let directory: string
  let data: string
  const cert = (...args: readonly string[]) => counterseal(['cert', ...args, '--data', data])

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-cert-'))
    data = join(directory, 'data')
    // The sensors first, as it happens: what they saw is found under the certificate when its bytes arrive.
    for (const path of ['examples/zeek', 'examples/suricata', 'examples/certificates'])
      expect(counterseal(['ingest', path, '--data', data]).status, path).toBe(0)
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('search finds, counts, pages, and says where the next page begins', () => {
    const all = cert('search', '--all', '--json').records
    expect(all).toHaveLength(9)
    expect(cert('search', 'san:*.example', 'key:ec', '--json').records).toMatchObject([
      { type: 'certificate', subject: 'CN=www.portside-news.example', has_der: true },
    ])
    const seen: unknown[] = []
    for (let after: string[] = [], page = 0; page < 9; page += 1) {
      const records = cert('search', '--limit', '4', '--json', ...after).records
      seen.push(...records.filter(({ type }) => type === 'certificate').map(one => one.certificate_id))
      const next = records.find(({ type }) => type === 'page')
      if (next === undefined) break
      after = ['--after', String(next.next)]
    }
    expect(seen).toEqual(all.map(one => one.certificate_id))
    expect(cert('search', '--limit', '2').stdout).toContain('There are more: --after ')
    const [count, facet] = cert('search', '--facets', 'key', '--json').records
    expect(count).toEqual({ type: 'count', certificates: 9, issuances: 9 })
    expect(facet).toMatchObject({
      type: 'facet',
      name: 'key',
      distinct: 2,
      values: [{ value: 'rsa-2048', issuances: 8, search: 'key:rsa-2048' }, {}],
    })
  })

  it('a search that cannot be understood ends with 2, the column and what is allowed', () => {
    const { status, stderr } = cert('search', 'san:a.example nonsense:1')
    expect(status).toBe(2)
    expect(stderr).toContain('not understood at column 15: there is no field nonsense')
    expect(stderr).toContain('Fields are sha256')
    expect(cert('search', '--facets', 'nonsense').status).toBe(2)
    expect(cert('search', '--after', 'nonsense').status).toBe(2)
  })

  it('show tells what the bytes say, and what sensors saw under another name before', () => {
    const [found] = cert('search', 'san:www.portside-news.example', '--json').records
    const sha256 = String(found?.sha256)
    const { stdout, status } = cert('show', (sha256.slice(0, 16).toUpperCase().match(/../g) ?? []).join(':'))
    expect(status).toBe(0)
    for (const part of [
      'CN=www.portside-news.example',
      sha256,
      'known before as',
      'ec, P-256, 256 bits',
      'subjectKeyIdentifier',
      '198.51.100.132',
      'suricata-tls',
    ])
      expect(stdout).toContain(part)
    const [record] = cert('show', sha256, '--json').records
    expect(record).toMatchObject({ type: 'certificate', stored: true, has_der: true, places: 4, decoded: { sha256 } })
  })

  it('show takes a file, standard input and a serial number, and --pem gives the same bytes back', async () => {
    const path = join(root, 'examples/certificates/nas.norrfell.example.pem')
    const pem = await readFile(path, 'utf8')
    const printed = cert('show', path, '--pem').stdout
    expect(printed.trim().split('\n').at(-2)).toBe(pem.trim().split('\n').at(-2))
    const input = counterseal(['cert', 'show', '-', '--json', '--data', join(directory, 'empty')], { input: printed })
    expect(input.records).toMatchObject([
      { stored: false, decoded: { subject: expect.stringContaining('nas.norrfell.example') } },
    ])
    expect(cert('show', path, '--json').records).toMatchObject([{ stored: true }])
    expect(cert('show', '1f:4c:22', '--issuer', 'nas.norrfell.example', '--json').records).toMatchObject([
      { serial: '1F4C22' },
    ])
  })

  it('what is not there, not one, or not readable is refused in a sentence', async () => {
    const noise = join(directory, 'noise.der')
    await writeFile(noise, 'no certificate')
    const cases = [
      [['show', 'ffffffffff'], 2, 'No certificate is stored'],
      [['show', 'abc'], 3, 'no fingerprint'],
      [['show', './no-such-file'], 3, 'no fingerprint, and as a file it cannot be read'],
      [['show', 'ff', '--issuer', 'Nobody'], 2, 'No certificate with the serial number ff'],
    ] as const
    for (const [args, status, text] of cases) {
      const result = cert(...args)
      expect(result.status, args.join(' ')).toBe(status)
      expect(result.stderr).toContain(text)
      expect(result.stderr).not.toMatch(/\n\s+at /)
    }
    const unreadable = cert('show', noise)
    expect(unreadable.status).toBe(3)
    expect(unreadable.stdout).toContain('its bytes cannot be read')
  })
}

if (engineInstalled) describe('certificates on the command line', suite)
else describe('certificates on the command line', () => it('are found', context => context.skip(noEngine)))
