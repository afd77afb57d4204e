import type { Buffer } from 'node:buffer'
import type { AnswerHead } from '../connection.ts'

const wantedNames = ['location', 'set-cookie', 'content-type', 'content-encoding'] as const
type WantedName = (typeof wantedNames)[number]
const noCookies: readonly string[] = []

/** What was read last. */
type Part = 'name' | 'value' | null

/**
 * Picks the few headers that matter out of the names and values that a parser finds, each of which may come in several
 * pieces. Positions are in the memory that is handed along; only a wanted header's value becomes a string.
 */
export class HeadReader {
  #part: Part = null
  #nameAt = 0
  #nameLength = 0
  /** A name's beginning, where it was split over two reads. */
  #nameText = ''
  #wanted: WantedName | null = null
  #contentType: string | null = null
  #contentEncoding: string | null = null
  #location: string | null = null
  #setCookies: readonly string[] = noCookies
  #last: AnswerHead | null = null

  clear(): void {
    this.#part = null
    this.#contentType = null
    this.#contentEncoding = null
    this.#location = null
    this.#setCookies = noCookies
  }

  name(at: number, length: number): void {
    if (this.#part !== 'name') {
      this.#part = 'name'
      this.#nameText = ''
      this.#nameLength = 0
    }
    if (this.#nameLength === 0) this.#nameAt = at
    this.#nameLength += length
  }

  value(memory: Buffer, at: number, length: number): void {
    const begins = this.#part === 'name'
    if (begins) {
      this.#part = 'value'
      this.#wanted = this.#wantedName(memory)
    }
    if (this.#wanted !== null) this.#keep(this.#wanted, memory.toString('latin1', at, at + length), begins)
  }

  /** The memory is about to be written anew: keeps what may go on in it. */
  suspend(memory: Buffer): void {
    if (this.#part !== 'name') return
    this.#nameText += memory.toString('latin1', this.#nameAt, this.#nameAt + this.#nameLength)
    this.#nameLength = 0
  }

  /** The head that was read; the same object as for the answer before where the two are equal. */
  head(status: number): AnswerHead {
    // Spaces before a value are skipped by the parser, those behind it are not.
    const contentType = this.#contentType?.trimEnd() ?? null
    const contentEncoding = this.#contentEncoding?.trimEnd() ?? null
    const location = this.#location?.trimEnd() ?? null
    const setCookies = this.#setCookies
    const last = this.#last
    if (
      last !== null &&
      last.status === status &&
      last.contentType === contentType &&
      last.contentEncoding === contentEncoding &&
      last.location === location &&
      last.setCookies === setCookies
    ) {
      return last
    }
    this.#last = { status, contentType, contentEncoding, location, setCookies }
    return this.#last
  }

  #wantedName(memory: Buffer): WantedName | null {
    if (this.#nameText !== '') {
      const rest = memory.toString('latin1', this.#nameAt, this.#nameAt + this.#nameLength)
      const name = (this.#nameText + rest).toLowerCase()
      return wantedNames.find((wanted) => wanted === name) ?? null
    }
    for (const name of wantedNames) {
      if (name.length === this.#nameLength && this.#isNamed(memory, name)) return name
    }
    return null
  }

  #isNamed(memory: Buffer, name: string): boolean {
    for (let index = 0; index < name.length; index += 1) {
      // Letters without their case; no other byte of a name becomes one of these by it.
      if (((memory[this.#nameAt + index] ?? 0) | 0x20) !== name.charCodeAt(index)) return false
    }
    return true
  }

  #keep(name: WantedName, text: string, begins: boolean): void {
    switch (name) {
      case 'content-type':
        this.#contentType = begins ? text : this.#contentType + text
        return
      case 'content-encoding':
        this.#contentEncoding = begins ? text : this.#contentEncoding + text
        return
      case 'location':
        this.#location = begins ? text : this.#location + text
        return
      default:
        if (begins) this.#setCookies = [...this.#setCookies, text]
        else this.#setCookies = [...this.#setCookies.slice(0, -1), `${this.#setCookies.at(-1)}${text}`]
    }
  }
}
