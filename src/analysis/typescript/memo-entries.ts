/**
 * What is known of an answer. `doubted`: something that was looked at may have changed; `refuted`: it has changed;
 * `provisional`: holds until a question that is being answered has its answer; `gone`: its key is no longer there.
 */
export type State = 'refuted' | 'answering' | 'provisional' | 'settled' | 'doubted' | 'gone'

/** Something that can be looked at: an answer, or an input from outside. */
export class Source {
  state: State = 'settled'
  /** The files whose nodes are part of it: who looks at it may look at all that these say. */
  held: readonly Source[] = []
  readonly readers = new Set<Entry<unknown>>()
}

/** A question, its answer and what was looked at for it. */
export class Entry<Answer> extends Source {
  override state: State = 'refuted'
  readonly compute: () => Answer
  readonly unknown: Answer
  readonly files: readonly Source[]
  readonly remove: () => void
  sources: readonly Source[] = []
  settled: { readonly answer: Answer; readonly held: readonly Source[] } | null = null
  provisional: { readonly answer: Answer } | null = null
  /** Where it stands among the questions that are being answered, or where the one stands that it waits for. */
  depth = 0
  /** Whether something it was made from turned out to be different while it was looked over. */
  isRefuted = false
  round = 0

  constructor(compute: () => Answer, unknown: Answer, files: readonly Source[], remove: () => void) {
    super()
    this.compute = compute
    this.unknown = unknown
    this.files = files
    this.remove = remove
  }

  answer(): Answer {
    if (this.state === 'answering') return this.unknown
    return ((this.state === 'provisional' ? this.provisional : this.settled) ?? { answer: this.unknown })
      .answer
  }
}

/** A question while it is being answered. */
export interface Frame {
  readonly entry: Entry<unknown>
  readonly sources: Set<Source>
  readonly provisional: Entry<unknown>[]
  /** The outermost question that the answer waits for, by its depth. */
  low: number
}

/** Puts a question with those of a file. */
export function addTo(sets: Map<Source, Set<Entry<unknown>>>, file: Source, entry: Entry<unknown>): void {
  const known = sets.get(file)
  if (known) known.add(entry)
  else sets.set(file, new Set([entry]))
}

/** What looked at something must be found anew. */
export function refuteReaders(source: Source): void {
  for (const reader of source.readers) refute(reader)
}

/** What an answer was made from became different: it must be found anew, and what was made from it looked over. */
export function refute(entry: Entry<unknown>): void {
  if (entry.state === 'answering') entry.isRefuted = true
  if (entry.state !== 'settled' && entry.state !== 'doubted') return
  const wasSettled = entry.state === 'settled'
  entry.state = 'refuted'
  if (wasSettled) doubtReaders(entry)
}

function doubtReaders(entry: Source): void {
  const open: Source[] = [entry]
  for (let next = open.pop(); next; next = open.pop())
    for (const reader of next.readers)
      if (reader.state === 'settled') {
        reader.state = 'doubted'
        open.push(reader)
      }
}

/** Forgets what an answer was made from. */
export function unlink(entry: Entry<unknown>): void {
  for (const source of entry.sources) source.readers.delete(entry)
  entry.sources = []
}

/** Forgets a question; what was made from its answer must be found anew. */
export function discard(entry: Entry<unknown>): void {
  unlink(entry)
  entry.state = 'gone'
  entry.remove()
  refuteReaders(entry)
  entry.readers.clear()
}
