import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What one thread of the server has done since it began, as it writes it down. */
export interface Tally {
  /** Queries sent to a database. */
  readonly queries: number
  /** HTTP requests answered. */
  readonly answers: number
  /** By how much a timer came late at most since the line before, in microseconds. */
  readonly loopDelayMicros: number
}

const writeMillis = 200
/** How often the loop is looked at: fine enough to see what a request waits for, and too rare to cost anything. */
const lookMillis = 10

/**
 * Counts in the server's own process, and writes the sums to a file of `folder` a few times a second. A process that neither
 * answers requests nor asks a database, such as a package manager, writes nothing. Nothing here keeps a process alive.
 */
export class TallyWriter {
  #queries = 0
  #answers = 0
  #loopDelayMicros = 0
  #written = ''
  readonly #file: string

  constructor(folder: string, name: string) {
    this.#file = join(folder, `${name}.json`)
    let dueAt = performance.now() + lookMillis
    setInterval(() => {
      const now = performance.now()
      this.#loopDelayMicros = Math.max(this.#loopDelayMicros, Math.round((now - dueAt) * 1000))
      dueAt = now + lookMillis
    }, lookMillis).unref()
    setInterval(() => this.#write(), writeMillis).unref()
  }

  readonly countQueries = (count: number): void => {
    this.#queries += count
  }

  readonly countAnswer = (): void => {
    this.#answers += 1
  }

  #write(): void {
    if (this.#queries + this.#answers === 0) return
    const tally: Tally = {
      queries: this.#queries,
      answers: this.#answers,
      loopDelayMicros: Math.max(0, this.#loopDelayMicros),
    }
    this.#loopDelayMicros = 0
    const text = JSON.stringify(tally)
    if (text === this.#written) return
    try {
      // Renamed, so that nobody reads half of it.
      writeFileSync(`${this.#file}.partial`, text)
      renameSync(`${this.#file}.partial`, this.#file)
      this.#written = text
    } catch {
      // The folder is gone: nobody counts any more.
    }
  }
}
