import type { SourceFile } from 'ts-morph'

/** What is looked for in the text of a file. */
export type Wanted = string | RegExp

/** Remembers which files of a program hold a text, for one set of files whose texts may change. */
export class TextIndex {
  readonly #files: readonly SourceFile[]
  readonly #found = new Map<string, { readonly wanted: Wanted; readonly files: Set<SourceFile> }>()
  readonly #lists = new Map<string, readonly SourceFile[]>()

  constructor(files: readonly SourceFile[]) {
    this.#files = files
  }

  /** The files whose text holds what is wanted, in the order of the files. */
  filesWith(wanted: Wanted): readonly SourceFile[] {
    const key = String(wanted)
    const list = this.#lists.get(key)
    if (list) return list
    const known = this.#found.get(key)
    const files = this.#files.filter((file) => (known ? known.files.has(file) : holds(file, wanted)))
    if (!known) this.#found.set(key, { wanted, files: new Set(files) })
    this.#lists.set(key, files)
    return files
  }

  /** Takes over a file whose text changed, and gives all that was ever wanted and is, or was, in it. */
  replace(file: SourceFile): Wanted[] {
    return [...this.#found].flatMap(([key, { wanted, files }]) => {
      const was = files.has(file)
      const is = holds(file, wanted)
      if (was !== is) this.#lists.delete(key)
      if (is) files.add(file)
      else files.delete(file)
      return was || is ? [wanted] : []
    })
  }
}

function holds(file: SourceFile, wanted: Wanted): boolean {
  const { text } = file.compilerNode
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}
