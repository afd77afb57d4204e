import { ts, type CallExpression, type SourceFile } from 'ts-morph'
import { isSupportFile } from '../source-tree.ts'
import { calleeName } from './functions.ts'

type ByName = ReadonlyMap<string, readonly CallExpression[]>

const callsByName = new WeakMap<ts.SourceFile, ByName>()

/** The calls in a program's files by their callee's name, for one set of files whose texts may change. */
export class CallIndex {
  readonly #order: ReadonlyMap<SourceFile, number>
  readonly #byName = new Map<string, Map<SourceFile, readonly CallExpression[]>>()
  readonly #found = new Map<string, readonly CallExpression[]>()
  readonly #application = new Map<string, readonly CallExpression[]>()

  constructor(files: readonly SourceFile[]) {
    this.#order = new Map(files.map((file, index) => [file, index]))
    for (const file of files) this.#add(file)
  }

  /** All calls of something with this name, in the order of the files. */
  named(name: string): readonly CallExpression[] {
    const known = this.#found.get(name)
    if (known) return known
    const place = (file: SourceFile): number => this.#order.get(file) ?? 0
    const files = [...(this.#byName.get(name) ?? [])].toSorted(([a], [b]) => place(a) - place(b))
    const calls = files.flatMap(([, found]) => [...found])
    this.#found.set(name, calls)
    return calls
  }

  /** The same in the application's own files only. */
  inApplication(name: string): readonly CallExpression[] {
    const known = this.#application.get(name)
    if (known) return known
    const calls = this.named(name).filter(
      (call) => !isSupportFile(call.getSourceFile().getFilePath().slice(1)),
    )
    this.#application.set(name, calls)
    return calls
  }

  /** Takes over a file that was parsed again; `names` are those that it called before. */
  replace(file: SourceFile, names: Iterable<string>): void {
    for (const name of names) {
      this.#byName.get(name)?.delete(file)
      this.#forget(name)
    }
    this.#add(file)
    for (const name of callsIn(file).keys()) this.#forget(name)
  }

  #forget(name: string): void {
    this.#found.delete(name)
    this.#application.delete(name)
  }

  #add(file: SourceFile): void {
    for (const [name, calls] of callsIn(file)) {
      const byFile = this.#byName.get(name)
      if (byFile) byFile.set(file, calls)
      else this.#byName.set(name, new Map([[file, calls]]))
    }
  }
}

/** The calls in one file by their callee's name, empty for what has none. */
export function callsIn(file: SourceFile): ByName {
  const known = callsByName.get(file.compilerNode)
  if (known) return known
  const calls = new Map<string, CallExpression[]>()
  for (const call of file.getDescendantsOfKind(ts.SyntaxKind.CallExpression)) {
    const name = calleeName(call) ?? ''
    const sameName = calls.get(name)
    if (sameName === undefined) calls.set(name, [call])
    else sameName.push(call)
  }
  callsByName.set(file.compilerNode, calls)
  return calls
}
