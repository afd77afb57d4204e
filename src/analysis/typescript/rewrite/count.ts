import { Node, type Identifier } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { plural, singular } from '../../words.ts'
import type { Intention } from '../../intentions.ts'
import { isFunction } from '../functions.ts'
import type { Context } from './context.ts'
import { addImports } from './imports.ts'
import { freeName } from './names.ts'
import { hasComment, replacement } from './placement.ts'
import { holderOf, type Holder } from './rows.ts'

/** Lets the database count rows of which only the number is used: `(await query).length`, or a variable's `.length`. */
export function count(
  { query: id }: Extract<Intention, { kind: 'count' }>,
  { calls, resolver }: Context,
): FileEdit[] | null {
  const call = calls.get(id)
  const last = call?.trace.steps.at(-1)
  const holder = call && holderOf(call.trace.query.value)
  if (!call || !last || !holder) return null
  const { orm, query } = call.trace
  const counted = orm.count?.(last.call, query, resolver)
  const imports = counted && addImports(last.call.getSourceFile(), counted.imports)
  if (!counted || !imports || hasComment(query.value)) return null
  const edits = holder.name
    ? renamed(holder, holder.name, replacement(query.value, counted.text))
    : inPlace(holder, query.value, counted.text)
  return edits && [...imports, ...edits]
}

/** `(await query).length` becomes `await count`. */
function inPlace({ expression }: Holder, query: Node, text: string): FileEdit[] | null {
  const length = lengthOf(expression)
  if (!length || hasComment(length)) return null
  const before = length.getText().slice(0, query.getStart() - length.getStart())
  const isAwaited = /\bawait\b/.test(before)
  if (!isAwaited) return null
  const parent = length.getParent()
  const needsParentheses = Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent)
  return [replacement(length, needsParentheses ? `(await ${text})` : `await ${text}`)]
}

/** The variable is named after what it holds now. */
function renamed({ reads }: Holder, name: Identifier, query: FileEdit): FileEdit[] | null {
  const lengths = reads.map(lengthOf)
  if (lengths.length === 0 || lengths.some((length) => length === null)) return null
  const scope = name.getFirstAncestor(isFunction) ?? name.getSourceFile()
  const text = name.getText()
  const noun = plural(singular(text)) === text ? singular(text) : text
  const countName = freeName([`${noun}Count`, `${noun}Total`, `numberOf${text}`], scope)
  if (countName === null) return null
  const uses = lengths.flatMap((length) => (length ? [replacement(length, countName)] : []))
  return [query, replacement(name, countName), ...uses]
}

/** `rows.length` around `rows`, where it is read and not changed. */
function lengthOf(rows: Node): Node | null {
  const access = rows.getParent()
  if (!Node.isPropertyAccessExpression(access) || access.getName() !== 'length') return null
  const parent = access.getParent()
  const isTarget =
    Node.isBinaryExpression(parent) &&
    parent.getLeft() === access &&
    /^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
  return isTarget ? null : access
}
