import { day } from './calendar.ts'
import type { CorpusListEntry, ListKeys } from './corpus.ts'
import type { Dn } from './distinguished-name.ts'
import * as extensions from './extensions.ts'
import type { Issued } from './issue.ts'
import { makeKey } from './keys.ts'
import { type SelfSignedRequest, selfSigned } from './makers/self-signed.ts'
import { bouncyCastle, golang, keytool, openssl, python } from './makers/tools.ts'
import type { Names } from './names.ts'
import type { Random } from './random.ts'

/** A tool of attackers, and the certificate it brings or writes (§4 of the specification). */
export type Kit = {
  readonly family: string
  /** What tells it; empty where nothing does. */
  readonly keys: readonly ListKeys[]
  /** The same bytes for everybody who runs it. */
  readonly brought: Issued | undefined
  readonly port: number
  write(random: Random, made: number, ip: string): Issued
}

type Plan = {
  readonly family: string
  readonly keys: readonly ListKeys[]
  readonly port: number
  readonly isBrought?: boolean
  request(random: Random, made: number, ip: string): Omit<SelfSignedRequest, 'key' | 'made'>
}

const forever = Date.UTC(9999, 11, 31, 23, 59, 59)

/** AsyncRAT and its kin: BouncyCastle, made two days ago, valid as long as .NET can count. */
const rat = (made: number, cn: string) => ({
  tool: bouncyCastle,
  subject: [['CN', cn]] as Dn,
  notBefore: Math.floor((made - 2 * day) / 1000) * 1000,
  notAfter: forever,
})

/** DcRat and its fork: 3935 days, 20-octet serials, one author. */
const dcRat = (random: Random, made: number, name: string) => ({
  tool: bouncyCastle,
  subject: [['CN', name]] as Dn,
  issuer: [['CN', `${name} Server`], ['OU', 'qwqdanchun'], ['O', `${name} By qwqdanchun`], ['L', 'SH'], ['C', 'CN']] as Dn, // biome-ignore format: a DN on a line
  serial: extensions.positive(random, 20),
  notBefore: Math.floor((made - 285 * day) / 1000) * 1000,
  days: 3935,
})

const emptyDn: Dn = [['C', ''], ['ST', ''], ['L', ''], ['O', ''], ['OU', ''], ['CN', '']] // biome-ignore format: a DN on a line
const keystoreDn: Dn = [['C', 'Earth'], ['ST', 'Cyberspace'], ['L', 'Somewhere'], ['O', 'cobaltstrike'], ['OU', 'AdvancedPenTesting'], ['CN', 'Major Cobalt Strike']] // biome-ignore format: a DN on a line
const poshDn: Dn = [['C', 'US'], ['ST', 'Minnesota'], ['L', 'Minnetonka'], ['O', 'Pajfds'], ['OU', 'Jethpro'], ['CN', 'P18055077']] // biome-ignore format: a DN on a line
const shadowDn: Dn = [['C', 'CN'], ['ST', 'myprovince'], ['L', 'mycity'], ['O', 'myorganization'], ['OU', 'mygroup'], ['CN', 'myServer']] // biome-ignore format: a DN on a line

