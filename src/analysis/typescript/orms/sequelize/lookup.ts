import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { Resolver } from '../../resolver.ts'
import { styleOf } from '../../rewrite/style.ts'
import { propertyOf, textOf } from '../reading/decorators.ts'
import { keyIn } from '../reading/key-condition.ts'
import { literalText, objectText, type NewEntry } from '../reading/option-edits.ts'
import type { KeyedCount, Lookup } from '../orm.ts'
import { finderOf } from './fixes.ts'
import { modelOf } from './models.ts'
import { modelTable } from './schema.ts'

/** `findByPk(id)` or `findOne({ where: { id } })` as a look-up by the primary key; null for anything else. */
export function lookupSequelize(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Lookup | null {
  const finder = finderOf(call)
  const callee = call.getExpression()
  const model = Node.isPropertyAccessExpression(callee) ? modelOf(callee.getExpression(), resolver) : null
  if (!finder || !model || (finder.argument && !finder.literal)) return null
  const [column, ...others] = modelTable(model.name, resolver)?.primaryKey ?? ['id']
  if (column === undefined || others.length > 0 || (finder.literal && !isReadable(finder.literal, column)))
    return null
  const many = (where: (keys: string) => string) => (keys: string) => {
    const condition = entry('where', where(keys))
    const options = finder.literal
      ? literalText(finder.literal, (name) => name === 'where', [condition])
      : objectText([condition])
    return `${finder.target}.findAll(${options})`
  }
  if (finder.method === 'findByPk') {
    const [key] = call.getArguments()
    if (!key || !isKey(key)) return null
    return { column, key, missing: 'null', forKeys: many((keys) => `{ ${column}: ${keys} }`) }
  }
  const where = finder.literal ? propertyOf(finder.literal, 'where') : undefined
  if (finder.method !== 'findOne' || !Node.isObjectLiteralExpression(where)) return null
  const found = keyIn(where, isKey)
  if (found?.column !== column) return null
  return {
    ...found,
    missing: 'null',
    forKeys: many((keys) => literalText(where, (name) => name === column, [entry(column, keys)])),
  }
}

/** `findAll({ where: { postId } })` as a read for a list of values; null where the rows are limited. */
export function childrenSequelize(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Lookup | null {
  const found = keyedFinder(call, 'findAll', isKey, resolver)
  if (!found || !isReadable(found.options, found.column, ['order'])) return null
  const { target, options, where, column, key } = found
  const conditions = (keys: string): string =>
    literalText(where, (name) => name === column, [entry(column, keys)])
  return {
    column,
    key,
    forKeys: (keys) => `${target}.findAll(${withText(options, where, conditions(keys))})`,
  }
}

/** `count({ where: { postId } })` as counts for a list of values. */
export function countsSequelize(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): KeyedCount | null {
  const found = keyedFinder(call, 'count', isKey, resolver)
  if (!found || found.options.getProperties().length !== 1) return null
  const { target, where, column, key } = found
  const { quote } = styleOf(call.getSourceFile())
  const conditions = (keys: string): string =>
    literalText(where, (name) => name === column, [entry(column, keys)])
  return {
    column,
    key,
    forKeys: (keys) => `${target}.count({ where: ${conditions(keys)}, group: [${quote(column)}] })`,
    keyOf: (row) => `${row}.${column}`,
    countOf: (row) => `Number(${row}.count)`,
  }
}

interface KeyedFinder {
  readonly target: string
  readonly options: ObjectLiteralExpression
  readonly where: ObjectLiteralExpression
  readonly column: string
  readonly key: Node
}

/** A finder of a model with one condition that holds the key. */
function keyedFinder(
  call: CallExpression,
  method: string,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): KeyedFinder | null {
  const finder = finderOf(call)
  const callee = call.getExpression()
  const model = Node.isPropertyAccessExpression(callee) ? modelOf(callee.getExpression(), resolver) : null
  const where = finder?.literal ? propertyOf(finder.literal, 'where') : undefined
  if (!finder?.literal || finder.method !== method || !model || !Node.isObjectLiteralExpression(where))
    return null
  const found = keyIn(where, isKey)
  return found && { target: finder.target, options: finder.literal, where, ...found }
}

/** Source text of an object with one of its parts replaced. */
function withText(object: Node, part: Node, text: string): string {
  const start = part.getStart() - object.getStart()
  return object.getText().slice(0, start) + text + object.getText().slice(start + part.getText().length)
}

/** Whether options of a look-up hold nothing that depends on its being one: an order, an error for missing rows, plain rows without the key. */
function isReadable(
  options: ObjectLiteralExpression,
  column: string,
  allowed: readonly string[] = [],
): boolean {
  const names = options
    .getProperties()
    .map((property) => (Node.isSpreadAssignment(property) ? '...' : property.getText().split(/[\s:(]/)[0]))
  const single = ['...', 'order', 'rejectOnEmpty', 'limit', 'offset', 'group', 'lock'].filter(
    (name) => !allowed.includes(name),
  )
  if (names.some((name) => name !== undefined && single.includes(name))) return false
  const attributes = propertyOf(options, 'attributes')
  if (!attributes) return true
  return (
    Node.isArrayLiteralExpression(attributes) &&
    attributes.getElements().some((item) => textOf(item) === column)
  )
}

function entry(name: string, text: string): NewEntry {
  return { name, text }
}
