import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/generate/random.ts'
import { comesAgain, createMemo, keep, recall } from './memo.ts'

const dataOf = (text: string) => new DataView(Uint8Array.from(Buffer.from(text)).buffer)

describe('what is kept for octets', () => {
  it('is the answer for equal octets only, whoever chooses them', () => {
    const memo = createMemo<string>(4, 16)
    const random = randomFrom(7)
    let answered = 0
    for (let n = 0; n < 50_000; n += 1) {
      // Few letters and few slots: nearly everything collides.
      const owner = random.whole(0, 1)
      const text = Array.from({ length: random.whole(0, 18) }, () => random.pick(['a', 'b'])).join('')
      const data = dataOf(`..${random.chance(0.9) ? text.slice(0, 3) : text}`)
      const asked = Buffer.from(data.buffer).toString('latin1', 2)
      const kept = recall(memo, owner, data, 2, data.byteLength)
      if (kept !== undefined) {
        answered += 1
        if (kept !== `${owner}${asked}`) expect(kept).toBe(`${owner}${asked}`)
      } else if (comesAgain(memo)) keep(memo, owner, data, 2, data.byteLength, `${owner}${asked}`)
    }
    expect(answered).toBeGreaterThan(1000)
  })

  it('is nothing the first time, so that what is unique costs no copy', () => {
    const memo = createMemo<string>(16, 16)
    const ask = () => recall(memo, 0, dataOf('octets'), 0, 6)
    expect([ask(), comesAgain(memo), ask(), comesAgain(memo)]).toEqual([undefined, false, undefined, true])
    keep(memo, 0, dataOf('octets'), 0, 6, 'kept')
    expect(ask()).toBe('kept')
  })

  it('is not kept when it is too long', () => {
    const memo = createMemo<string>(16, 4)
    const ask = () => recall(memo, 0, dataOf('octets'), 0, 6)
    ask()
    keep(memo, 0, dataOf('octets'), 0, 6, 'kept')
    expect(ask()).toBeUndefined()
  })
})
