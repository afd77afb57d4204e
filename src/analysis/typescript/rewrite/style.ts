import { Node, type SourceFile, type ts } from 'ts-morph'

/** How a file is written, so that what is added looks like it. */
export interface Style {
  /** A string literal in the file's quotes. */
  readonly quote: (text: string) => string
  /** `;` or nothing. */
  readonly end: string
  /** One level of indentation. */
  readonly indent: string
  readonly lineBreak: string
  /** Whether types can be written. */
  readonly typed: boolean
}

/** Reads the style of a file off its own text. */
export function styleOf(file: SourceFile): Style {
  const text = file.getFullText()
  const known = styles.get(file.compilerNode)
  if (known) return known
  const double = text.match(/"[^"'\n]*"/g)?.length ?? 0
  const single = text.match(/'[^"'\n]*'/g)?.length ?? 0
  const mark = double > single ? '"' : "'"
  const statements = file.getStatements().filter(endsInSemicolonIfAny)
  const withSemicolon = statements.filter((statement) => statement.getText().endsWith(';')).length
  const style: Style = {
    quote: (value) => mark + value + mark,
    end: withSemicolon * 2 > statements.length ? ';' : '',
    indent: /\n(\t| {2,8})(?=[^\s*])/.exec(text)?.[1] ?? '  ',
    lineBreak: text.includes('\r\n') ? '\r\n' : '\n',
    typed: /\.[cm]?tsx?$/.test(file.getFilePath()),
  }
  styles.set(file.compilerNode, style)
  return style
}

const styles = new WeakMap<ts.SourceFile, Style>()

function endsInSemicolonIfAny(statement: Node): boolean {
  return (
    Node.isImportDeclaration(statement) ||
    Node.isVariableStatement(statement) ||
    Node.isExpressionStatement(statement)
  )
}

/** The indentation of the line on which a node starts. */
export function indentOf(node: Node): string {
  const text = node.getSourceFile().getFullText()
  const lineStart = text.lastIndexOf('\n', node.getStart() - 1) + 1
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? ''
}

/** The columns from the start of a node's last line to the node's end. */
export function lineLength(node: Node): number {
  const text = node.getSourceFile().getFullText()
  return node.getEnd() - text.lastIndexOf('\n', node.getEnd() - 1) - 1
}

/** Lines joined as the file breaks them, each indented; empty lines stay empty. */
export function block(lines: readonly string[], indent: string, style: Style): string {
  return lines.map((line) => (line === '' ? '' : indent + line)).join(style.lineBreak)
}

/** The lines of a text that stood at an indentation, as they stand at none; left as they are around a text on many lines. */
export function linesAt(text: string, indent: string): string[] {
  if (/`[^`]*\n/.test(text)) return [text]
  return text.split(/\r?\n/).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
}
