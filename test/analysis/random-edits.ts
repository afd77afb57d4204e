/** The files of a program, by name. */
export type Files = ReadonlyMap<string, string>

/** One edit of a program: what was done, and the files after it. */
export interface RandomEdit {
  readonly what: string
  readonly files: Files
}

/** Gives numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Statements that make a difference to what is found. */
const statements = [
  'for (const each of items) await load(each)',
  "for (const url of ['/a', '/b']) await fetch(url)",
  'const rows = await Promise.all(ids.map((id) => find(id)))',
  'throw new Error("Not yet")',
  'const { limit } = req.query',
  'return []',
]

type Edit = (files: Map<string, string>, choose: Choose) => string | null
type Choose = <T>(among: readonly T[]) => T | null

const isSource = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file)

/** Replaces the text of one source file; null where the edit can't be made in it. */
function inSource(what: string, change: (text: string, choose: Choose) => string | null): Edit {
  return (files, choose) => {
    const file = choose([...files.keys()].filter(isSource))
    const text = file === null ? null : change(files.get(file) ?? '', choose)
    if (file === null || text === null || text === files.get(file)) return null
    files.set(file, text)
    return `${what} in ${file}`
  }
}

/** Takes one match of a pattern out of a text, and puts something else there. */
function replaceOne(
  text: string,
  pattern: RegExp,
  choose: Choose,
  by: (found: RegExpExecArray) => string,
): string | null {
  const found = choose([...text.matchAll(pattern)])
  return found && text.slice(0, found.index) + by(found) + text.slice(found.index + found[0].length)
}

const edits: readonly Edit[] = [
  inSource('a comment above', (text) => `// Something to say.\n${text}`),
  inSource('a statement', (text, choose) =>
    replaceOne(text, /\{\n/g, choose, () => `{\n${choose(statements) ?? ''}\n`),
  ),
  inSource('no line', (text, choose) => replaceOne(text, /^[^\n]*\S[^\n]*\n/gm, choose, () => '')),
  inSource('no import', (text, choose) => replaceOne(text, /^import [^\n]*\n/gm, choose, () => '')),
  inSource('another module', (text, choose) =>
    replaceOne(text, /from '(\.[^']*)'/g, choose, (found) => `from '${found[1] ?? ''}x'`),
  ),
  inSource('another name', (text, choose) =>
    replaceOne(text, /\b(?:function|const|async|class) (\w+)/g, choose, (found) => `${found[0]}2`),
  ),
  inSource('another member', (text, choose) =>
    replaceOne(text, /\.(\w+)\(/g, choose, (found) => `.${found[1] ?? ''}2(`),
  ),
  inSource('broken syntax', (text, choose) => replaceOne(text, /[{}()]/g, choose, () => '')),
  inSource('a type', (text, choose) => replaceOne(text, /\b[A-Z]\w+\b/g, choose, () => 'Unheard')),
  inSource('a call at the end', (text, choose) => {
    const [, name] = choose([...text.matchAll(/function (\w+)/g)]) ?? []
    return name === undefined ? null : `${text}\nvoid ${name}({ limit: 10 })\n`
  }),
  (files, choose) => {
    const [from, to] = [
      choose([...files.keys()].filter(isSource)),
      choose([...files.keys()].filter(isSource)),
    ]
    const [, name] =
      choose([...(files.get(from ?? '') ?? '').matchAll(/export (?:async )?function (\w+)/g)]) ?? []
    if (from === null || to === null || name === undefined) return null
    const depth = to.split('/').length - 1
    const path = `${depth === 0 ? './' : '../'.repeat(depth)}${from}`
    files.set(
      to,
      `import { ${name} as called } from '${path}'\n${files.get(to) ?? ''}\nvoid called({}, [])\n`,
    )
    return `a caller of ${name} of ${from} in ${to}`
  },
  (files, choose) => {
    const names = new Set(
      [...files.values()].flatMap((text) =>
        [...text.matchAll(/\.(\w{4,})\(/g)].map((found) => found[1] ?? ''),
      ),
    )
    const name = choose([...names])
    if (name === null) return null
    for (const [file, text] of files)
      if (isSource(file)) files.set(file, text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `${name}Now`))
    return `${name} renamed everywhere`
  },
  (files, choose) => {
    const file = choose([...files.keys()].filter(isSource))
    return file !== null && files.delete(file) ? `${file} deleted` : null
  },
  (files, choose) => {
    const file = choose([...files.keys()].filter((name) => !isSource(name)))
    const text = file === null ? '' : (files.get(file) ?? '')
    const number = replaceOne(text, /\d+/g, choose, (found) => String(Number(found[0]) + 1))
    const changed = number ?? replaceOne(text, /\b[a-z]{4,}\b/g, choose, (found) => `${found[0]}x`)
    if (file === null || changed === null) return null
    files.set(file, changed)
    return `a configuration in ${file}`
  },
]

/**
 * Edits a program over and over, the same for the same seed: mostly for the worse, and files that were edited are put
 * back again and again, so that it doesn't fall apart.
 */
export function* randomEdits(original: Files, seed: number): Generator<RandomEdit> {
  const random = randomNumbers(seed)
  const choose: Choose = (among) => among[Math.floor(random() * among.length)] ?? null
  let files = new Map(original)
  for (;;) {
    const next = new Map(files)
    const edited = [...new Set([...original.keys(), ...files.keys()])].filter(
      (file) => original.get(file) !== files.get(file),
    )
    const restored = random() < edited.length / 12 ? choose(edited) : null
    const text = restored === null ? undefined : original.get(restored)
    if (restored !== null && text !== undefined) next.set(restored, text)
    const what = restored === null ? choose(edits)?.(next, choose) : `${restored} as it was`
    if (what === null || what === undefined) continue
    files = next
    yield { what, files }
  }
}
