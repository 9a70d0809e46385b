import { connect } from 'node:net'

/** `asking`: it is finding out whether it may hold the directory. */
export type OwnerState = 'asking' | 'holding'

/** What a process says of itself on its lock socket, as one line of JSON. Absent fields: it is alive, but says nothing. */
export type Owner = {
  readonly pid?: number
  /** When the process started, UTC, ISO 8601 with milliseconds. */
  readonly started_at?: string
  readonly state: OwnerState
}

export type AskOptions = {
  /** Wait until an owner that is asking holds the directory or is gone; otherwise its first answer is enough. */
  readonly untilDecided: boolean
  /**
   * How long an owner may stay silent, in milliseconds, before it counts as holding: its kernel has accepted the
   * connection, so it lives. Five seconds, because an event loop may be that busy with evidence.
   */
  readonly patienceMs?: number
}

/** An answer is a line of about 90 bytes. */
const longestAnswer = 4096

function parseAnswer(line: string): Owner {
  try {
    const { pid, started_at, state } = JSON.parse(line)
    if (Number.isSafeInteger(pid) && typeof started_at === 'string' && (state === 'asking' || state === 'holding')) {
      return { pid, started_at, state }
    }
  } catch {
    // Something answers that is not us: below, it holds the directory.
  }
  return { state: 'holding' }
}

/** One connection. `gone`: nobody listens. `hung-up`: somebody did, and ended the connection undecided. */
function askOnce(path: string, { untilDecided, patienceMs = 5_000 }: AskOptions): Promise<Owner | 'gone' | 'hung-up'> {
  return new Promise(resolve => {
    const socket = connect(path)
    const silence = setTimeout(() => settle({ state: 'holding' }), patienceMs)
    const settle = (answer: Owner | 'gone' | 'hung-up') => {
      clearTimeout(silence)
      socket.destroy()
      resolve(answer)
    }
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
      const last = text.split('\n').at(-2)
      if (last === undefined) return text.length > longestAnswer ? settle({ state: 'holding' }) : undefined
      const owner = parseAnswer(last)
      if (owner.state === 'holding' || !untilDecided) settle(owner)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') settle('gone')
      // ECONNRESET, EPIPE: it ended while we spoke. Everything else (EACCES of another user's socket, EAGAIN of a full
      // queue) is no proof of death.
      else settle(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'hung-up' : { state: 'holding' })
    })
    socket.on('close', () => settle('hung-up'))
  })
}

/**
 * Asks the process behind a lock socket who it is. Undefined when it is dead or has withdrawn, and only then: a
 * connection that ends without a decision is made again, until it is refused or answered.
 */
export async function askOwner(path: string, options: AskOptions): Promise<Owner | undefined> {
  let answer = await askOnce(path, options)
  while (answer === 'hung-up') answer = await askOnce(path, options)
  return answer === 'gone' ? undefined : answer
}
