import { Node, ts, type SourceFile } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { fileOf } from '../program.ts'
import { isFunction } from '../functions.ts'
import { block, styleOf } from './style.ts'

/** An edit that puts text at one place and removes nothing. */
export function insertion(at: Node, offset: number, text: string): FileEdit {
  return { file: fileOf(at), start: offset, end: offset, text }
}

/** An edit that puts text in the place of a node. */
export function replacement(node: Node, text: string): FileEdit {
  return { file: fileOf(node), start: node.getStart(), end: node.getEnd(), text }
}

/** An edit that removes a statement with its line; null where more stands on the line. */
export function removedStatement(statement: Node): FileEdit | null {
  const text = statement.getSourceFile().getFullText()
  const start = text.lastIndexOf('\n', statement.getStart() - 1) + 1
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(statement.getEnd()))
  if (!rest || text.slice(start, statement.getStart()).trim() !== '') return null
  return { file: fileOf(statement), start, end: statement.getEnd() + rest[0].length, text: '' }
}

/** Adds a top-level declaration, given as lines, below the imports of a file. */
export function belowImports(file: SourceFile, lines: readonly string[]): FileEdit {
  const style = styleOf(file)
  const text = block(lines, '', style)
  const last = file
    .getStatements()
    .findLast((statement) => Node.isImportDeclaration(statement) || isRequire(statement))
  if (!last) {
    const separator = file.getFullText().endsWith('\n') ? style.lineBreak : style.lineBreak.repeat(2)
    return insertion(file, file.getEnd(), separator + text + style.lineBreak)
  }
  const isFollowedByBlankLine = /^\s*(?:\r?\n\s*\r?\n|$)/.test(file.getFullText().slice(lineEnd(last)))
  const after = isFollowedByBlankLine ? '' : style.lineBreak
  return insertion(file, lineEnd(last), style.lineBreak.repeat(2) + text + after)
}

/** Adds statements, given as lines, before the statement a node belongs to; null where it stands in no block. */
export function beforeStatement(node: Node, lines: readonly string[]): FileEdit | null {
  const statement = statementOf(node)
  if (!statement) return null
  const style = styleOf(statement.getSourceFile())
  const indent = indentBefore(statement)
  if (indent === null) return null
  return insertion(
    statement,
    statement.getStart(),
    lines.map((line) => line + style.lineBreak + indent).join(''),
  )
}

/** The statement in a block that a node belongs to, without leaving its function. */
export function statementOf(node: Node): Node | null {
  for (let current: Node | undefined = node; current && !isFunction(current); current = current.getParent()) {
    const parent = current.getParent()
    if (Node.isBlock(parent) || Node.isSourceFile(parent) || Node.isCaseClause(parent)) return current
  }
  return null
}

/** The end of the line on which a node ends, so that a comment after it stays with it. */
export function lineEnd(node: Node): number {
  const text = node.getSourceFile().getFullText()
  const end = node.getEnd() + (/^[^\r\n]*/.exec(text.slice(node.getEnd()))?.[0].length ?? 0)
  return /^\s*(?:\/\/.*|\/\*.*\*\/\s*)?$/.test(text.slice(node.getEnd(), end)) ? end : node.getEnd()
}

/** Whether a comment stands in a node, or in the part of it between two offsets. */
export function hasComment(node: Node, start = node.getStart(), end = node.getEnd()): boolean {
  const scanner = ts.createScanner(
    ts.ScriptTarget.Latest,
    false,
    ts.LanguageVariant.Standard,
    node.getSourceFile().getFullText().slice(start, end),
  )
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia)
      return true
  return false
}

/** What stands before a statement on its line, or null if that is more than white space. */
function indentBefore(statement: Node): string | null {
  const text = statement.getSourceFile().getFullText()
  const lineStart = text.lastIndexOf('\n', statement.getStart() - 1) + 1
  const before = text.slice(lineStart, statement.getStart())
  return /^[ \t]*$/.test(before) ? before : null
}

function isRequire(statement: Node): boolean {
  return Node.isVariableStatement(statement) && /=\s*require\(/.test(statement.getText())
}
