import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerCounters } from '../model/run.ts'
import type { Tally } from './inside/tally.ts'

const preload = new URL(
  import.meta.url.endsWith('.ts') ? './inside/preload.ts' : './server-preload.cjs',
  import.meta.url,
)

/** What a Node.js server finds in its environment, so that it counts its queries into `folder`. Others are not touched by it. */
export function countingEnvironment(
  folder: string,
  { NODE_OPTIONS: options = '' }: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const quoted = `"${fileURLToPath(preload).replaceAll(/["\\]/g, '\\$&')}"`
  return { NODE_OPTIONS: `--require ${quoted} ${options}`.trim(), HEADROOM_COUNTERS: folder }
}

type Counts = Pick<ServerCounters, 'queriesPerRequest' | 'eventLoopDelayMicros'>

const nothing: Counts = { queriesPerRequest: null, eventLoopDelayMicros: null }

/** Reads what the processes of a server count in themselves; see {@link countingEnvironment}. */
export class ServerCounts {
  readonly #folder: string | null
  #before = new Map<string, Tally>()
  /** What no sample has told of yet: where nothing was answered there is no share to tell. */
  #untold: Share = { queries: 0, answers: 0 }
  #span: Share = { queries: 0, answers: 0 }
  #hasQueried = false

  /** `folder` is null where nothing is counted. */
  constructor(folder: string | null) {
    this.#folder = folder
  }

  /**
   * Queries a request since the last sample, null where nothing was answered, or where no query was ever seen (some drivers
   * can't be watched); and by how much the slowest process' event loop was late at most. Never rejects.
   */
  async sample(): Promise<Counts> {
    if (this.#folder === null) return nothing
    const tallies = await readTallies(this.#folder)
    let delay: number | null = null
    for (const [name, tally] of tallies) {
      const before = this.#before.get(name)
      const queries = tally.queries - (before?.queries ?? 0)
      const answers = tally.answers - (before?.answers ?? 0)
      this.#untold = sumOf(this.#untold, { queries, answers })
      this.#span = sumOf(this.#span, { queries, answers })
      this.#hasQueried ||= queries > 0
      if (tally.answers > 0) delay = Math.max(delay ?? 0, tally.loopDelayMicros)
    }
    this.#before = tallies
    const queriesPerRequest = this.#shareOf(this.#untold)
    if (this.#untold.answers > 0) this.#untold = { queries: 0, answers: 0 }
    return { queriesPerRequest, eventLoopDelayMicros: delay }
  }

  /** Queries a request over all samples since this was last asked; null as in {@link sample}. */
  takeShare(): number | null {
    const share = this.#shareOf(this.#span)
    this.#span = { queries: 0, answers: 0 }
    return share
  }

  #shareOf({ queries, answers }: Share): number | null {
    return answers > 0 && this.#hasQueried ? rounded(queries / answers) : null
  }
}

interface Share {
  readonly queries: number
  readonly answers: number
}

function sumOf(one: Share, other: Share): Share {
  return { queries: one.queries + other.queries, answers: one.answers + other.answers }
}

/** To tenths; more digits would be those of requests that were on their way when it was looked. */
function rounded(queries: number): number {
  return queries >= 10 ? Math.round(queries) : Math.round(queries * 10) / 10
}

async function readTallies(folder: string): Promise<Map<string, Tally>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const tallies = new Map<string, Tally>()
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => null)
    if (text !== null) tallies.set(name, JSON.parse(text))
  }
  return tallies
}
