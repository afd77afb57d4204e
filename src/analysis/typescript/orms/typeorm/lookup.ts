import { Node, type CallExpression } from 'ts-morph'
import { bare } from '../../functions.ts'
import { fileOf } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { styleOf } from '../../rewrite/style.ts'
import { propertyOf, textsOf } from '../reading/decorators.ts'
import { keyIn } from '../reading/key-condition.ts'
import { literalText, objectText } from '../reading/option-edits.ts'
import type { KeyedCount, Lookup } from '../orm.ts'
import { findOf } from './find.ts'
import type { Entity } from '../reading/repository-receivers.ts'
import { receiverOf } from './receivers.ts'
import { entityTable } from './schema.ts'

/** `findOne({ where: { id } })`, `findOneBy({ id })` as a look-up by a unique key; null for anything else. */
export function lookupTypeorm(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Lookup | null {
  const find = findOf(call, resolver)
  if (!find || (find.method !== 'findOne' && find.method !== 'findOneBy')) return null
  const callee = call.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee)
    ? receiverOf(callee.getExpression(), resolver)
    : null
  if (!receiver || call.getArguments().length !== find.index + 1) return null
  const version = resolver.program.dependencyVersion(fileOf(call), 'typeorm') ?? ''
  const missing = /^[~^]?0\.[12]\b/.test(version) ? 'undefined' : 'null'
  const literal = find.argument ? bare(find.argument) : undefined
  if (!Node.isObjectLiteralExpression(literal)) return null
  const where = find.isWhere ? literal : propertyOf(literal, 'where')
  if (!Node.isObjectLiteralExpression(where)) return null
  const key = keyIn(where, isKey)
  if (!key || !isUniqueKey(key.column, receiver.entity, resolver)) return null
  const conditions = (keys: string): string =>
    literalText(where, (name) => name === key.column, [{ name: key.column, text: `In(${keys})` }])
  if (find.isWhere && find.method === 'findOneBy')
    return {
      ...key,
      missing,
      imports,
      forKeys: (keys) => `${find.target}.findBy(${find.told}${conditions(keys)})`,
    }
  const rest = find.isWhere ? objectText([]) : null
  const select = propertyOf(literal, 'select')
  if (select && !selects(select, key.column)) return null
  const unsupported = literal
    .getProperties()
    .some((property) => !Node.isPropertyAssignment(property) && !Node.isShorthandPropertyAssignment(property))
  if (unsupported || propertyOf(literal, 'order')) return null
  return {
    ...key,
    missing,
    imports,
    forKeys: (keys) =>
      rest === null
        ? `${find.target}.find(${find.told}${literalText(literal, (name) => name === 'where', [{ name: 'where', text: conditions(keys) }])})`
        : `${find.target}.find(${find.told}{ where: ${conditions(keys)} })`,
  }
}

const imports = { typeorm: ['In'] }

/** `find({ where: { postId } })` or `findBy({ postId })` as a read for a list of values; null where the rows are limited. */
export function childrenTypeorm(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Lookup | null {
  const find = findOf(call, resolver)
  if (
    !find ||
    (find.method !== 'find' && find.method !== 'findBy') ||
    call.getArguments().length !== find.index + 1
  )
    return null
  const literal = find.argument ? bare(find.argument) : undefined
  if (!Node.isObjectLiteralExpression(literal)) return null
  const where = find.isWhere ? literal : propertyOf(literal, 'where')
  const key = Node.isObjectLiteralExpression(where) ? keyIn(where, isKey) : null
  if (!key || !Node.isObjectLiteralExpression(where)) return null
  const conditions = (keys: string): string =>
    literalText(where, (name) => name === key.column, [{ name: key.column, text: `In(${keys})` }])
  if (find.isWhere)
    return {
      ...key,
      imports,
      forKeys: (keys) => `${find.target}.${find.method}(${find.told}${conditions(keys)})`,
    }
  const select = propertyOf(literal, 'select')
  const names = literal
    .getProperties()
    .map((property) => (Node.isPropertyAssignment(property) ? property.getName() : ''))
  const isWhole = names.every((name) => ['where', 'order', 'relations', 'select'].includes(name))
  if (!isWhole || (select && !selects(select, key.column))) return null
  const options = (keys: string): string => {
    const text = conditions(keys)
    return literal.getText().replace(where.getText(), () => text)
  }
  return { ...key, imports, forKeys: (keys) => `${find.target}.find(${find.told}${options(keys)})` }
}

/** `countBy({ postId })` or `count({ where: { postId } })` of a repository as counts for a list of values. */
export function countsTypeorm(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): KeyedCount | null {
  const find = findOf(call, resolver)
  if (
    !find ||
    find.told !== '' ||
    (find.method !== 'count' && find.method !== 'countBy') ||
    call.getArguments().length !== 1
  )
    return null
  const literal = find.argument ? bare(find.argument) : undefined
  if (!Node.isObjectLiteralExpression(literal)) return null
  const where = find.isWhere
    ? literal
    : literal.getProperties().length === 1
      ? propertyOf(literal, 'where')
      : undefined
  const key = Node.isObjectLiteralExpression(where) ? keyIn(where, isKey) : null
  if (!key || !Node.isObjectLiteralExpression(where)) return null
  const { quote } = styleOf(call.getSourceFile())
  const column = quote(`row.${key.column}`)
  const conditions = (keys: string): string =>
    literalText(where, (name) => name === key.column, [{ name: key.column, text: `In(${keys})` }])
  const steps = [`.select(${column}, ${quote('key')})`, `.addSelect(${quote('COUNT(*)')}, ${quote('count')})`]
  return {
    ...key,
    imports,
    forKeys: (keys) =>
      `${find.target}.createQueryBuilder(${quote('row')})${steps.join('')}.where(${conditions(keys)}).groupBy(${column}).getRawMany()`,
    keyOf: (row) => `${row}.key`,
    countOf: (row) => `Number(${row}.count)`,
  }
}

/** Whether a value of a column stands in one row only, and is compared as JavaScript does: the primary key, or what the schema says to be unique. */
function isUniqueKey(column: string, entity: Entity | null, resolver: Resolver): boolean {
  const table = entity?.node ? entityTable(entity.node, resolver) : null
  if (!table) return column === 'id' || column === 'uuid'
  const [key, ...others] = table.primaryKey
  return others.length === 0 && key === column
}

function selects(select: Node, column: string): boolean {
  if (Node.isObjectLiteralExpression(select)) return propertyOf(select, column)?.getText() === 'true'
  return textsOf(select).includes(column)
}
