import type { Problem } from '../../base/index.ts'

/** What one file on the disk may unfold to. An archive is written by whoever wrote the evidence: also by attackers. */
export type ArchiveLimits = {
  /**
   * Archives within one another. A compressed tar counts once. Four is a collection of hosts, each with an archive, of
   * archived logs, each compressed; 42.zip has five, and archives that hold themselves have no end.
   */
  readonly nesting: number
  /** Members of one archive that are looked at. A member costs a few reads even when it is empty. */
  readonly entries: number
  /**
   * Decompressed bytes for each compressed byte, of a layer of compression and of a whole file. Text logs reach 1:50;
   * deflate ends at 1:1,032, so zeros go beyond this, and Zstandard reaches 1:100,000.
   */
  readonly ratio: number
  /** The ratio counts only beyond this many decompressed bytes: a small log of one repeated line is no bomb. */
  readonly ratioFromBytes: number
  /**
   * Decompressed bytes of one file on the disk, all layers together. Streaming needs no memory for them, but hours:
   * at 100 MB/s this is three hours.
   */
  readonly bytes: number
  /** Bytes of a ZIP archive that lies in another archive: its table of contents is at its end, so it is kept whole. */
  readonly spoolBytes: number
  /**
   * Window of Zstandard data, which the decoder allocates. 128 MiB is what `zstd` itself takes without being told to;
   * the format allows 3.75 TB.
   */
  readonly windowBytes: number
}

export const defaultArchiveLimits: ArchiveLimits = {
  nesting: 4,
  entries: 100_000,
  ratio: 200,
  ratioFromBytes: 256 << 20,
  bytes: 2 ** 40,
  spoolBytes: 2 ** 32,
  windowBytes: 128 << 20,
}

/** Which limit was passed, and by what. */
export type Excess = { readonly expected: string; readonly found: string }

export function bomb(where: string, { expected, found }: Excess): Problem {
  return { code: 'archive/bomb', where, expected, found }
}

/** Counts what comes out of one file on the disk, over all its layers and members. */
export class Meter {
  readonly limits: ArchiveLimits
  readonly #diskBytes: () => number
  #given = 0
  #excess: Excess | undefined

  /** `diskBytes` tells how many bytes the file has: for a pipe, how many came so far. */
  constructor(limits: ArchiveLimits, diskBytes: () => number) {
    this.limits = limits
    this.#diskBytes = diskBytes
  }

  /** Set once the file as a whole has passed a limit: nothing more of it is decompressed. */
  get excess(): Excess | undefined {
    return this.#excess
  }

  /** A count for one layer. It takes the totals of that layer so far: `compressed` bytes in, `more` bytes about to come. */
  layer(): (compressed: number, more: number) => Excess | undefined {
    let given = 0
    return (compressed, more) => {
      given += more
      this.#given += more
      this.#excess ??= this.#tooMany(this.#given) ?? this.#tooDense(this.#given, this.#diskBytes(), 'the whole file')
      return this.#excess ?? this.#tooDense(given, compressed, 'this')
    }
  }

  #tooMany(given: number): Excess | undefined {
    const { bytes } = this.limits
    if (given <= bytes) return undefined
    return { expected: `at most ${bytes} decompressed bytes in one file`, found: 'more' }
  }

  #tooDense(given: number, compressed: number, what: string): Excess | undefined {
    const { ratio, ratioFromBytes } = this.limits
    if (given <= ratioFromBytes || given <= ratio * compressed) return undefined
    return {
      expected: `at most ${ratio} decompressed bytes for each compressed byte, beyond ${ratioFromBytes} bytes`,
      found: `${what} gives at least ${given} bytes from ${compressed}`,
    }
  }
}