const known: readonly Plan[] = [
  {
    family: 'cobalt-strike',
    port: 443,
    isBrought: true,
    keys: [{ serial: ['08bb00ee'] }],
    request: () => ({ tool: keytool, subject: emptyDn, serial: Uint8Array.of(8, 0xbb, 0, 0xee), days: 3652 }),
  },
  {
    family: 'cobalt-strike-keystore',
    port: 50050,
    keys: [{ subject_rdn: ['O=cobaltstrike'] }],
    request: () => ({ tool: keytool, subject: keystoreDn }),
  },
  {
    family: 'asyncrat',
    port: 8808,
    keys: [{ subject_rdn: ['CN=AsyncRAT Server'] }],
    request: (_random, made) => rat(made, 'AsyncRAT Server'),
  },
  {
    family: 'quasar',
    port: 4782,
    keys: [{ subject_rdn: ['CN=Quasar Server CA'] }],
    request: (_random, made) => rat(made, 'Quasar Server CA'),
  },
  {
    family: 'dcrat',
    port: 8848,
    keys: [{ issuer_rdn: ['O=DcRat By qwqdanchun'] }],
    request: (random, made) => dcRat(random, made, 'DcRat'),
  },
  {
    family: 'venomrat',
    port: 4449,
    keys: [{ issuer_rdn: ['O=VenomRAT By qwqdanchun'] }],
    request: (random, made) => dcRat(random, made, 'VenomRAT'),
  },
  {
    family: 'deimosc2',
    port: 8443,
    keys: [{ subject_dn: ['O=Acme Co'] }],
    request: () => ({ tool: golang, subject: [['O', 'Acme Co']] }),
  },
  {
    family: 'poshc2',
    port: 443,
    keys: [{ subject_rdn: ['O=Pajfds'] }],
    request: () => ({ tool: openssl, subject: poshDn, serial: Uint8Array.of(3, 0xe8), days: 3650 }),
  },
  {
    family: 'mythic',
    port: 7443,
    keys: [{ subject_rdn: ['O=Mythic'] }],
    request: () => ({ tool: golang, subject: [['O', 'Mythic']] }),
  },
  {
    family: 'covenant',
    port: 443,
    keys: [],
    request: (_random, _made, ip) => ({ tool: python, subject: [['CN', ip]], ips: [ip], days: 3650 }),
  },
  {
    family: 'sliver-operators',
    port: 31337,
    keys: [{ subject_rdn: ['CN=multiplayer'], issuer_rdn: ['CN=operators'] }],
    request: () => ({ tool: golang, subject: [['CN', 'multiplayer']], issuer: [['CN', 'operators']] }),
  },
  {
    family: 'icedid',
    port: 443,
    keys: [{ subject_dn: ['CN=localhost, C=AU, ST=Some-State, O=Internet Widgits Pty Ltd'] }],
    request: () => ({
      tool: openssl,
      subject: [['CN', 'localhost'], ['C', 'AU'], ['ST', 'Some-State'], ['O', 'Internet Widgits Pty Ltd']], // biome-ignore format: a DN on a line
    }),
  },
  {
    family: 'gophish',
    port: 3333,
    keys: [{ subject_rdn: ['O=Gophish'] }],
    request: () => ({ tool: golang, subject: [['O', 'Gophish']], days: 3650 }),
  },
  {
    family: 'shadowpad',
    port: 443,
    keys: [{ subject_rdn: ['O=myorganization', 'OU=mygroup'] }],
    request: () => ({ tool: openssl, subject: shadowDn, days: 3650 }),
  },
  {
    family: 'pupy',
    port: 9999,
    keys: [{ subject_rdn: ['OU=CONTROL'], serial: ['02'] }],
    request: random => ({
      tool: python,
      subject: [['O', random.text(10, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ')], ['OU', 'CONTROL']], // biome-ignore format: a DN on a line
      serial: Uint8Array.of(2),
    }),
  },
  {
    family: 'merlin',
    port: 443,
    keys: [],
    request: (random, made) => ({
      tool: golang,
      subject: [],
      days: 730,
      notBefore: Math.floor(made / 1000) * 1000 - random.whole(0, 359) * day,
    }),
  },
  {
    family: 'metasploit',
    port: 4444,
    keys: [],
    request: (random, made) => {
      const slug = random.text(random.whole(5, 9))
      const word = random.pick(['bypass', 'override', 'quantify', 'parse', 'hack', 'navigate', 'index'])
      const cn = `${slug}.${random.pick(['com', 'net', 'org', 'biz', 'info'])}`
      return {
        tool: openssl,
        subject: [['C', 'US'], ['ST', random.text(2, 'ACDEFGHIKLMNOPRSTUVWY')], ['O', `${slug} Group`], ['OU', word], ['CN', cn], ['emailAddress', `${word}@${cn}`]], // biome-ignore format: a DN on a line
        notBefore: Math.floor(made / 1000) * 1000 - random.whole(365, 1460) * day,
        days: 365 * random.whole(2, 9),
        serial: extensions.positive(random, 8),
      }
    },
  },
]

/** `inventedCount`: kits nobody has written about; a list may know them, memory cannot. */
export function kitsOf(random: Random, names: Names, opened: number, inventedCount: number): Kit[] {
  const unknown = Array.from({ length: inventedCount }, (_, n): Plan => {
    const name = names.word(random)
    const title = name.slice(0, 1).toUpperCase() + name.slice(1)
    const tool = random.pick([bouncyCastle, golang, openssl, python])
    const subject: Dn = random.chance(0.5) ? [['CN', `${title} Server`]] : [['O', title], ['CN', 'controller']] // biome-ignore format: a DN on a line
    const [[type, value] = ['CN', '']] = subject
    return {
      family: `unknown-kit-${n + 1}`,
      port: random.whole(1025, 49_000),
      isBrought: random.chance(0.4),
      keys: [{ subject_rdn: [`${type}=${value}`] }],
      request: () => ({ tool, subject, days: 3650 }),
    }
  })
  return [...known, ...unknown].map(({ family, keys, port, isBrought = false, request }) => {
    const write: Kit['write'] = (stream, made, ip) => {
      const asked = request(stream, made, ip)
      return selfSigned(stream, { ...asked, key: makeKey(stream, asked.tool.keyKind), made })
    }
    const brought = isBrought
      ? { ...write(random, opened - random.whole(200, 1500) * day, '0.0.0.0'), until: opened + 700 * day }
      : undefined
    return { family, keys, port, write, brought }
  })
}

export const kitEntries = ({ family, keys }: Kit): readonly CorpusListEntry[] =>
  keys.map((wanted, n) => ({ id: `kit-${family}/${n + 1}`, action: 'kit', family, keys: wanted }))
