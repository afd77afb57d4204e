/** Lines from 1, both included. */
export interface LineRange {
  readonly startLine: number
  readonly endLine: number
}

/** A statement that does nothing but import; without names it is there for what the other file does. */
export interface ImportStatement extends LineRange {
  readonly specifier: string
  readonly names: readonly string[]
  /** Types alone, of which nothing is left when the code runs. */
  readonly isType: boolean
}

/** What code names of other files, apart from its import statements. */
export interface NamedModules {
  /** As `require`, `import()` and `export … from` have them. */
  readonly specifiers: readonly string[]
  /** Texts that begin like a relative path, whatever they are for: `new Worker('./worker.ts')`. */
  readonly paths: readonly string[]
  /** Whether it loads a module whose name is only known when it runs. */
  readonly isOpen: boolean
}

const importStatement = /^[ \t]*import\s+(?:([^'";()]*?)\s*from\s*)?(['"])([^'"\n]+)\2/gm
const requireStatement =
  /^[ \t]*(?:const|let|var)\s+([\w$\s{},:]+?)\s*=\s*require\(\s*(['"])([^'"\n]+)\2\s*\)(?=\s*;?[ \t]*$)/gm
const typesAlone = /^type\s+(?!from\b)[\w${*]/
const exportFrom = /\bfrom\s*(['"])([^'"\n]+)\1/g
const loaded = /\b(?:require|import)(?:\.resolve)?\s*\(\s*(['"`])([^'"`\n]+)\1\s*[,)]/g
const loadedLater =
  /\b(?:require|import)(?:\.resolve)?\s*\(\s*(?:[^'"`\s]|['"`][^'"`\n]*\$\{|['"`][^'"`\n]*['"`]\s*[^,)\s])/
const relativePath = /(['"`])(\.{1,2}(?:\/[^'"`\n]*)?)\1/g

/** The import statements of a text, `const x = require('…')` among them. Read as text: code that is broken or in comments counts. */
export function importStatements(text: string): ImportStatement[] {
  return [...text.matchAll(importStatement), ...text.matchAll(requireStatement)].map((match) => {
    const [whole, clause = '', , specifier = ''] = match
    const startLine = lineAt(text, match.index)
    const endLine = startLine + whole.split('\n').length - 1
    return { specifier, names: wordsIn(clause), isType: typesAlone.test(clause), startLine, endLine }
  })
}

/** The modules that code names, in which import statements are left out. Names too many rather than too few. */
export function namedModules(code: string): NamedModules {
  const specifiers = [...code.matchAll(exportFrom), ...code.matchAll(loaded)].map(([, , name = '']) => name)
  const paths = [...code.matchAll(relativePath)].map(([, , path = '']) => path)
  return { specifiers, paths, isOpen: loadedLater.test(code) }
}

/** All words of a text that may be names. */
export function wordsIn(text: string): string[] {
  return text.match(/[\w$]+/g) ?? []
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
