import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { camelCase, capitalized, lowerFirst, plural, singular } from '../../words.ts'
import type { Intention } from '../../intentions.ts'
import { isFunction, symbolOf } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import type { SingleWrite } from '../orms/orm.ts'
import { isArray, isPath } from './arrays.ts'
import type { Context } from './context.ts'
import { addImports } from './imports.ts'
import { freeName } from './names.ts'
import { beforeStatement, hasComment, insertion, replacement } from './placement.ts'
import { indentOf, linesAt, styleOf } from './style.ts'
import { writeLoop, type WriteLoop } from './write-loop.ts'

/**
 * Makes a loop that writes one row an item compute the rows, and writes them with one statement after it. Refuses where the
 * loop does anything but compute a row and write it, and where something is done with what the writes give.
 */
export function bulkWrite(
  { query: id }: Extract<Intention, { kind: 'bulk-write' }>,
  context: Context,
): FileEdit[] | null {
  const call = context.calls.get(id)
  const loop = call && writeLoop(call, context)
  const write = loop && call.trace.orm.singleWrite?.(loop.call, call.trace.query, context.resolver)
  const imports = write && addImports(loop.call.getSourceFile(), write.imports)
  if (!write || !imports || !isKnownOutside(loop, write)) return null
  if (loop.results && !write.givesRows) return null
  const noun = lowerFirst(singular(camelCase(call.facts.table ?? 'row')))
  const scope = loop.statement.getFirstAncestor(isFunction) ?? loop.statement.getSourceFile()
  const rows = freeName(['rows', `${noun}Rows`, `new${capitalized(plural(noun))}`], scope)
  const start = call.trace.orm.isSynchronous ? '' : 'await '
  const { typed } = styleOf(loop.statement.getSourceFile())
  const isUntyped = typed && !isArray(loop.items, context.resolver)
  const written: Written = (list, isMade) => writing(write, list, start, loop, isUntyped && !isMade)
  const edits =
    rows === null
      ? null
      : (itemsAsRows(loop, write, written) ?? writtenAfter(loop, write, rows, written, context))
  return edits && [...imports, ...(write.edits ?? []), ...edits]
}

/** The lines that write a list of rows; null where they would need names that are taken. */
function writing(
  write: SingleWrite,
  list: string,
  start: string,
  { statement, call }: WriteLoop,
  isUntyped: boolean,
): string[] | null {
  const { indent, end } = styleOf(statement.getSourceFile())
  const { rowsAtOnce } = write
  const writeOf = (rows: string): string[] =>
    linesAt(start + write.forRows(rows, isUntyped) + end, indentOf(call))
  if (rowsAtOnce === undefined) {
    const [first = '', ...others] = writeOf(list)
    return [`if (${list}.length > 0) ${first}`, ...others]
  }
  const scope = statement.getFirstAncestor(isFunction) ?? statement.getSourceFile()
  const chunk = freeName(['chunk', 'someRows', 'rowsToWrite'], scope)
  const from = freeName(['start', 'from', 'firstRow'], scope)
  if (chunk === null || from === null) return null
  return [
    `for (let ${from} = 0; ${from} < ${list}.length; ${from} += ${rowsAtOnce}) {`,
    `${indent}const ${chunk} = ${list}.slice(${from}, ${from} + ${rowsAtOnce})${end}`,
    ...writeOf(chunk).map((line) => indent + line),
    '}',
  ]
}

/** The row of a write as source text, and where it stands. */
function rowOf({ row }: Pick<SingleWrite, 'row'>): {
  text: (indent: string) => string
  start: number
  end: number
} {
  if (row instanceof Node)
    return { text: (indent) => moved(row, indent), start: row.getStart(), end: row.getEnd() }
  const text = (indent: string): string => `[${row.map((value) => moved(value, indent)).join(', ')}]`
  return { text, start: row[0]?.getStart() ?? 0, end: row.at(-1)?.getEnd() ?? 0 }
}

/** Whether everything but the row that the write reads exists outside the loop. */
function isKnownOutside({ call, node }: WriteLoop, { row }: SingleWrite): boolean {
  return identifiersIn(call)
    .filter((name) => [row].flat().every((value) => !isInside(name, value)))
    .every((name) =>
      (symbolOf(name)?.getDeclarations() ?? []).every((declaration) => !isInside(declaration, node)),
    )
}

/** Writes the lines that write a list of rows, given its source text; `isMade` where the list is made as an array before. */
type Written = (list: string, isMade: boolean) => string[] | null

/** Lines as they stand behind the indentation of a statement. */
function standing(lines: readonly string[], statement: Node): string {
  return lines.join(styleOf(statement.getSourceFile()).lineBreak + indentOf(statement))
}

