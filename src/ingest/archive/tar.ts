import { excerpt } from '../../base/index.ts'
import { ByteReader } from './byte-reader.ts'
import { memberLabel } from './label.ts'
import { bomb } from './limits.ts'
import type { Container, Member, Unfolding } from './member.ts'
import { surrender } from './member.ts'
import type { TarHeader } from './tar-header.ts'
import { isZeroBlock, looksLikeTar, readPaxRecords, readTarHeader, tarBlock, text } from './tar-header.ts'

/**
 * Tar archives, read strictly and by pulling. node-tar's parser was looked at and is not used: it is pushed, so a block
 * of input with many members queues them all; it opens compressed data inside the archive by itself; it gives pax
 * sparse files with their map as content; it reads pax records line by line; and it passes over bad headers without their places.
 */
export const tar: Container = {
  name: 'a tar archive',
  recognises: looksLikeTar,
  deepens: archive => (archive.unpacked ? 0 : 1),
  async *members(archive, unfolding) {
    const reading = new TarReading(archive, unfolding)
    try {
      yield* reading.members()
    } finally {
      surrender(archive, unfolding)
    }
  },
}

/** Names and pax records are kept in memory; longer ones nobody writes. */
const longestMeta = 1 << 20

/** What pax and GNU headers say of the entry that follows them. */
type Foretold = { name?: string; size?: number; sparse?: boolean }

class TarReading {
  readonly #archive: Member
  readonly #unfolding: Unfolding
  readonly #reader: ByteReader
  #foretold: Foretold = {}
  #entries = 0
  #passedOver = { count: 0, first: '' }
  #ended = false

  constructor(archive: Member, unfolding: Unfolding) {
    this.#archive = archive
    this.#unfolding = unfolding
    this.#reader = archive.reader
  }

  async *members(): AsyncGenerator<Member> {
    let sawEnd = false
    while (!this.#ended) {
      const at = this.#reader.position
      const block = await this.#reader.take(tarBlock)
      if (block.length === 0) break
      if (isZeroBlock(block)) {
        sawEnd = true // but archives that were written one after the other go on behind it
        continue
      }
      const header = readTarHeader(block)
      if (header === undefined) await this.#passOverDamage(at)
      else {
        sawEnd = false
        yield* this.#entry(header, at)
      }
    }
    if (!sawEnd && !this.#ended)
      this.#damaged(this.#reader.position, 'blocks of zeros at the end', 'the end of the data')
    const { count, first } = this.#passedOver
    if (count === 0) return
    const found = `${count} links, devices or the like, the first ${excerpt(first, 100)}`
    this.#report('archive/not-regular', this.#archive.label, 'files', found)
  }

  async *#entry(header: TarHeader, at: number): AsyncGenerator<Member> {
    const { type } = header
    if ('xgLK'.includes(type)) return await this.#readMeta(header, at)
    const foretold = this.#foretold
    this.#foretold = {}
    const name = foretold.name ?? header.name
    const label = memberLabel(this.#archive.label, name)
    const { limits } = this.#unfolding.meter
    this.#entries += 1
    if (this.#entries > limits.entries) {
      const excess = { expected: `at most ${limits.entries} members in one archive`, found: 'more' }
      this.#unfolding.report(bomb(this.#archive.label, excess))
      this.#ended = true
      return
    }
    // Links, devices and directories have no data, whatever their size field says (POSIX).
    if ('123456'.includes(type)) {
      if (type !== '5') this.#passOver(label)
      return
    }
    const size = foretold.size ?? header.size
    if (size === undefined) return this.#giveUp(at, 'the size of a member', 'a negative or unreadable one')
    const end = this.#reader.position + Math.ceil(size / tarBlock) * tarBlock
    if (type === 'S' || foretold.sparse === true) {
      for (let more = type === 'S' && header.sparseMapGoesOn; more; )
        more = (await this.#reader.take(tarBlock))[504] === 1
      this.#report('archive/unsupported', label, 'a file that is stored whole', 'a sparse file')
    } else if (type === '0' || type === '7') yield* this.#file(label, size)
    else if (name.endsWith('/') && size === 0) return
    else this.#passOver(label)
    await this.#reader.skip(end - this.#reader.position)
  }

  async *#file(label: string, size: number): AsyncGenerator<Member> {
    const reader = this.#reader
    const problems: Member['problems'] = []
    async function* body() {
      const start = reader.position
      yield* reader.stream(size)
      const found = reader.position - start
      if (found === size) return
      problems.push({
        code: 'archive/damaged',
        where: label,
        expected: `${size} bytes`,
        found: `the end after ${found}`,
      })
    }
    const member = {
      label,
      size,
      mayGrow: false,
      depth: this.#archive.depth + this.#depth(),
      unpacked: false,
      problems,
    }
    yield { ...member, reader: new ByteReader(body()) }
  }

  /** The compression that a tar came out of was counted for both. */
  #depth(): number {
    return tar.deepens(this.#archive)
  }

  async #readMeta(header: TarHeader, at: number): Promise<void> {
    const { type, size } = header
    if (size === undefined) return this.#giveUp(at, 'the size of a header', 'a negative or unreadable one')
    if (size > longestMeta) return this.#giveUp(at, `a header of at most ${longestMeta} bytes`, `${size} bytes`)
    const content = Buffer.from(await this.#reader.take(size))
    await this.#reader.skip(Math.ceil(size / tarBlock) * tarBlock - size)
    if (type === 'L') this.#foretold.name = text(content, 0, content.length)
    if (type === 'L' || type === 'K') return
    const records = readPaxRecords(content)
    if (records === undefined) return this.#damaged(at, 'pax records', 'something else')
    const sparse = [...records.keys()].some(key => key.startsWith('GNU.sparse.'))
    // Readers disagree whether sizes and names for all that follow hold: two people would see two archives.
    if (type === 'g') {
      if (sparse || records.has('size') || records.has('path'))
        this.#giveUp(at, 'sizes and names that belong to one member', 'a global header that overrides them')
      return
    }
    const stated = records.get('size')
    if (stated !== undefined && !(/^[0-9]{1,16}$/.test(stated) && Number.isSafeInteger(Number(stated))))
      return this.#giveUp(at, 'a size in a pax header', excerpt(stated, 40))
    const name = records.get('GNU.sparse.name') ?? records.get('path')
    if (name !== undefined) this.#foretold.name = name
    if (stated !== undefined) this.#foretold.size = Number(stated)
    if (sparse) this.#foretold.sparse = true
  }

  /** Goes on to the next block whose checksum holds. */
  async #passOverDamage(at: number): Promise<void> {
    for (;;) {
      const block = await this.#reader.peek(tarBlock)
      if (block.length === 0 || readTarHeader(block) !== undefined) break
      await this.#reader.skip(tarBlock)
    }
    this.#damaged(at, 'a tar header', `${this.#reader.position - at} bytes that have none`)
    this.#foretold = {}
  }

  #passOver(label: string): void {
    if (this.#passedOver.count === 0) this.#passedOver.first = label.slice(this.#archive.label.length + 1)
    this.#passedOver.count += 1
  }

  /** Where the next header stands cannot be told: looking for it would take bytes of a member for headers. */
  #giveUp(at: number, expected: string, found: string): void {
    this.#damaged(at, expected, `${found}; what follows in it was not read`)
    this.#ended = true
  }

  #damaged(at: number, expected: string, found: string): void {
    this.#report('archive/damaged', `${this.#archive.label}, byte ${at}`, expected, found)
  }

  #report(code: string, where: string, expected: string, found: string): void {
    this.#unfolding.report({ code, where, expected, found })
  }
}
