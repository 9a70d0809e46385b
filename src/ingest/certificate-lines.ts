/**
 * Lines of text on their way into a file, as bytes. As strings, some hundred thousand of them would be moved about by the
 * garbage collector until they are written, which costs more than making them.
 */
export class Lines {
  readonly #parts: Part[] = []
  #memory = Buffer.alloc(0)
  #used = 0
  #from = 0
  #numbers: number[] = []
  #places: number[] = []

  /** Adds a line. With a number, that follows after a tab and can be raised later. */
  add(line: string, number?: number): void {
    const most = line.length * longestCharacter + numberLength + 2
    if (this.#used + most > this.#memory.length) {
      this.#close()
      this.#memory = Buffer.allocUnsafeSlow(Math.max(partLength, most))
      this.#used = 0
      this.#from = 0
    }
    this.#used += this.#memory.write(line, this.#used)
    if (number !== undefined) {
      this.#memory[this.#used] = tab
      // The memory is not empty: without this, the same lines would be other bytes each time until they have their numbers.
      this.#memory.fill(zero, this.#used + 1, this.#used + 1 + numberLength)
      this.#places.push(this.#used + 1 - this.#from)
      this.#numbers.push(number)
      this.#used += 1 + numberLength
    }
    this.#memory[this.#used] = newline
    this.#used += 1
  }

  /** What was added since the last time, in order, each part of whole lines. */
  take(): readonly Part[] {
    this.#close()
    return this.#parts.splice(0)
  }

  #close(): void {
    if (this.#used === this.#from) return
    const bytes = this.#memory.subarray(this.#from, this.#used)
    this.#parts.push({ bytes, numbers: this.#numbers, places: this.#places })
    this.#from = this.#used
    this.#numbers = []
    this.#places = []
  }
}

/** Whole lines, and where the numbers of those that have one belong: {@link numbered} puts them there. */
export type Part = {
  readonly bytes: Buffer
  readonly numbers: readonly number[]
  readonly places: readonly number[]
}

/** The bytes of a part with its numbers, each raised by `first`. Writes them where they belong: they may be written again. */
export function numbered({ bytes, numbers, places }: Part, first: number): Buffer {
  for (let nth = 0; nth < numbers.length; nth += 1)
    bytes.write(String((numbers[nth] ?? 0) + first).padStart(numberLength, '0'), places[nth] ?? 0, 'latin1')
  return bytes
}

const partLength = 1 << 20
/** Octets that one UTF-16 code unit can become. */
const longestCharacter = 3
/** Digits of the largest safe integer. */
const numberLength = 16
const zero = 0x30
const tab = 0x09
const newline = 0x0a
