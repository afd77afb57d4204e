import type { Topic } from './memo.ts'
import type { Program } from './program.ts'

/** A map by ids that an analysis makes anew each time, where the memo notes which of its values were looked at. */
export class NotedMap<Value> implements ReadonlyMap<string, Value> {
  readonly #program: Program
  readonly #input: string
  readonly #topic: Topic<Value | undefined>
  #current: ReadonlyMap<string, Value> = new Map()

  /** `input` is its name in the program's memo, `topic` the kind of question for one value. */
  constructor(program: Program, input: string, topic: Topic<Value | undefined>) {
    this.#program = program
    this.#input = input
    this.#topic = topic
  }

  /** Puts other values in place of all. */
  replace(values: ReadonlyMap<string, Value>): void {
    this.#current = values
    this.#program.memo.change(this.#input)
  }

  /** The value with an id; who asks for it depends on no other. */
  get(id: string): Value | undefined {
    return this.#program.memo.recall(this.#topic, id, () => this.#all().get(id))
  }

  has(id: string): boolean {
    return this.get(id) !== undefined
  }

  get size(): number {
    return this.#all().size
  }

  forEach(visit: (value: Value, id: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [id, value] of this.#all()) visit(value, id, this)
  }

  entries(): MapIterator<[string, Value]> {
    return this.#all().entries()
  }

  keys(): MapIterator<string> {
    return this.#all().keys()
  }

  values(): MapIterator<Value> {
    return this.#all().values()
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries()
  }

  #all(): ReadonlyMap<string, Value> {
    this.#program.memo.look(this.#input)
    return this.#current
  }
}
