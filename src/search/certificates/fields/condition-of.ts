import { assert } from '../../../base/index.ts'
import type { Bind, Condition } from '../condition.ts'
import type { Search } from '../query.ts'
import { fieldOf } from './list.ts'
import { phraseReading, wordReading } from './word.ts'

/** What a search asks for. It was parsed, so every value means something. */
export function conditionOf(search: Search, bind: Bind): Condition {
  switch (search.type) {
    case 'all':
      return { on: 'all', of: [] }
    case 'and':
    case 'or':
      return { on: search.type === 'and' ? 'all' : 'any', of: search.of.map(one => conditionOf(one, bind)) }
    case 'not':
      return { on: 'none', of: conditionOf(search.of, bind) }
    case 'word':
      return wordReading(search.text)(bind)
    case 'phrase':
      return phraseReading(search.text)(bind)
    case 'field': {
      const field = fieldOf(search.field)
      const reading = (search.operator === '~' ? field?.contains : field?.equals)?.(search.value)
      assert(
        reading !== undefined && 'condition' in reading,
        `the search term ${search.field} was parsed and has no meaning`,
      )
      return reading.condition(bind)
    }
  }
}
