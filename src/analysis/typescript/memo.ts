import { Node, type SourceFile } from 'ts-morph'
import { addTo, discard, Entry, refute, refuteReaders, Source, unlink, type Frame } from './memo-entries.ts'
import { filesOf, isSame } from './memo-values.ts'

/** What a question is about: a node of the program, or a name. */
export type Key = Node | string

/** One kind of question; `unknown` is said where it is asked again while it is being answered, in code that goes in circles. */
export class Topic<Answer> {
  readonly unknown: Answer
  readonly #entries = new WeakMap<Memo, Entries<Answer>>()

  constructor(unknown: Answer) {
    this.unknown = unknown
  }

  /** The questions that a memo holds of this kind. */
  entriesIn(memo: Memo): Entries<Answer> {
    const known = this.#entries.get(memo)
    if (known) return known
    const entries: Entries<Answer> = { byKey: new Map(), byKeys: new Map() }
    this.#entries.set(memo, entries)
    return entries
  }
}

/** Questions by their one key, or by their first key and the others. */
interface Entries<Answer> {
  readonly byKey: Map<Key, Entry<Answer>>
  readonly byKeys: Map<Key, Map<string, Entry<Answer>>>
}

/**
 * Remembers answers across edits, with what was looked at to find them: other answers, files, and inputs by name.
 * After a change, an answer that may be touched is looked over when it is next asked for, and computed again only if
 * something that it was made from became different; what was made from it stays where it comes out the same.
 */
export class Memo {
  readonly #inputs = new Map<string, Source>()
  readonly #files = new Map<SourceFile, Source>()
  /** Answers that hold only as long as a file's nodes do, and questions to the type checker, by file. */
  readonly #ofFile = new Map<Source, Set<Entry<unknown>>>()
  readonly #outside = new Map<Source, Set<Entry<unknown>>>()
  readonly #frames: Frame[] = []
  readonly #roots = new Set<Entry<unknown>>()
  #round = 0
  readonly #numbers = new WeakMap<Node, number>()
  #lastNumber = 0

  /** Whether a question is being answered, so that what is looked at matters. */
  get isAnswering(): boolean {
    return this.#frames.length > 0
  }

  /** The answer to a question; `compute` finds it and may look at nothing but its key and what the memo is told of. */
  recall<Answer>(
    topic: Topic<Answer>,
    key: Key | readonly Key[],
    compute: () => Answer,
    unknown = topic.unknown,
  ): Answer {
    return this.#read(this.#entry(topic, key, compute, unknown))
  }

  /** Like {@link recall} for what the type checker says about a node, which also other files decide. */
  ask<Answer>(topic: Topic<Answer>, key: Node, compute: () => Answer): void {
    const isNew = !topic.entriesIn(this).byKey.has(key)
    const entry = this.#entry(topic, key, compute, topic.unknown)
    if (isNew) addTo(this.#outside, this.#file(key.getSourceFile()), entry)
    this.#read(entry)
  }

  /** Notes that an input is looked at: the calls of a name, all files. */
  look(input: string): void {
    this.#frames.at(-1)?.sources.add(this.#input(input))
  }

  /** Notes that the text of a file is looked at. */
  lookAt(file: SourceFile): void {
    this.#frames.at(-1)?.sources.add(this.#file(file))
  }

  /** Takes note that an input changed. */
  change(input: string): void {
    const source = this.#inputs.get(input)
    if (source) refuteReaders(source)
  }

  /** Takes note that a file was parsed again: its nodes are gone, and all answers about them. */
  changeFile(file: SourceFile): void {
    const source = this.#file(file)
    for (const entry of this.#ofFile.get(source) ?? []) discard(entry)
    this.#ofFile.delete(source)
    this.#outside.delete(source)
    refuteReaders(source)
  }

  /** Takes note that the type checker may say something else about the nodes of a file. */
  doubt(file: SourceFile): void {
    for (const entry of this.#outside.get(this.#file(file)) ?? []) refute(entry)
  }

  /** Forgets the outermost questions that weren't asked since the last time; to be called between analyses. */
  sweep(): void {
    for (const entry of this.#roots)
      if (entry.round < this.#round && entry.readers.size === 0) {
        discard(entry)
        this.#roots.delete(entry)
      }
    this.#round++
  }

  #read<Answer>(entry: Entry<Answer>): Answer {
    if (entry.state !== 'settled') this.#settle(entry)
    const answer = entry.answer()
    const frame = this.#frames.at(-1)
    if (!frame) {
      entry.round = this.#round
      this.#roots.add(entry)
      return answer
    }
    if (entry.state === 'settled') frame.sources.add(entry)
    else {
      frame.low = Math.min(frame.low, entry.depth)
      for (const source of [...entry.files, ...(entry.state === 'provisional' ? entry.sources : [])])
        frame.sources.add(source)
    }
    const held = entry.state === 'answering' ? this.#held(answer) : entry.held
    for (const file of held) if (!frame.entry.files.includes(file)) frame.sources.add(file)
    return answer
  }

  /** Brings an answer up to date, or finds it. */
  #settle(entry: Entry<unknown>): void {
    if (entry.state === 'answering' || entry.state === 'provisional') return
    if (entry.state === 'doubted' && this.#isUpheld(entry)) entry.state = 'settled'
    else this.#run(entry)
  }

  /** Looks over what an answer was made from, in the order in which it was looked at. */
  #isUpheld(entry: Entry<unknown>): boolean {
    const frame = this.#open(entry)
    entry.isRefuted = false
    let upheld = true
    for (const source of entry.sources) {
      try {
        if (source instanceof Entry && source.state !== 'settled') this.#settle(source)
      } catch {
        upheld = false
      }
      upheld &&= source.state === 'settled' && !entry.isRefuted
      if (!upheld) break
    }
    this.#close(frame)
    return upheld
  }

  #run<Answer>(entry: Entry<Answer>): void {
    unlink(entry)
    const frame = this.#open(entry)
    const depth = entry.depth
    let found: { readonly answer: Answer } | null = null
    try {
      found = { answer: entry.compute() }
    } finally {
      this.#close(frame)
      if (!found) this.#passOn(frame, depth)
    }
    entry.sources = [...frame.sources]
    const isSettled = frame.low >= depth
    if (!isSettled) {
      entry.state = 'provisional'
      entry.depth = frame.low
      entry.provisional = found
      entry.held = this.#held(found.answer)
      this.#frames[frame.low]?.provisional.push(entry)
      return
    }
    for (const source of entry.sources) source.readers.add(entry)
    entry.state = 'settled'
    entry.provisional = null
    if (entry.settled && isSame(entry.settled.answer, found.answer)) {
      entry.held = entry.settled.held
      return
    }
    if (entry.settled) for (const reader of entry.readers) refute(reader)
    entry.held = this.#held(found.answer)
    entry.settled = { answer: found.answer, held: entry.held }
  }

  #open(entry: Entry<unknown>): Frame {
    entry.state = 'answering'
    entry.depth = this.#frames.length
    const frame = { entry, sources: new Set<Source>(), provisional: [], low: entry.depth }
    this.#frames.push(frame)
    return frame
  }

