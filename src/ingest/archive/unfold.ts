import { assert } from '../../base/index.ts'
import type { Evidence } from '../evidence-file.ts'
import { gzip, zstd } from './compressed.ts'
import { bomb } from './limits.ts'
import type { Container, Member, Unfolding } from './member.ts'
import { surrender } from './member.ts'
import { tar } from './tar.ts'
import { zip } from './zip.ts'

/** Every kind of container that is opened. The first that recognises the bytes reads them. */
export const containers: readonly Container[] = [gzip, zstd, zip, tar]

/** Long enough for the header of a tar archive, the longest that is looked for. */
const headBytes = 512

/** The pieces of evidence in something, in order. Each is valid until the next is asked for. */
export async function* unfold(member: Member, unfolding: Unfolding): AsyncGenerator<Evidence> {
  if (!unfolding.wants(member.label)) return
  const head = await member.reader.peek(headBytes)
  const container = containers.find(({ recognises }) => recognises(head))
  if (container === undefined) {
    yield* leaf(member, unfolding)
    return
  }
  const { nesting } = unfolding.meter.limits
  if (member.depth + container.deepens(member) > nesting) {
    const excess = { expected: `at most ${nesting} archives within one another`, found: `${container.name} below them` }
    member.problems.push(bomb(member.label, excess))
    surrender(member, unfolding)
    return
  }
  for await (const inner of container.members(member, unfolding)) {
    try {
      yield* unfold(inner, unfolding)
    } finally {
      await inner.reader.close()
    }
  }
}

async function* leaf(member: Member, unfolding: Unfolding): AsyncGenerator<Evidence> {
  const { label, size, mayGrow, reader, problems } = member
  let state: 'waiting' | 'open' | 'over' = 'waiting'
  try {
    yield {
      path: label,
      size,
      mayGrow,
      modified: unfolding.modified,
      open: async () => {
        assert(state === 'waiting', `${label} is opened when it is ${state}`)
        state = 'open'
        return { bytes: reader.stream(), problems }
      },
    }
  } finally {
    if (state === 'waiting') surrender(member, unfolding)
    state = 'over'
  }
}