/** The items are the rows: `for (const user of users) await insert(user)`. */
function itemsAsRows(loop: WriteLoop, write: SingleWrite, written: Written): FileEdit[] | null {
  const { statement, items, item, results } = loop
  const name = Node.isParameterDeclaration(item) ? item.getNameNode() : item
  const { row } = write
  const isItem =
    row instanceof Node && Node.isIdentifier(row) && row.getText() === name.getText() && isOnly(loop, write)
  if (!isItem || !isPath(items) || results || hasComment(statement)) return null
  const lines = written(items.getText(), false)
  return lines && [replacement(statement, standing(lines, statement))]
}

function writtenAfter(
  loop: WriteLoop,
  write: SingleWrite,
  rows: string,
  written: Written,
  context: Context,
): FileEdit[] | null {
  const isMapped = loop.callback !== null || (loop.endsInWrite && isArray(loop.items, context.resolver))
  return isMapped ? mappedRows(loop, write, rows, written) : pushedRows(loop, write, rows, written)
}

/** `await write(row)` in a loop becomes `rows.push(row)`, and the write follows the loop. */
function pushedRows(
  { statement, write: target }: WriteLoop,
  write: SingleWrite,
  rows: string,
  written: Written,
): FileEdit[] | null {
  const { end, lineBreak } = styleOf(statement.getSourceFile())
  const row = rowOf(write)
  const lines = written(rows, true)
  const isCommented =
    hasComment(target, target.getStart(), row.start) || hasComment(target, row.end, target.getEnd())
  const before = beforeStatement(statement, [`const ${rows} = []${end}`])
  if (isCommented || !before || !lines) return null
  const after = lineBreak + indentOf(statement) + standing(lines, statement)
  return [
    before,
    replacement(target, `${rows}.push(${row.text(indentOf(target))})${end}`),
    insertion(statement, statement.getEnd(), after),
  ]
}

/** `for (const item of items) { … await write(row) }` becomes `const rows = items.map((item) => { … return row })` and the write. */
function mappedRows(loop: WriteLoop, write: SingleWrite, rows: string, written: Written): FileEdit[] | null {
  const { statement, items, item, callback, body, results } = loop
  const { end, lineBreak } = styleOf(statement.getSourceFile())
  const open = `const ${rows} = ${items.getText()}.map(`
  const parameters = callback
    ? textBetween(callback, callback.getAsyncKeyword()?.getEnd() ?? callback.getStart(), body).trimStart()
    : `(${item.getText()}) => `
  const head = { ...insertion(statement, statement.getStart(), open + parameters), end: body.getStart() }
  const lines = results
    ? [`const ${results.getText()} = ${rows}.length > 0 ? await ${write.forRows(rows)} : []${end}`]
    : written(rows, false)
  if (!lines) return null
  const statements = standing(lines, statement)
  const tail = {
    ...insertion(statement, body.getEnd(), `)${end}${lineBreak}${indentOf(statement)}${statements}`),
    end: statement.getEnd(),
  }
  const isCommented =
    hasComment(statement, statement.getStart(), body.getStart()) ||
    hasComment(statement, body.getEnd(), statement.getEnd())
  const row = rowEdit(loop, write)
  return isCommented || !row ? null : [head, row, tail]
}

/** In the loop's body: the row instead of the write. */
function rowEdit(loop: WriteLoop, singleWrite: SingleWrite): FileEdit | null {
  const { body, write, statement } = loop
  const { row } = singleWrite
  const at = rowOf(singleWrite)
  const target = isOnly(loop, singleWrite) ? body : write
  if (hasComment(target, target.getStart(), at.start) || hasComment(target, at.end, target.getEnd()))
    return null
  const text = at.text(indentOf(target === body ? statement : target))
  const { end } = styleOf(body.getSourceFile())
  if (target !== body || Node.isReturnStatement(target)) return replacement(target, `return ${text}${end}`)
  return replacement(target, row instanceof Node && Node.isObjectLiteralExpression(row) ? `(${text})` : text)
}

/** Whether a body holds the write and nothing else, not even a comment. */
function isOnly({ body }: WriteLoop, write: SingleWrite): boolean {
  if (!Node.isBlock(body)) return true
  const { start, end } = rowOf(write)
  const isSingle = body.getStatements().length === 1
  return isSingle && !hasComment(body, body.getStart(), start) && !hasComment(body, end, body.getEnd())
}

function textBetween(node: Node, start: number, body: Node): string {
  return node.getSourceFile().getFullText().slice(start, body.getStart())
}

/** A node's text, its lines moved to where it will stand. */
function moved(node: Node, indent: string): string {
  const text = node.getText()
  const depth = indentOf(node).length - indent.length
  if (depth <= 0 || text.includes('`')) return text
  return text.replace(/\n([ \t]*)/g, (_, white: string) => `\n${white.slice(Math.min(depth, white.length))}`)
}
