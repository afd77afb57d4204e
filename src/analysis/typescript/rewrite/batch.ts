import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import { camelCase, capitalized, lowerFirst, plural, singular } from '../../words.ts'
import type { TracedCall } from '../call-graph.ts'
import { isFunction } from '../functions.ts'
import { addSiblings, keysPerQuery, type AddedReading } from './batch-lookup.ts'
import { readLoop, type LoopShape } from './batch-loop.ts'
import type { Context } from './context.ts'
import { addImports } from './imports.ts'
import { listQueryOf, relationOf } from './list-query.ts'
import { freeName } from './names.ts'
import { beforeStatement, replacement } from './placement.ts'
import { listIn, resultOf, type Reading } from './reading.ts'
import { indentOf, linesAt, styleOf } from './style.ts'
import { unwrapPromiseAll } from './unwrap-promise-all.ts'

/**
 * Makes a query that runs once an item run once for all of them: reads the rows for all keys before the loop, and hands
 * them out of a map in it. Refuses wherever something else could notice the difference.
 */
export function batch(intention: Extract<Intention, { kind: 'batch' }>, context: Context): FileEdit[] | null {
  const call = context.calls.get(intention.query)
  const loop = call && readLoop(call, context)
  const plan =
    loop && (loop.reading ? readHere(call, loop, loop.reading, context) : readElsewhere(call, loop, context))
  const statement = plan && beforeStatement(loop.statement, plan.lines)
  if (!plan || !statement) return null
  const target = awaited(loop.call)
  const { place, edits = [] } = loop.reading?.reads ?? { place: target }
  const unwrapped = Node.isCallExpression(loop.node) ? unwrapPromiseAll(loop.node, target, place) : []
  return [...plan.edits, statement, replacement(place, inPlaceOf(place, plan.value)), ...edits, ...unwrapped]
}

/** What is read before a loop, and what stands in the place of the query in it. */
interface Plan {
  readonly edits: readonly FileEdit[]
  readonly lines: readonly string[]
  readonly value: string
}

/** Names for what is read, none of them taken where the loop stands. */
interface Names {
  readonly rows: string
  readonly row: string
  readonly byKey: string
  readonly keys: string
  readonly chunks: string
}

/** The loop queries by itself: the query for all keys is written before it. */
function readHere(call: TracedCall, loop: LoopShape, reading: Reading, context: Context): Plan | null {
  const noun = lowerFirst(singular(camelCase(call.facts.table ?? 'rows')))
  const names = namesFor(noun, reading, loop)
  const edits = addImports(loop.call.getSourceFile(), reading.imports)
  if (!names || !edits) return null
  const { indent, end } = styleOf(loop.statement.getSourceFile())
  const list = listQueryOf(loop, context)
  const keyOf = areAlike(call, loop, reading, context) ? sameText : asString
  const isShort = list !== null && isAtMost(keysPerQuery, list.call, context)
  const start = call.trace.orm.isSynchronous ? '' : 'await '
  const query = (keys: string): string => listIn(start + reading.forKeys(keys), reading.listAt)
  const push = `${names.chunks}.push(${query(`${names.keys}.slice(start, start + ${keysPerQuery})`)})${end}`
  const read = isShort
    ? linesAt(`const ${names.rows} = ${query(names.keys)}${end}`, reading.indent)
    : [
        `const ${names.chunks} = []${end}`,
        `for (let start = 0; start < ${names.keys}.length; start += ${keysPerQuery}) {`,
        ...linesAt(push, reading.indent).map((line) => indent + line),
        '}',
        `const ${names.rows} = ${names.chunks}.flat()${end}`,
      ]
  return {
    edits,
    lines: [
      `const ${names.keys} = [...new Set(${keysOf(loop)})]${end}`,
      ...read,
      ...mapLines(reading, names, keyOf, loop),
    ],
    value: valueOf(reading, `${names.byKey}.get(${keyOf(loop.key.getText())})`, reading.missing, loop),
  }
}

/** The loop calls a function that queries: one for all keys is written beside that. */
function readElsewhere(call: TracedCall, loop: LoopShape, context: Context): Plan | null {
  const added = call.trace.orm.isSynchronous ? null : addSiblings(call, loop, context)
  const names = added && namesFor(lowerFirst(camelCase(added.noun)), added.reading, loop)
  if (!added || !names) return null
  const { reading } = added
  const { typed, end } = styleOf(loop.statement.getSourceFile())
  const isCount = reading.gives === 'count'
  const keyOf = added.keysAreAlike && typed ? sameText : asString
  const holder = isCount ? names.byKey : names.rows
  const lines = assigned(`const ${holder} = await ${added.callee}(${keysOf(loop)})${end}`, loop)
  return {
    edits: added.edits,
    lines: isCount ? lines : [...lines, ...mapLines({ ...reading, listAt: null }, names, keyOf, loop)],
    value: valueOf(
      { ...reading, listAt: reading.gives === 'row' ? null : [] },
      `${names.byKey}.get(${keyOf(loop.key.getText())})`,
      missingIn(added, typed),
      loop,
    ),
  }
}

