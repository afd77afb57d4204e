import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../facts.ts'
import { camelCase, capitalized, plural, singular } from '../../words.ts'
import { addLookup, type AddedLookup } from './batch-lookup.ts'
import { readLoop, type LoopShape } from './batch-loop.ts'
import { isFunction } from '../functions.ts'
import type { Context } from './context.ts'
import { freeName } from './names.ts'
import { beforeStatement, replacement } from './placement.ts'
import { indentOf, styleOf } from './style.ts'
import { unwrapPromiseAll } from './unwrap-promise-all.ts'

/**
 * Makes a query that runs once an item run once for all of them: reads the rows for all keys before the loop, and hands
 * them out of a map in it. Refuses wherever something else could notice the difference.
 */
export function batch(intention: Extract<Intention, { kind: 'batch' }>, context: Context): FileEdit[] | null {
  const call = context.calls.get(intention.query)
  const loop = call && readLoop(call, context)
  const lookup = loop && addLookup(call, loop, context)
  if (!loop || !lookup) return null
  const { typed, end } = styleOf(loop.statement.getSourceFile())
  const scope = scopeOf(loop.statement)
  const noun = camelCase(lookup.noun)
  const rows = freeName([plural(noun), `${noun}Rows`, `loaded${capitalized(plural(noun))}`], scope)
  const byKey = freeName(
    [`${plural(noun)}ById`, `${noun}RowsById`, `loaded${capitalized(plural(noun))}ById`],
    scope,
  )
  if (rows === null || byKey === null) return null
  const row = singular(rows) === rows ? 'row' : singular(rows)
  const keyOf = (text: string): string => (lookup.keysAreAlike && typed ? text : `String(${text})`)
  const keys = `${loop.items.getText()}.map((${loop.item}) => ${loop.key.getText()})`
  const lines = [
    ...assigned(`const ${rows} = await ${lookup.callee}(${keys})${end}`, loop),
    `const ${byKey} = new Map(${rows}.map((${row}) => [${keyOf(`${row}.${lookup.column}`)}, ${row}]))${end}`,
  ]
  const statement = beforeStatement(loop.statement, lines)
  if (!statement) return null
  const found = `${byKey}.get(${keyOf(loop.key.getText())})`
  const target = awaited(loop.call)
  const missing = lookup.missing === 'never' && !typed ? 'undefined' : lookup.missing
  const unwrapped = Node.isCallExpression(loop.node) ? unwrapPromiseAll(loop.node, target) : []
  return [...lookup.edits, statement, replacement(target, asBefore(found, missing, target)), ...unwrapped]
}

/** What the map gives, as the look-up gave it where there was no row. */
function asBefore(found: string, missing: AddedLookup['missing'], target: Node): string {
  if (missing === 'undefined') return found
  if (missing === 'never') return `${found}!`
  const parent = target.getParent()
  const isOperand = Node.isBinaryExpression(parent) && !parent.getOperatorToken().getText().endsWith('=')
  return isOperand ? `(${found} ?? null)` : `${found} ?? null`
}

function scopeOf(statement: Node): Node {
  return statement.getFirstAncestor(isFunction) ?? statement.getSourceFile()
}

/** The call with the `await` in front of it. */
function awaited(call: Node): Node {
  const parent = call.getParent()
  return Node.isAwaitExpression(parent) ? parent : call
}

/** A line that got too long, broken at its argument. */
function assigned(line: string, loop: LoopShape): string[] {
  if (indentOf(loop.statement).length + line.length <= 110) return [line]
  const { indent, end } = styleOf(loop.statement.getSourceFile())
  const open = line.indexOf('(', line.indexOf('await'))
  const close = line.length - 1 - end.length
  return [line.slice(0, open + 1), `${indent}${line.slice(open + 1, close)},`, `)${end}`]
}
