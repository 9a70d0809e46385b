import { describe, expect, it } from 'vitest'
import type { Row } from '../../model/index.ts'
import { rowsOfBody } from './row-reader.ts'

async function* cut(text: string, every: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += every) yield bytes.subarray(at, at + every)
}

/** What comes of a body, however it is cut into pieces: rows, and the code of the error behind them. */
async function read(text: string, every = 7): Promise<{ readonly rows: readonly Row[]; readonly error?: unknown }> {
  const rows: Row[] = []
  try {
    for await (const row of rowsOfBody(cut(text, every))) rows.push(row)
    return { rows }
  } catch (error) {
    return { rows, error }
  }
}

const two = '{"n":1,"t":"ä\\n"}\n{"n":2,"t":"Code: 60. DB::Exception: not one"}\n'
/** As 26.7 sends it. */
const marked =
  '\r\n__exception__\r\nvbgotbmytiyisilu\r\nCode: 395. DB::Exception: boom. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)\n69 vbgotbmytiyisilu\r\n__exception__\r\n'

describe('rows of an answer', () => {
  it('come one by one, however the answer is cut into pieces', async () => {
    for (const every of [1, 2, 3, 20, 1000])
      expect(await read(two, every)).toEqual({
        rows: [
          { n: 1, t: 'ä\n' },
          { n: 2, t: 'Code: 60. DB::Exception: not one' },
        ],
      })
    expect(await read('')).toEqual({ rows: [] })
  })

  it('end with the error that stands behind them', async () => {
    for (const every of [1, 5, 64, 1000])
      expect(await read(two + marked, every)).toMatchObject({
        rows: [{ n: 1 }, { n: 2 }],
        error: { code: 395, said: expect.stringMatching(/^Code: 395.*ZERO\)$/) },
      })
  })

  it('end with an error that stands there without a mark, also behind half a row', async () => {
    const bare = 'Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n'
    expect(await read(`${two}${bare}`)).toMatchObject({ rows: [{ n: 1 }, { n: 2 }], error: { code: 241 } })
    expect(await read(`${two}{"n":3,"t":"half${bare}`)).toMatchObject({
      rows: [{ n: 1 }, { n: 2 }],
      error: { code: 241 },
    })
  })

  it('that stop in the middle of one are an error, not a short answer', async () => {
    for (const text of ['{"n":1', '{"n":1}', `${two}{`, `${two}\r\n`])
      expect((await read(text)).error).toMatchObject({ code: 0, said: expect.stringContaining('cut off') })
  })

  it('a row cannot pretend to be an error', async () => {
    const row = { t: marked }
    expect(await read(`${JSON.stringify(row)}\n`)).toEqual({ rows: [row] })
  })
})
