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
import { indentOf, styleOf } from './style.ts'
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
  const edits = rows === null ? null : (itemsAsRows(loop, write) ?? writtenAfter(loop, write, rows, context))
  return edits && [...imports, ...edits]
}

/** Whether everything but the row that the write reads exists outside the loop. */
function isKnownOutside({ call, node }: WriteLoop, { row }: SingleWrite): boolean {
  return identifiersIn(call)
    .filter((name) => !isInside(name, row))
    .every((name) =>
      (symbolOf(name)?.getDeclarations() ?? []).every((declaration) => !isInside(declaration, node)),
    )
}

/** The items are the rows: `for (const user of users) await insert(user)`. */
function itemsAsRows(loop: WriteLoop, write: SingleWrite): FileEdit[] | null {
  const { statement, items, item, results } = loop
  const name = Node.isParameterDeclaration(item) ? item.getNameNode() : item
  const isItem = Node.isIdentifier(write.row) && write.row.getText() === name.getText() && isOnly(loop, write)
  if (!isItem || !isPath(items) || results || hasComment(statement)) return null
  const { end } = styleOf(statement.getSourceFile())
  const list = items.getText()
  return [replacement(statement, `if (${list}.length > 0) await ${write.forRows(list)}${end}`)]
}

function writtenAfter(
  loop: WriteLoop,
  write: SingleWrite,
  rows: string,
  context: Context,
): FileEdit[] | null {
  const isMapped = loop.callback !== null || (loop.endsInWrite && isArray(loop.items, context.resolver))
  return isMapped ? mappedRows(loop, write, rows) : pushedRows(loop, write, rows)
}

/** `await write(row)` in a loop becomes `rows.push(row)`, and the write follows the loop. */
function pushedRows(
  { statement, write: target }: WriteLoop,
  write: SingleWrite,
  rows: string,
): FileEdit[] | null {
  const { end, lineBreak } = styleOf(statement.getSourceFile())
  const isCommented =
    hasComment(target, target.getStart(), write.row.getStart()) ||
    hasComment(target, write.row.getEnd(), target.getEnd())
  const before = beforeStatement(statement, [`const ${rows} = []${end}`])
  if (isCommented || !before) return null
  const after = `${lineBreak}${indentOf(statement)}if (${rows}.length > 0) await ${write.forRows(rows)}${end}`
  return [
    before,
    replacement(target, `${rows}.push(${moved(write.row, indentOf(target))})${end}`),
    insertion(statement, statement.getEnd(), after),
  ]
}

/** `for (const item of items) { … await write(row) }` becomes `const rows = items.map((item) => { … return row })` and the write. */
function mappedRows(loop: WriteLoop, write: SingleWrite, rows: string): FileEdit[] | null {
  const { statement, items, item, callback, body, results } = loop
  const { end, lineBreak } = styleOf(statement.getSourceFile())
  const open = `const ${rows} = ${items.getText()}.map(`
  const parameters = callback
    ? textBetween(callback, callback.getAsyncKeyword()?.getEnd() ?? callback.getStart(), body).trimStart()
    : `(${item.getText()}) => `
  const head = { ...insertion(statement, statement.getStart(), open + parameters), end: body.getStart() }
  const many = write.forRows(rows)
  const statements = results
    ? `const ${results.getText()} = ${rows}.length > 0 ? await ${many} : []${end}`
    : `if (${rows}.length > 0) await ${many}${end}`
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
function rowEdit(loop: WriteLoop, { row }: SingleWrite): FileEdit | null {
  const { body, write, statement } = loop
  const target = isOnly(loop, { row }) ? body : write
  if (
    hasComment(target, target.getStart(), row.getStart()) ||
    hasComment(target, row.getEnd(), target.getEnd())
  )
    return null
  const text = moved(row, indentOf(target === body ? statement : target))
  const { end } = styleOf(body.getSourceFile())
  if (target !== body || Node.isReturnStatement(target)) return replacement(target, `return ${text}${end}`)
  return replacement(target, Node.isObjectLiteralExpression(row) ? `(${text})` : text)
}

/** Whether a body holds the write and nothing else, not even a comment. */
function isOnly({ body }: WriteLoop, { row }: Pick<SingleWrite, 'row'>): boolean {
  if (!Node.isBlock(body)) return true
  const isSingle = body.getStatements().length === 1
  return (
    isSingle &&
    !hasComment(body, body.getStart(), row.getStart()) &&
    !hasComment(body, row.getEnd(), body.getEnd())
  )
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
