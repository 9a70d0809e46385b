/** A way to a log: HTTP, a directory, an archive. Paths are relative to the log, such as `checkpoint` or `ct/v1/get-sth`. */
export type Transport = {
  /** The whole of an answer, unpacked, at most `atMost` bytes. Throws what the way has to say; undefined where there is nothing. */
  read(path: string, options: ReadOptions): Promise<Uint8Array | undefined>
}

export type ReadOptions = {
  readonly atMost: number
  readonly signal?: AbortSignal
}

/** A tile of 256 entries whose chains are long is some MiB; this is what is refused. */
export const longestTile = 64 << 20

/** An answer of get-entries: base64 of up to a thousand entries. */
export const longestPage = 128 << 20

export const longestHead = 65_536
