import type { Row } from '../../model/index.ts'
import { engineCode, longestError, ServerFailure } from './server-failure.ts'

/**
 * Rows out of the body of an answer in JSONEachRow, and what goes wrong in the middle of it.
 *
 * The engine answers 200 and begins to send before it knows how a query ends. Then an error stands in the body, and
 * the connection breaks off (seen in 26.7):
 *
 * ```text
 * {"n":1}\n{"n":2}\n\r\n__exception__\r\nTAG\r\nCode: 395. DB::Exception: …\nLENGTH TAG\r\n__exception__\r\n
 * ```
 *
 * Versions before 25.11 put the text alone there, perhaps behind half a row. A row begins with `{` and ends with a
 * newline, and JSON has no newline inside: whatever else comes is no row, so no row can pretend to be an error, and no
 * error or cut is taken for the end. Throws {@link ServerFailure}.
 */
export async function* rowsOfBody(body: AsyncIterable<Buffer>): AsyncGenerator<Row, void, undefined> {
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const piece of body) {
      const text = rest + decoder.decode(piece, { stream: true })
      const end = text.lastIndexOf('\n')
      if (end === -1) {
        rest = text
        continue
      }
      let start = 0
      while (start <= end) {
        const newline = text.indexOf('\n', start)
        const row = rowOf(text.slice(start, newline))
        if (row === undefined) {
          rest = text.slice(start)
          for await (const more of body) if (rest.length < longestError) rest += decoder.decode(more, { stream: true })
          throw interrupted(rest)
        }
        yield row
        start = newline + 1
      }
      rest = text.slice(start)
    }
  } catch (cause) {
    if (cause instanceof ServerFailure) throw cause
    throw interrupted(rest, cause)
  }
  if (rest !== '') throw interrupted(rest)
}

function rowOf(line: string): Row | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Row // an object, by its first character
  } catch {
    return undefined // half a row, with an error behind it
  }
}

/** The engine's own words when it said why; otherwise a body that was cut. */
function interrupted(rest: string, cause?: unknown): ServerFailure {
  const marked = rest.lastIndexOf('Code: ', longestError)
  const code = marked === -1 ? 0 : engineCode(rest.slice(rest.indexOf('Code: ')))
  if (code !== 0) {
    const said = rest.slice(rest.indexOf('Code: '), longestError).replace(/\n\d+ [a-z]+\r\n__exception__\s*$/, '')
    return new ServerFailure({ code, status: 200, said, cause })
  }
  return new ServerFailure({ said: 'the answer was cut off in the middle', cause: cause ?? cutOff() })
}

function cutOff(): Error {
  return Object.assign(new Error('cut off'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
}
