import { BlobReader, BlobWriter, configure, ZipWriter } from '@zip.js/zip.js'

/** What a sandbox is to look at: a file, or the address of one. */
export type Sample = {
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** Octets. */
  readonly size: number
  /** What it was called where it was found; never used as a path. */
  readonly found_as: string
  /** By its first octets: `application/x-msdownload` … ; `application/octet-stream` where nobody knows. */
  readonly media_type: string
}

export type Bundle = {
  readonly reference: string
  readonly because: string
  readonly made_at: Date
  /** Findings it belongs to. */
  readonly findings: readonly string[]
  readonly samples: readonly Sample[]
  readonly urls: readonly string[]
}

/** The habit of those who exchange malware: it keeps scanners and thumbs off, and hides nothing. */
export const password = 'infected'

/** A ZIP with one entry, `<sha256>.bin`, encrypted by AES-256 (WinZip AE-2). */
export async function sealed(bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<Uint8Array> {
  configure({ useWebWorkers: false })
  const writer = new ZipWriter(new BlobWriter('application/zip'), {
    password,
    encryptionStrength: 3,
    lastModDate: new Date(0),
  })
  await writer.add(`${sha256}.bin`, new BlobReader(new Blob([bytes])))
  return new Uint8Array(await (await writer.close()).arrayBuffer())
}

const magics: readonly (readonly [string, string])[] = [
  ['4d5a', 'application/x-msdownload'],
  ['7f454c46', 'application/x-elf'],
  ['504b0304', 'application/zip'],
  ['25504446', 'application/pdf'],
  ['d0cf11e0a1b11ae1', 'application/x-ole-storage'],
  ['2321', 'text/x-script'],
  ['4c00000001140200', 'application/x-ms-shortcut'],
  ['1f8b', 'application/gzip'],
]

export function mediaTypeOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('hex')
  return magics.find(([magic]) => start.startsWith(magic))?.[1] ?? 'application/octet-stream'
}

export function manifestOf({ made_at, samples, ...bundle }: Bundle): string {
  const files = samples.map(one => ({
    ...one,
    file: `samples/${one.sha256}.zip`,
    inside: `${one.sha256}.bin`,
    password,
  }))
  return `${JSON.stringify({ ...bundle, made_at: made_at.toISOString(), samples: files }, null, 2)}\n`
}

/**
 * A script that hands the samples to CAPEv2 over its REST interface (apiv2, `tasks/create/file` and `tasks/create/url`). Counterseal runs it
 * never. The address and the token come from the environment of whoever does; the throttle of CAPE is five a minute.
 */
export function submissionOf({ reference, samples, urls }: Bundle): string {
  const file = ({ sha256 }: Sample) =>
    `submit file -F ${quoted(`file=@samples/${sha256}.zip`)} -F ${quoted(`tags=${reference}`)}`
  const url = (text: string) => `submit url --form-string ${quoted(`url=${text}`)} -F ${quoted(`tags=${reference}`)}`
  return [
    '#!/bin/sh',
    `# Hands the samples of ${reference} to CAPEv2: CAPE_URL=https://cape.example CAPE_TOKEN=... sh submit.sh`,
    '# The samples are malware until somebody shows otherwise: never open them outside a sandbox.',
    'set -eu',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
    ': "${CAPE_URL:?}" "${CAPE_TOKEN:?}"',
    'cd "$(dirname "$0")"',
    'submit() {',
    '  kind=$1; shift',
    '  printf \'header = "Authorization: Token %s"\\n\' "$CAPE_TOKEN" | curl -sS --fail-with-body --config - "$@" "$CAPE_URL/apiv2/tasks/create/$kind/"',
    '  echo; sleep 13',
    '}',
    ...samples.map(file),
    ...urls.map(url),
    '',
  ].join('\n')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
