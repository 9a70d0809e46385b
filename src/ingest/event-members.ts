/** Parts of the line of an event (event-line.ts), made fast: a log says the same names and values over and over. */

/** The fields of a payload, as the members `data` and `repeated`. */
export class EventData {
  readonly #isEventData: boolean
  /** Every value under its name without spaces, in the order of the fields. */
  readonly #names: Name[] = []
  readonly #texts: string[] = []
  #isRepeated = false

  constructor(isEventData: boolean) {
    this.#isEventData = isEventData
    lastEvent += 1
  }

  add(name: string, text: string): void {
    const own = name === 'Data' && this.#isEventData ? `param${this.#names.length + 1}` : name
    const known = nameOf(own)
    if (known.event === lastEvent) this.#isRepeated = true
    known.event = lastEvent
    this.#names.push(known)
    this.#texts.push(text)
  }

  /** With a comma in front; empty when there are no fields. */
  json(): string {
    if (this.#names.length === 0) return ''
    if (this.#isRepeated || forgottenIn === lastEvent) return this.#jsonOfRepeated()
    let json = ''
    for (let nth = 0; nth < this.#names.length; nth += 1)
      json += `${nth === 0 ? '' : ','}${this.#names[nth]?.key}${quoted(this.#texts[nth] ?? '')}`
    return `,"data":{${json}}`
  }

  #jsonOfRepeated(): string {
    const values = new Map<string, string[]>()
    for (const [nth, { key }] of this.#names.entries()) {
      const text = quoted(this.#texts[nth] ?? '')
      const before = values.get(key)
      if (before === undefined) values.set(key, [text])
      else before.push(text)
    }
    const repeated = [...values].filter(([, texts]) => texts.length > 1)
    const first = [...values].map(([key, [text]]) => key + text)
    return `,"data":{${first.join(',')}},"repeated":{${repeated.map(([key, texts]) => `${key}[${texts.join(',')}]`).join(',')}}`
  }
}

/** A name as the key of a member, and the event that had it last. */
type Name = { readonly key: string; event: number }

/** Counts events. A name that has the number of the event in hand stands in it already. */
let lastEvent = 0
/** The event in which names were forgotten last: which of them it had before, nobody knows. */
let forgottenIn = -1

/** Names that were met. A log has some hundreds; when a hostile one brings more, they are forgotten and begun anew. */
const names = new Map<string, Name>()
const mostNames = 8192

function nameOf(name: string): Name {
  const known = names.get(name)
  if (known !== undefined) return known
  const plain = name.includes(' ') ? name.replaceAll(' ', '') : name
  // Two names that differ in their spaces alone are one.
  const made = (plain === name ? undefined : names.get(plain)) ?? { key: `${quoted(plain)}:`, event: 0 }
  if (names.size >= mostNames) {
    names.clear()
    forgottenIn = lastEvent
  }
  names.set(name, made)
  names.set(plain, made)
  return made
}

export function keyOf(name: string): string {
  return nameOf(name).key
}

/** Everything that a JSON string cannot hold as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /["\\\u0000-\u001f]/

/** Halves of surrogate pairs become U+FFFD, here or in UTF-8: the engine refuses a whole line for one that is escaped. */
export function quoted(text: string): string {
  if (!special.test(text)) return `"${text}"`
  return text.length > longestKept ? JSON.stringify(text.toWellFormed()) : quotedOften(text)
}

/** Texts that were quoted. Bounded: forgotten when there are too many. */
const quotedTexts = new Map<string, string>()
const mostTexts = 4096
/** Longer texts are command lines and scripts, which do not come again. */
const longestKept = 200

/** The same for texts that come over and over. */
export function quotedOften(text: string): string {
  const known = quotedTexts.get(text)
  if (known !== undefined) return known
  const json = JSON.stringify(text.toWellFormed())
  if (quotedTexts.size >= mostTexts) quotedTexts.clear()
  quotedTexts.set(text, json)
  return json
}
