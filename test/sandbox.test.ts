import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { counterseal } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const script = join(directory, "odd' name.sh")
const content = `#!/bin/sh\necho ${'x'.repeat(5000)}\n`
writeFileSync(script, content)
const sha256 = createHash('sha256').update(content).digest('hex')
const url = "http://evil.example/it's?a=1&b=$(id)"

function pack(reference: string, ...more: readonly string[]) {
  return counterseal([
    'sandbox',
    script,
    '--reference',
    reference,
    '--because',
    'from ws-1',
    '--out',
    directory,
    '--json',
    ...more,
  ])
}

describe('a bundle for a sandbox', () => {
  it('has each file once, encrypted, under its hash, and says where it was found', () => {
    const ran = pack('CASE-1', script, '--url', url, '--finding', 'ab'.repeat(16))
    expect(ran.status, ran.stderr).toBe(0)
    const bundle = join(directory, 'case-CASE-1')
    expect(readdirSync(join(bundle, 'samples'))).toEqual([`${sha256}.zip`])
    expect(JSON.parse(readFileSync(join(bundle, 'manifest.json'), 'utf8'))).toMatchObject({
      samples: [
        {
          sha256,
          size: content.length,
          found_as: "odd' name.sh",
          media_type: 'text/x-script',
          file: `samples/${sha256}.zip`,
        },
      ],
      findings: ['ab'.repeat(16)],
    })
    expect(readFileSync(join(bundle, 'samples', `${sha256}.zip`)).includes('echo xxx')).toBe(false)
  })

  it('is opened by 7-Zip with the password, and not with another', context => {
    const zip = join(directory, 'case-CASE-1', 'samples', `${sha256}.zip`)
    const open = (password: string) => spawnSync('7zz', ['e', '-so', `-p${password}`, zip], { encoding: 'utf8' })
    const ran = open('infected')
    if (ran.error !== undefined) context.skip('7zz is not installed')
    expect(ran.stdout).toBe(content)
    expect(open('wrong').stdout).not.toBe(content)
  })

  it('is handed to a server of CAPEv2 by its script, whatever stands in names and addresses', async context => {
    const asked: { readonly path: string; readonly token: string; readonly body: string }[] = []
    const server = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', piece => pieces.push(piece))
      request.on('end', () => {
        asked.push({
          path: request.url ?? '',
          token: request.headers.authorization ?? '',
          body: Buffer.concat(pieces).toString('latin1'),
        })
        response.end('{"error":false}')
      })
    })
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done)
    })
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const file = join(directory, 'case-CASE-1', 'submit.sh')
    // Without the pause that spares the server.
    writeFileSync(join(directory, 'case-CASE-1', 'quick.sh'), readFileSync(file, 'utf8').replace('sleep 13', ':'))
    const { spawn } = await import('node:child_process')
    const child = spawn('sh', [join(directory, 'case-CASE-1', 'quick.sh')], {
      env: { ...process.env, CAPE_URL: `http://127.0.0.1:${port}`, CAPE_TOKEN: 'secret' },
    })
    const code = await new Promise(done => child.on('close', done))
    server.close()
    if (code === 127 || asked.length === 0) context.skip('curl is not installed')
    expect(code).toBe(0)
    expect(asked.map(({ path, token }) => [path, token])).toEqual([
      ['/apiv2/tasks/create/file/', 'Token secret'],
      ['/apiv2/tasks/create/url/', 'Token secret'],
    ])
    expect(asked[0]?.body).toContain(`filename="${sha256}.zip"`)
    expect(asked[1]?.body).toContain(new URL(url).href)
  })

  it('is not written over one that is there, and takes no reference that is a path', () => {
    expect(pack('CASE-1').stderr).toContain('is there already')
    expect(pack('../x').status).toBe(2)
    expect(pack('CASE-2', '--url', 'file:///etc/passwd').status).toBe(2)
  })
})
