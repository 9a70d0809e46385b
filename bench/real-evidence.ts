import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Subject } from './subject.ts'

/** Real logs of the corpus (MANIFEST.tsv says where they come from), repeated until they are large enough. */
const zeek = join('network', 'zeek', 'zed-sample-data')
const suricata = join('network', 'zeek', 'tenzir-vast-zeek-suricata.tar.gz')

export async function realSubjects(corpus: string, directory: string, megabytes: number): Promise<readonly Subject[]> {
  mkdirSync(directory, { recursive: true })
  const bytes = megabytes * 1e6
  const repeated = (name: string, read: () => Buffer, size: number) => {
    const path = join(directory, `${name}-${size}`)
    if (!existsSync(path)) writeRepeated(path, read(), size)
    return path
  }
  const gz = (file: string) => () => gunzipSync(readFileSync(join(corpus, file)))
  const logs = ['ssl', 'dns'] as const
  const half = Math.ceil(bytes / logs.length)
  return [
    {
      name: 'Zeek JSON',
      producer: 'zeek',
      format: 'json-lines',
      files: logs.map(log => repeated(`real-${log}.json`, gz(join(zeek, 'zeek-json', `${log}.json.gz`)), half)),
    },
    {
      name: 'Suricata EVE',
      producer: 'suricata',
      format: 'json-lines',
      files: [repeated('real-eve.json', () => fromTar(join(corpus, suricata), '*/suricata/eve.json'), bytes)],
    },
    {
      name: 'Zeek TSV',
      producer: 'zeek',
      format: 'zeek-tsv',
      files: logs.map(log => repeated(`real-${log}.log`, gz(join(zeek, 'zeek-default', `${log}.log.gz`)), half)),
    },
  ]
}

/** The header once, the lines below it again and again. */
function writeRepeated(path: string, content: Buffer, bytes: number): void {
  const lines = content
    .toString('latin1')
    .split('\n')
    .filter(line => line !== '')
  const header = lines.slice(
    0,
    lines.findIndex(line => !line.startsWith('#')),
  )
  const body = Buffer.from(`${lines.filter(line => !line.startsWith('#')).join('\n')}\n`, 'latin1')
  const pieces = [Buffer.from(header.map(line => `${line}\n`).join(''), 'latin1')]
  for (let size = 0; size < bytes; size += body.length) pieces.push(body)
  writeFileSync(`${path}.partial`, Buffer.concat(pieces))
  renameSync(`${path}.partial`, path)
}

function fromTar(archive: string, member: string): Buffer {
  const { status, stdout, stderr } = spawnSync('tar', ['-xzOf', archive, '--wildcards', member], { maxBuffer: 1 << 30 })
  if (status !== 0) throw new Error(`tar could not read ${member} of ${archive}: ${stderr}`)
  return stdout
}
