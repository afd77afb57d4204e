import { Node, type SourceFile, type ts } from 'ts-morph'
import { specifierOf } from '../declarations.ts'
import type { FileEdit } from '../../../model/source.ts'
import { addImports, isCommonJs, type Imports } from './imports.ts'
import { isUsed } from './names.ts'
import { insertion, lineEnd } from './placement.ts'
import { styleOf, type Style } from './style.ts'

/**
 * Code to be added to files of any style. Its text is TypeScript with two spaces, single quotes and semicolons, without
 * quotes in comments; «…» encloses what JavaScript doesn't have. `Type#` stands for an imported type.
 */
export interface Snippet {
  /** Every name it declares at the top level; the first is what other code uses. */
  readonly names: readonly [string, ...string[]]
  readonly imports: Imports
  /** Types that it needs, by the module that exports them. */
  readonly types: Imports
  readonly text: string
}

/**
 * Edits that add a snippet to the file of a node, above it and below the imports; none where the file has it already.
 * Null where one of its names stands for something else there.
 */
export function addSnippet(before: Node, snippet: Snippet): FileEdit[] | null {
  const file = before.getSourceFile()
  const ready = readyFor(file, snippet)
  if (ready === null || ready.isThere) return ready && []
  const { lineBreak } = styleOf(file)
  const above = statementsAbove(file, before)
  const last = above.findLast(isImport)
  if (last) {
    const types = ready.types.map((line) => lineBreak + line).join('')
    const text = types + lineBreak.repeat(2) + ready.text
    return [...ready.imports, insertion(file, lineEnd(last), text)]
  }
  const [first = null] = above.filter((statement) => !isDirective(statement))
  if (!first || file.getFullText().startsWith('#!')) return null
  const types = ready.types.map((line) => line + lineBreak)
  const text = [...types, types.length > 0 ? lineBreak : '', ready.text, lineBreak.repeat(2)].join('')
  return [...ready.imports, insertion(file, first.getStart(true), text)]
}

/** A snippet in the style of a file. */
interface Ready {
  readonly isThere: boolean
  readonly imports: readonly FileEdit[]
  /** Lines that import types. */
  readonly types: readonly string[]
  readonly text: string
}

const known = new WeakMap<ts.SourceFile, Map<Snippet, Ready | null>>()

/** Remembered by file, as many places of one file are offered the same snippet. */
function readyFor(file: SourceFile, snippet: Snippet): Ready | null {
  const ofFile = known.get(file.compilerNode) ?? new Map<Snippet, Ready | null>()
  known.set(file.compilerNode, ofFile)
  const remembered = ofFile.get(snippet)
  if (remembered !== undefined) return remembered
  const ready = prepare(file, snippet)
  ofFile.set(snippet, ready)
  return ready
}

function prepare(file: SourceFile, snippet: Snippet): Ready | null {
  const style = styleOf(file)
  const types = style.typed ? typesFor(file, snippet) : { lines: [], written: new Map<string, string>() }
  if (types === null) return null
  const withTypes = [...types.written].reduce(
    (text, [name, written]) => text.replaceAll(`${name}#`, written),
    snippet.text,
  )
  const text = inStyle(withTypes.trim(), style)
  const head = text
    .split(style.lineBreak)
    .find((line) => isUsedIn(snippet.names[0], line) && isDeclaration(line))
  if (head !== undefined && file.getFullText().includes(head))
    return { isThere: true, imports: [], types: [], text }
  const imports = addImports(file, snippet.imports)
  if (!imports || snippet.names.some((name) => isUsed(name, file))) return null
  return { isThere: false, imports, types: types.lines, text }
}

/** How a file names the types of a snippet, and the lines that import those it hasn't; null where a name is taken. */
function typesFor(
  file: SourceFile,
  { types }: Snippet,
): { readonly lines: string[]; readonly written: ReadonlyMap<string, string> } | null {
  const { quote, end } = styleOf(file)
  const written = new Map<string, string>()
  const lines: string[] = []
  for (const [module, names] of Object.entries(types)) {
    const missing = names.filter((name) => !isImportedType(file, module, name))
    if (!isCommonJs(file) && missing.some((name) => isUsed(name, file))) return null
    for (const name of names) {
      const isInline = isCommonJs(file) && missing.includes(name)
      written.set(name, isInline ? `import('${module}').${name}` : name)
    }
    if (missing.length > 0 && !isCommonJs(file))
      lines.push(`import type { ${missing.join(', ')} } from ${quote(module)}${end}`)
  }
  return { lines, written }
}

function isImportedType(file: SourceFile, module: string, name: string): boolean {
  return file
    .getImportDeclarations()
    .some(
      (declaration) =>
        specifierOf(declaration)?.replace(/^node:/, '') === module.replace(/^node:/, '') &&
        declaration
          .getNamedImports()
          .some((specifier) => specifier.getName() === name && !specifier.getAliasNode()),
    )
}

function inStyle(text: string, style: Style): string {
  const plain = style.typed ? text.replaceAll(/[«»]/g, '') : withoutTypes(text)
  return plain
    .split('\n')
    .map((line) => {
      const quoted = line.replaceAll(/'([^']*)'/g, (_, content: string) => style.quote(content))
      const ended = style.end === '' ? quoted.replace(/;$/, '') : quoted
      return ended.replace(/^(?: {2})+/, (spaces) => style.indent.repeat(spaces.length / 2))
    })
    .join(style.lineBreak)
}

/** A text as JavaScript, with parameters on one line that types had kept apart. */
function withoutTypes(text: string): string {
  return text
    .replaceAll(/«[^»]*»/g, '')
    .replaceAll(
      /\(\n((?: +\w+,\n)+)\)/g,
      (_, names: string) => `(${names.trim().replace(/,$/, '').replaceAll(/,\s+/g, ', ')})`,
    )
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** The statements of a file up to the one that a node stands in. */
function statementsAbove(file: SourceFile, node: Node): Node[] {
  return file.getStatements().filter((statement) => statement.getPos() <= node.getPos())
}

function isImport(statement: Node): boolean {
  if (Node.isImportDeclaration(statement) || Node.isImportEqualsDeclaration(statement)) return true
  return Node.isVariableStatement(statement) && /=\s*require\([^()]*\)[\w.]*;?$/.test(statement.getText())
}

function isDirective(statement: Node): boolean {
  return Node.isExpressionStatement(statement) && Node.isStringLiteral(statement.getExpression())
}

function isDeclaration(line: string): boolean {
  return /^(?:async function|function|const)\b/.test(line)
}

function isUsedIn(name: string, line: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(line)
}