function missingIn({ missing }: AddedReading, typed: boolean): AddedReading['missing'] {
  return missing === 'never' && !typed ? 'undefined' : missing
}

function namesFor(noun: string, { gives, column }: Reading, loop: LoopShape): Names | null {
  const scope = loop.statement.getFirstAncestor(isFunction) ?? loop.statement.getSourceFile()
  const some = plural(noun)
  const suffix = `By${capitalized(camelCase(column))}`
  const rows = freeName(
    [gives === 'count' ? `${noun}Counts` : some, `${noun}Rows`, `loaded${capitalized(some)}`],
    scope,
  )
  const maps =
    gives === 'count'
      ? [`${noun}Counts`, `${noun}Count`]
      : [some, `${noun}Rows`, `loaded${capitalized(some)}`]
  const byKey = freeName(
    maps.map((name) => name + suffix),
    scope,
  )
  const keyNoun = gives === 'row' ? `${noun}${capitalized(camelCase(column))}` : lowerFirst(camelCase(column))
  const keys = freeName([plural(keyNoun), `${keyNoun}List`, `unique${capitalized(plural(keyNoun))}`], scope)
  const chunks = freeName(['chunks', `${noun}Chunks`, `loadedChunks`], scope)
  if (rows === null || byKey === null || keys === null || chunks === null) return null
  const row = gives === 'count' || singular(rows) === rows ? 'row' : singular(rows)
  return { rows, row, byKey, keys, chunks }
}

/** Source text of all keys; of items that may have none, those that have one. */
function keysOf({ items, item, key, isConditional }: LoopShape): string {
  if (!isConditional && key.getText() === item) return items.getText()
  return isConditional
    ? `${items.getText()}.flatMap((${item}) => ${key.getText()} ?? [])`
    : `${items.getText()}.map((${item}) => ${key.getText()})`
}

function mapLines(
  reading: Reading,
  { rows, row, byKey }: Names,
  keyOf: (text: string) => string,
  loop: LoopShape,
): string[] {
  const { typed, indent, end } = styleOf(loop.statement.getSourceFile())
  const key = keyOf(reading.keyOf(row))
  if (reading.gives === 'row') {
    const value = reading.listAt ? `[${row}]` : row
    return [`const ${byKey} = new Map(${rows}.map((${row}) => [${key}, ${value}]))${end}`]
  }
  if (reading.gives === 'count')
    return [`const ${byKey} = new Map(${rows}.map((${row}) => [${key}, ${reading.valueOf(row)}]))${end}`]
  const type = typed
    ? `<${keyOf === sameText ? `(typeof ${rows})[number][${quoted(reading.column, loop)}]` : 'string'}, typeof ${rows}>`
    : ''
  return [
    `const ${byKey} = new Map${type}()${end}`,
    `for (const ${row} of ${rows}) {`,
    `${indent}const sameKey = ${byKey}.get(${key})${end}`,
    `${indent}if (sameKey) sameKey.push(${row})${end}`,
    `${indent}else ${byKey}.set(${key}, [${row}])${end}`,
    '}',
  ]
}

function quoted(text: string, loop: LoopShape): string {
  return styleOf(loop.statement.getSourceFile()).quote(text)
}

/** What the map gives, as the query gave it. */
function valueOf(
  reading: Reading,
  found: string,
  missing: AddedReading['missing'],
  { changesList }: LoopShape,
): string {
  if (reading.gives === 'count') return `${found} ?? 0`
  if (reading.listAt)
    return resultOf(changesList ? `[...(${found} ?? [])]` : `${found} ?? []`, reading.listAt)
  if (missing === 'never') return `${found}!`
  return missing === 'undefined' ? found : `${found} ?? null`
}

/** A value in parentheses where what stands around it would read it otherwise. */
function inPlaceOf(target: Node, value: string): string {
  const parent = target.getParent()
  const isOperand =
    Node.isBinaryExpression(parent) && !/^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
  const isWrapped =
    Node.isAsExpression(parent) || Node.isSatisfiesExpression(parent) || Node.isSpreadElement(parent)
  const isTail = Node.isConditionalExpression(parent) && parent.getCondition() === target
  return value.includes(' ?? ') && (isOperand || isWrapped || isTail) ? `(${value})` : value
}

/** Whether the schema says that the keys and the column hold the same plain values. */
function areAlike(call: TracedCall, loop: LoopShape, { gives, column }: Reading, context: Context): boolean {
  if (call.facts.orm === 'mongoose') return false
  const list = listQueryOf(loop, context)
  return gives === 'row' && list !== null && relationOf(list, loop, call, column, context.tables) !== null
}

/** Whether a query reads at most so many rows, by a limit that is written out. */
function isAtMost(rows: number, { trace: { query } }: TracedCall, { resolver }: Context): boolean {
  const limit = query.limit ? resolver.definition(query.limit) : undefined
  return Node.isNumericLiteral(limit) && limit.getLiteralValue() <= rows
}

function sameText(text: string): string {
  return text
}

function asString(text: string): string {
  return `String(${text})`
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
