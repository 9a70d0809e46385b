import type { Told } from './hunt-set.ts'

/**
 * Why a finding in benign traffic is there, by whoever looked at its records. A finding that asks for somebody and has none ends the bench.
 */
const readings: readonly {
  readonly set: string
  readonly detection_id: string
  readonly about: RegExp
  readonly why: string
}[] = [
  ...[
    'certificate-verification/client-failing',
    'certificate-verification/many-untrusted-servers',
    'tls-handshake/certificate-grab',
    'tls-handshake/one-client-many-destinations',
    'tls-handshake/versions-and-ciphers-tried',
  ].map(detection_id => ({
    set: 'WRCCDC',
    detection_id,
    about: /10\.164\.94\.120/,
    why: 'True: a scanner of the competition. In 16 minutes it made 11,594 handshakes with 28 servers at 57 ports, in four versions, of which 1,965 came to their end; beside them weird.log has 154 unknown methods of HTTP and 108 broken requests of it.',
  })),
  {
    set: 'WRCCDC',
    detection_id: 'tls-handshake/versions-and-ciphers-tried',
    about: /10\.128\.0\.241/,
    why: 'True: a scanner of the competition. In three and a half minutes it made 25,880 handshakes at 15 ports of one server, SSL 2 and SSL 3 among them, of which 105 came to their end; 11,698 broken requests of HTTP beside them.',
  },
]

export function readingOf(set: string, { detection_id, summary }: Told): string | undefined {
  return readings.find(one => one.set === set && one.detection_id === detection_id && one.about.test(summary))?.why
}
