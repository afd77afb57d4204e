import type { EditEvent, Stream } from '../../provenance/event.ts'
import {
  continues,
  isPiece,
  isStreamed,
  longestGapMillis,
  nextStream,
  type OpenStream,
} from '../../provenance/stream.ts'

/** A long stream is judged while it comes. */
const longestWaitMillis = 3_000
/** What brings more lines can be a block by itself. */
const mostLinesOfPiece = 2

/** What an edit turned out to be a part of. */
export interface StreamOf<Around> {
  readonly stream: Stream | null
  /** What is known around the stream; null of what isn't a piece of a streamed block. */
  readonly around: Around | null
}

interface Edit {
  readonly event: EditEvent
}

/** The last edits of one file. */
interface Run<Seen, Around> {
  open: OpenStream | null
  /** Those that wait until it is known what they are a part of, and the last of them. */
  waiting: ((part: StreamOf<Around>) => void)[]
  waitingSince: number
  last: Seen | null
  timer: NodeJS.Timeout | null
}

/**
 * Tells which edits are pieces of a block that arrives as a stream. A piece says little by itself: each waits until its stream
 * pauses, or some seconds, and what is known around them is asked once for all that waited.
 */
export class EditStreams<Seen extends Edit, Around> {
  readonly #gather: (last: Seen) => Promise<Around>
  readonly #runs = new Map<string, Run<Seen, Around>>()

  constructor(gather: (last: Seen) => Promise<Around>) {
    this.#gather = gather
  }

  /** To be called in the order in which the edits of a file came. What can't be a piece gets an answer at once. */
  of(file: string, edit: Seen): Promise<StreamOf<Around>> {
    const { event } = edit
    const run = this.#runs.get(file) ?? newRun(event.at)
    const open = nextStream(run.open, event)
    if (isOver(run.open, open, event)) this.#settle(run)
    run.open = open
    if (open === null) {
      this.#drop(file)
      return Promise.resolve({ stream: null, around: null })
    }
    this.#runs.set(file, run)
    run.timer ??= setTimeout(() => this.end(file), longestGapMillis)
    run.timer.refresh()
    return waits(event) ? this.#wait(run, edit) : Promise.resolve({ stream: open.stream, around: null })
  }

  /** Ends a file's stream: what comes next isn't a part of it. */
  end(file: string): void {
    const run = this.#runs.get(file)
    if (run !== undefined) this.#settle(run)
    this.#drop(file)
  }

  /** Answers all that wait, without asking anything. */
  dispose(): void {
    for (const [file, run] of this.#runs) {
      for (const answer of run.waiting) answer({ stream: null, around: null })
      this.#drop(file)
    }
  }

  #drop(file: string): void {
    const timer = this.#runs.get(file)?.timer ?? null
    if (timer !== null) clearTimeout(timer)
    this.#runs.delete(file)
  }

  #wait(run: Run<Seen, Around>, edit: Seen): Promise<StreamOf<Around>> {
    if (run.waiting.length === 0) run.waitingSince = edit.event.at
    run.last = edit
    return new Promise((answer) => {
      run.waiting.push(answer)
      if (edit.event.at - run.waitingSince >= longestWaitMillis) this.#settle(run)
    })
  }

  #settle(run: Run<Seen, Around>): void {
    const waiting = run.waiting.splice(0)
    const { last } = run
    const stream = run.open?.stream ?? null
    run.last = null
    const asks = stream !== null && isStreamed(stream)
    void this.#answer(waiting, stream, asks ? last : null)
  }

  async #answer(
    waiting: Run<Seen, Around>['waiting'],
    stream: Stream | null,
    last: Seen | null,
  ): Promise<void> {
    const around = last === null ? null : await this.#gather(last).catch(() => null)
    for (const answer of waiting) answer({ stream, around })
  }
}

function newRun<Seen, Around>(at: number): Run<Seen, Around> {
  return { open: null, waiting: [], waitingSince: at, last: null, timer: null }
}

/** Whether a stream is over, or was one until somebody went on typing where it ended. */
function isOver(before: OpenStream | null, now: OpenStream | null, event: EditEvent): boolean {
  if (before === null) return false
  if (now === null || !continues(before, event)) return true
  return isStreamed(before.stream) && !isStreamed(now.stream)
}

function waits({ changes }: EditEvent): boolean {
  return changes.every(
    (change) => isPiece(change) && change.text.trim().split('\n').length <= mostLinesOfPiece,
  )
}
