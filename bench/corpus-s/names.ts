import type { Random } from './random.ts'

/** Invented words: none is meant to be anybody. */
const onsets = 'b br c cl d dr f fl g gr h j k kr l m n p pl qu r s sk st t tr v w z'.split(' ')
const vowels = 'a e i o u ai ea io ou'.split(' ')
const codas = ['', '', '', 'l', 'm', 'n', 'nd', 'r', 'rn', 's', 'st', 't', 'x', 'lt', 'ck']
const trades =
  'media soft works group design garten bau energie logistik shop dental travel studio tech consult foods motors print kitchen law yoga photo clinic farm school hotel music bikes pets'.split(
    ' ',
  )
const forms = ['GmbH', 'Ltd', 'Inc.', 'LLC', 'S.r.l.', 'B.V.', 'AB', 'Pty Ltd', 'S.A.', 'Co., Ltd.', 'KG', 'Oy']
const lures =
  'secure login account update verify cdn static api mail office cloud support auth sync portal drive'.split(' ')
const tlds = 'com com com com de net org nl co.uk fr it pl io info eu shop online xyz'.split(' ')
const cheapTlds = 'com top xyz site online info click live net icu'.split(' ')

export const places = [
  ['US', 'Texas', 'Austin'],
  ['US', 'Ohio', 'Columbus'],
  ['US', 'Nevada', 'Reno'],
  ['DE', 'Bayern', 'Augsburg'],
  ['DE', 'Hessen', 'Kassel'],
  ['FR', 'Bretagne', 'Brest'],
  ['NL', 'Utrecht', 'Amersfoort'],
  ['GB', 'Kent', 'Dover'],
  ['PL', 'Mazowieckie', 'Radom'],
  ['IT', 'Lazio', 'Latina'],
  ['SE', 'Skane', 'Lund'],
  ['CA', 'Ontario', 'Guelph'],
  ['AU', 'Victoria', 'Ballarat'],
  ['JP', 'Osaka', 'Sakai'],
  ['BR', 'Parana', 'Londrina'],
] as const

/** Country, state, city. */
export type Place = (typeof places)[number]

/** Makes names; no domain comes twice from one maker. */
export type Names = {
  word(random: Random): string
  company(random: Random): string
  place(random: Random): Place
  /** A registrable domain of an honest site. */
  domain(random: Random): string
  /** A registrable domain as operators buy them: lures, joined words, or letters. */
  lureDomain(random: Random): string
}

export function namesOf(): Names {
  const taken = new Set<string>()
  const unique = (make: () => string): string => {
    for (;;) {
      const domain = make()
      if (taken.has(domain)) continue
      taken.add(domain)
      return domain
    }
  }
  const word = (random: Random) => {
    let text = ''
    for (let n = random.whole(2, 3); n > 0; n -= 1) {
      text += `${random.some(onsets)}${random.some(vowels)}${n === 1 ? random.some(codas) : ''}`
    }
    return text
  }
  const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
  return {
    word,
    place: random => random.some(places) ?? places[0],
    company: random => `${capital(word(random))} ${capital(random.some(trades) ?? '')} ${random.some(forms)}`,
    domain: random =>
      unique(() => {
        const trade = random.chance(0.5) ? `${random.chance(0.3) ? '-' : ''}${random.some(trades)}` : ''
        return `${word(random)}${trade}.${random.some(tlds)}`
      }),
    lureDomain: random =>
      unique(() => {
        const kind = random.whole(0, 2)
        const label =
          kind === 0
            ? `${word(random)}-${random.some(lures)}`
            : kind === 1
              ? `${random.some(lures)}${word(random)}`
              : random.text(random.whole(8, 13))
        return `${label}.${random.some(cheapTlds)}`
      }),
  }
}
