import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import { bare } from '../functions.ts'
import { fileOf } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import { propertyOf, textsOf } from './decorators.ts'
import { literalText, objectText } from './option-edits.ts'
import type { Lookup } from './orm.ts'
import { findOf } from './typeorm-fixes.ts'
import { receiverOf, type Entity } from './typeorm-receivers.ts'
import { entityTable } from './typeorm-schema.ts'

/** `findOne({ where: { id } })`, `findOneBy({ id })` as a look-up by a unique key; null for anything else. */
export function lookupTypeorm(call: CallExpression, isKey: (value: Node) => boolean, resolver: Resolver): Lookup | null {
  const find = findOf(call, resolver)
  if (!find || (find.method !== 'findOne' && find.method !== 'findOneBy')) return null
  const callee = call.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee) ? receiverOf(callee.getExpression(), resolver) : null
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
    return { ...key, missing, imports, forKeys: (keys) => `${find.target}.findBy(${find.told}${conditions(keys)})` }
  const rest = find.isWhere ? objectText([]) : null
  const select = propertyOf(literal, 'select')
  if (select && !selects(select, key.column)) return null
  const unsupported = literal.getProperties().some((property) => !Node.isPropertyAssignment(property) && !Node.isShorthandPropertyAssignment(property))
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

/** The one condition that holds the key; conditions with anything but plain properties beside it say too little. */
function keyIn(where: ObjectLiteralExpression, isKey: (value: Node) => boolean): { column: string; key: Node } | null {
  const pairs = where.getProperties().map((property) => {
    if (Node.isShorthandPropertyAssignment(property)) return { column: property.getName(), key: property.getNameNode() }
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isPropertyAssignment(property) && value ? { column: property.getName(), key: value } : null
  })
  const keyed = pairs.flatMap((pair) => (pair && isKey(pair.key) ? [pair] : []))
  const [only, ...others] = keyed
  return only && others.length === 0 && !pairs.includes(null) ? only : null
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
