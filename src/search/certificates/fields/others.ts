import type { Field } from '../condition.ts'
import { known, testing } from '../condition.ts'
import { textContains } from './distinguished-names.ts'

export const signature: Field = {
  name: 'signature',
  finds: 'signed with this algorithm; with ~ whose algorithm has the text in its name',
  example: 'signature~sha1',
  equals: value => testing(bind => `lower(${known('signature_algorithm')}) = lower(${bind('String', value)})`),
  contains: value => textContains('signature_algorithm', value),
}

export const problem: Field = {
  name: 'problem',
  finds: 'with something wrong in them: a code, all codes of an area (name/*), or any',
  example: 'problem:name/embedded-nul',
  equals: value => {
    const code = value.toLowerCase()
    if (code === 'any') return testing(() => `notEmpty(${known('problems')})`)
    if (code.endsWith('/*'))
      return testing(bind => {
        const area = bind('String', code.slice(0, -1))
        return `arrayExists(code -> startsWith(code, ${area}), ${known('problems')})`
      })
    if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(code))
      return { expected: 'a code like name/embedded-nul, an area like name/*, or any' }
    return testing(bind => `has(${known('problems')}, ${bind('String', code)})`)
  },
}

export const owner: Field = {
  name: 'owner',
  finds: 'whose smallest registrable domain is this, or what stands for one',
  example: 'owner:example.com',
  equals: value => testing(bind => `${known('owner')} = ${bind('String', value.toLowerCase())}`),
}
