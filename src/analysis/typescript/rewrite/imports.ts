import {
  Node,
  SyntaxKind,
  type ImportDeclaration,
  type ObjectBindingPattern,
  type SourceFile,
} from 'ts-morph'
import { specifierOf } from '../declarations.ts'
import type { FileEdit } from '../../../model/source.ts'
import { isUsed } from './names.ts'
import { belowImports, insertion, lineEnd } from './placement.ts'
import { styleOf } from './style.ts'

/** Names that a text needs, by the module that exports them: `{ 'drizzle-orm': ['inArray'] }`. */
export type Imports = Readonly<Record<string, readonly string[]>>

/**
 * Edits that import names into a file, as the file does it (`import` or `require`), joined to an existing import of the
 * module. What is imported already is left alone; null where a name stands for something else there.
 * Put them before other edits at the top of the file.
 */
export function addImports(file: SourceFile, imports: Imports | undefined): FileEdit[] | null {
  const edits: FileEdit[] = []
  for (const [module, names] of Object.entries(imports ?? {})) {
    const missing = names.filter((name) => !isImported(file, module, name))
    if (missing.some((name) => isUsed(name, file))) return null
    if (missing.length > 0) edits.push(importEdit(file, module, missing))
  }
  return edits
}

function importEdit(file: SourceFile, module: string, names: readonly string[]): FileEdit {
  const list = names.join(', ')
  for (const declaration of valueImportsOf(file, module)) {
    const last = declaration.getNamedImports().at(-1)
    if (last) return insertion(file, last.getEnd(), `, ${list}`)
    const name = declaration.getDefaultImport()
    if (name && !declaration.getNamespaceImport()) return insertion(file, name.getEnd(), `, { ${list} }`)
  }
  const required = requiredNames(file, module)?.getElements().at(-1)
  if (required) return insertion(file, required.getEnd(), `, ${list}`)
  return addedLine(file, module, list)
}

function addedLine(file: SourceFile, module: string, list: string): FileEdit {
  const { quote, end, lineBreak } = styleOf(file)
  const line = isCommonJs(file)
    ? `const { ${list} } = require(${quote(module)})${end}`
    : `import { ${list} } from ${quote(module)}${end}`
  const last = file
    .getStatements()
    .findLast((statement) => Node.isImportDeclaration(statement) || isRequireStatement(statement))
  if (last) return insertion(file, lineEnd(last), lineBreak + line)
  const [first] = file.getStatements()
  return first ? insertion(file, first.getStart(), line + lineBreak.repeat(2)) : belowImports(file, [line])
}

/** Whether a file takes what it needs with `require`. */
export function isCommonJs(file: SourceFile): boolean {
  const path = file.getFilePath()
  if (/\.(?:cjs|cts)$/.test(path)) return true
  if (/\.(?:mjs|mts)$/.test(path) || file.getImportDeclarations().length > 0) return false
  if (file.getStatements().some(isRequireStatement)) return true
  return /\.jsx?$/.test(path) && /(?:^|\n)\s*(?:module\.)?exports\b/.test(file.getFullText())
}

function isImported(file: SourceFile, module: string, name: string): boolean {
  const imported = valueImportsOf(file, module).some((declaration) =>
    declaration
      .getNamedImports()
      .some((specifier) => !specifier.isTypeOnly() && specifier.getText() === name),
  )
  const elements = requiredNames(file, module)?.getElements() ?? []
  return imported || elements.some((element) => element.getText() === name)
}

function valueImportsOf(file: SourceFile, module: string): ImportDeclaration[] {
  return file
    .getImportDeclarations()
    .filter((declaration) => specifierOf(declaration) === module && !declaration.isTypeOnly())
}

/** The pattern of `const { a, b } = require('module')`. */
function requiredNames(file: SourceFile, module: string): ObjectBindingPattern | undefined {
  return file
    .getVariableDeclarations()
    .filter((declaration) => isRequireOf(declaration.getInitializer(), module))
    .map((declaration) => declaration.getNameNode())
    .find((name) => name.isKind(SyntaxKind.ObjectBindingPattern))
}

function isRequireOf(value: Node | undefined, module: string): boolean {
  if (!Node.isCallExpression(value) || value.getExpression().getText() !== 'require') return false
  const [specifier] = value.getArguments()
  return Node.isStringLiteral(specifier) && specifier.getLiteralValue() === module
}

function isRequireStatement(statement: Node): boolean {
  return Node.isVariableStatement(statement) && /=\s*require\(/.test(statement.getText())
}
