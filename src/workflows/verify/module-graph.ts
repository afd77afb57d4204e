import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { isSource } from '../../analysis/source-tree.ts'
import { importStatements, namedModules, wordsIn, type LineRange } from './named-modules.ts'

/** The files that a part of a file leads to; `isOpen` where it may lead to others, which its text doesn't tell. */
export interface Leads {
  readonly files: readonly string[]
  readonly isOpen: boolean
}

const sourceEnding = /\.(?:[cm]?[jt]s|[jt]sx)$/
const dataEnding =
  /\.(?:json5?|jsonc|css|s[ac]ss|less|svg|png|jpe?g|gif|webp|ico|woff2?|html?|md|txt|sql|graphql|gql|node|wasm|ya?ml|proto|hbs|ejs|pug)$/

/**
 * Which files lead to which others, among texts at hand: told by their names in the code, where a file leads to too many
 * rather than too few. What the compiler knows (aliases, packages of a workspace) isn't asked: an alias leads to every file
 * that ends as it does.
 */
export class ModuleGraph {
  readonly #texts: ReadonlyMap<string, string>
  /** By path without ending. */
  readonly #byPlace = new Map<string, string[]>()
  readonly #byLastName = new Map<string, string[]>()
  /** The folders of packages that are part of the project, by name. */
  readonly #ownPackages = new Map<string, string>()
  readonly #dependencies = new Set<string>()
  readonly #whole = new Map<string, Leads>()

  /** `texts` are by file, relative to the project: sources, and its package.json files. */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts
    for (const [file, text] of texts) {
      if (isSource(file)) this.#addSource(file)
      else if (posix.basename(file) === 'package.json') this.#addPackage(posix.dirname(file), text)
    }
  }

  /** Everything that a file names. */
  of(file: string): Leads {
    const known = this.#whole.get(file)
    if (known !== undefined) return known
    const leads = this.#leads(file, () => true, true)
    this.#whole.set(file, leads)
    return leads
  }

  /** What a file names outside of some lines. An import counts where one of its names is used there, or it has none. */
  outside(file: string, leftOut: readonly LineRange[]): Leads {
    return leftOut.length === 0 ? this.of(file) : this.#leads(file, (line) => !isIn(line, leftOut), false)
  }

  /** What a file names in some lines. */
  inside(file: string, lines: readonly LineRange[]): Leads {
    return this.#leads(file, (line) => isIn(line, lines), false)
  }

  #leads(file: string, isMeant: (line: number) => boolean, all: boolean): Leads {
    const text = this.#texts.get(file)
    if (text === undefined) return { files: [], isOpen: false }
    const imports = importStatements(text)
    const code = text
      .split('\n')
      .map((line, index) => (isMeant(index + 1) && !isIn(index + 1, imports) ? line : ''))
      .filter((line) => !/^\s*\/\//.test(line))
      .join('\n')
    const words = new Set(wordsIn(code))
    const used = imports.filter(
      ({ names, isType }) => !isType && (all || names.length === 0 || names.some((name) => words.has(name))),
    )
    const { specifiers, paths, isOpen } = namedModules(code)
    const resolved = [...used.map(({ specifier }) => specifier), ...specifiers].map((specifier) =>
      this.#resolve(specifier, file),
    )
    const files = [
      ...resolved.flatMap((found) => found ?? []),
      ...paths.flatMap((path) => this.#at(path, file)),
    ]
    return {
      files: [...new Set(files)].filter((each) => each !== file),
      isOpen: isOpen || resolved.includes(null),
    }
  }

  /** The files that a specifier may mean; null where that is not known. */
  #resolve(specifier: string, from: string): readonly string[] | null {
    if (specifier.startsWith('.')) {
      const found = this.#at(specifier, from)
      return found.length > 0 || dataEnding.test(specifier) ? found : null
    }
    if (isBuiltin(specifier)) return []
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    const folder = this.#ownPackages.get(name)
    if (folder !== undefined)
      return [...this.#texts.keys()].filter((file) => isSource(file) && isBelow(file, folder))
    if (this.#dependencies.has(name)) return []
    const last = posix.basename(specifier).replace(sourceEnding, '')
    return this.#byLastName.get(last) ?? null
  }

  /** The files that a relative path may mean. */
  #at(path: string, from: string): string[] {
    const place = posix.join(posix.dirname(from), path.replace(/[?#].*$/, ''))
    const places = new Set([place, place.replace(sourceEnding, ''), posix.join(place, 'index')])
    return [...places].flatMap((each) => this.#byPlace.get(each) ?? [])
  }

  #addSource(file: string): void {
    const bare = file.replace(sourceEnding, '')
    const last = posix.basename(bare)
    addTo(this.#byPlace, bare, file)
    addTo(this.#byLastName, last, file)
    if (last === 'index') addTo(this.#byLastName, posix.basename(posix.dirname(bare)), file)
  }

  #addPackage(folder: string, text: string): void {
    const manifest = objectIn(text)
    const { name } = manifest
    if (typeof name === 'string') this.#ownPackages.set(name, folder)
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
      const listed = manifest[kind]
      if (typeof listed !== 'object' || listed === null) continue
      for (const dependency of Object.keys(listed)) this.#dependencies.add(dependency)
    }
  }
}

/** Some files and all that they lead to, at any distance. */
export function closure(files: Iterable<string>, next: (file: string) => readonly string[]): Set<string> {
  const found = new Set(files)
  for (const file of found) for (const each of next(file)) found.add(each)
  return found
}

/** Whether a line is in one of some ranges. */
export function isIn(line: number, ranges: readonly LineRange[]): boolean {
  return ranges.some(({ startLine, endLine }) => startLine <= line && line <= endLine)
}

function addTo(lists: Map<string, string[]>, key: string, file: string): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [file])
  else known.push(file)
}

function isBelow(file: string, folder: string): boolean {
  return folder === '.' || file.startsWith(`${folder}/`)
}

/** What a package.json says; nothing where it doesn't parse. */
function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
