import type { Bind, Field } from '../condition.ts'
import { known, testing } from '../condition.ts'

/** `rsa`, `rsa-1024`, `rsa<2048`, `<2048`, `p-256`, `ml-dsa-65`: a kind, and a size behind a mark. */
const form = /^([a-z][a-z0-9.-]{0,40}?|[0-9.]{3,64})?(?:(<=|>=|<|>|-)(\d{1,5}))?$/

/** Sizes of different kinds cannot be compared: a size without a kind is one of these. */
const modular = ['rsa', 'rsa-pss', 'dsa', 'dh']

export const key: Field = {
  name: 'key',
  finds: 'with a key of this kind, size or curve; a size alone is that of an RSA, DSA or DH key',
  example: 'key:rsa-1024',
  equals: value => {
    const text = value.toLowerCase().replace(/^(rsa|dsa|dh|ec)(?=\d)/, '$1-')
    const [, kind, mark, digits] = form.exec(text) ?? []
    if ((kind === undefined && digits === undefined) || (kind === undefined && mark === '-'))
      return {
        expected: 'a kind, a curve, a size, or kind and size: rsa, p-256, <2048, rsa-1024, rsa<2048, ec-256, ed25519',
      }
    if (digits === undefined) return testing(bind => hasWord(text, bind))
    return testing(bind => {
      const kinds = (kind === undefined ? modular : [kind]).map(one => `${words}[1] = ${bind('String', one)}`)
      const size = `${known('key_bits')} ${mark === '-' ? '=' : mark} ${bind('UInt32', Number(digits))}`
      const kindAndSize = `((${kinds.join(' OR ')}) AND ifNull(${size}, 0))`
      // p-256 and ml-dsa-65 look like kind and size, and are names.
      return mark === '-' ? `(${kindAndSize} OR ${hasWord(text, bind)})` : kindAndSize
    })
  },
}

/** The column has the kind and, behind a space, the curve: `ec P-256`. */
const words = `splitByChar(' ', lower(${known('key_algorithm')}))`

function hasWord(text: string, bind: Bind): string {
  return `has(${words}, ${bind('String', text)})`
}