  #close(frame: Frame): void {
    this.#frames.pop()
    frame.entry.state = 'refuted'
    for (const entry of frame.provisional) {
      entry.state = 'refuted'
      entry.provisional = null
    }
  }

  /** Where no answer was found for an error, whoever asked depends on what led to it. */
  #passOn(frame: Frame, depth: number): void {
    const above = this.#frames.at(-1)
    if (!above) return
    if (frame.low < depth) above.low = Math.min(above.low, frame.low)
    for (const source of [...frame.sources, ...frame.entry.files]) above.sources.add(source)
  }

  #held(answer: unknown): readonly Source[] {
    return filesOf(answer).map((file) => this.#file(file))
  }

  #entry<Answer>(
    topic: Topic<Answer>,
    key: Key | readonly Key[],
    compute: () => Answer,
    unknown: Answer,
  ): Entry<Answer> {
    const { byKey, byKeys } = topic.entriesIn(this)
    if (typeof key === 'string' || key instanceof Node) {
      const known = byKey.get(key)
      if (known) return known
      const entry = this.#new([key], compute, unknown, () => byKey.delete(key))
      byKey.set(key, entry)
      return entry
    }
    const [first = '', ...others] = key
    const rest = others.map((part) => (typeof part === 'string' ? part : this.#number(part))).join(' ')
    const ofFirst = byKeys.get(first) ?? new Map<string, Entry<Answer>>()
    const known = ofFirst.get(rest)
    if (known) return known
    const entry = this.#new(key, compute, unknown, () => {
      ofFirst.delete(rest)
      if (ofFirst.size === 0 && byKeys.get(first) === ofFirst) byKeys.delete(first)
    })
    byKeys.set(first, ofFirst.set(rest, entry))
    return entry
  }

  #new<Answer>(
    keys: readonly Key[],
    compute: () => Answer,
    unknown: Answer,
    remove: () => void,
  ): Entry<Answer> {
    const nodes = keys.filter((part) => typeof part !== 'string')
    const files = new Set(nodes.map((node) => this.#file(node.getSourceFile())))
    const entry = new Entry(compute, unknown, [...files], () => {
      remove()
      for (const file of files) this.#ofFile.get(file)?.delete(entry)
    })
    for (const file of files) addTo(this.#ofFile, file, entry)
    return entry
  }

  #number(node: Node): number {
    const known = this.#numbers.get(node)
    if (known !== undefined) return known
    this.#numbers.set(node, ++this.#lastNumber)
    return this.#lastNumber
  }

  #input(name: string): Source {
    const known = this.#inputs.get(name) ?? new Source()
    this.#inputs.set(name, known)
    return known
  }

  #file(file: SourceFile): Source {
    const known = this.#files.get(file) ?? new Source()
    this.#files.set(file, known)
    return known
  }
}
