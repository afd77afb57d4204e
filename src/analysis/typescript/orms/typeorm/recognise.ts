import { Node, type CallExpression } from 'ts-morph'
import type { Bound, Operation, Table } from '../../../facts.ts'
import { bare, calleeName, isClass, isFunction } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf } from '../reading/decorators.ts'
import { isList } from '../reading/limits.ts'
import type { OptionContext } from '../reading/option-object.ts'
import { plainQuery, type Query } from '../orm.ts'
import { queryOfRow } from '../reading/rows.ts'
import { sqlQuery, sqlRunOf } from '../sql/call.ts'
import { isTerminal, readBuilder } from './builder.ts'
import { boundByFilters, readFind, readWhere, tableOfEntity } from './options.ts'
import type { Entity, Receiver } from '../reading/repository-receivers.ts'
import { entityOf, receiverOf } from './receivers.ts'
import { entityTable } from './schema.ts'

/** What a method does, and what its first argument (after the entity, of a manager) is. */
interface Method {
  readonly operation: Operation
  readonly takes: 'options' | 'where' | 'ids' | 'rows' | 'nothing'
  /** The argument that holds the conditions, where it isn't the first. */
  readonly whereAt?: number
}

const methods: Readonly<Record<string, Method>> = {
  find: { operation: 'many', takes: 'options' },
  findAndCount: { operation: 'many', takes: 'options' },
  findBy: { operation: 'many', takes: 'where' },
  findAndCountBy: { operation: 'many', takes: 'where' },
  findByIds: { operation: 'many', takes: 'ids' },
  findTrees: { operation: 'many', takes: 'nothing' },
  findRoots: { operation: 'many', takes: 'nothing' },
  findOne: { operation: 'one', takes: 'options' },
  findOneOrFail: { operation: 'one', takes: 'options' },
  findOneBy: { operation: 'one', takes: 'where' },
  findOneByOrFail: { operation: 'one', takes: 'where' },
  findOneById: { operation: 'one', takes: 'nothing' },
  preload: { operation: 'one', takes: 'nothing' },
  count: { operation: 'count', takes: 'options' },
  countBy: { operation: 'count', takes: 'where' },
  exist: { operation: 'one', takes: 'options' },
  exists: { operation: 'one', takes: 'options' },
  existsBy: { operation: 'one', takes: 'where' },
  sum: { operation: 'aggregate', takes: 'where', whereAt: 1 },
  average: { operation: 'aggregate', takes: 'where', whereAt: 1 },
  minimum: { operation: 'aggregate', takes: 'where', whereAt: 1 },
  maximum: { operation: 'aggregate', takes: 'where', whereAt: 1 },
  save: { operation: 'save', takes: 'rows' },
  insert: { operation: 'insert', takes: 'rows' },
  upsert: { operation: 'upsert', takes: 'rows' },
  update: { operation: 'update', takes: 'where' },
  updateAll: { operation: 'update', takes: 'nothing' },
  increment: { operation: 'update', takes: 'where' },
  decrement: { operation: 'update', takes: 'where' },
  delete: { operation: 'delete', takes: 'where' },
  deleteAll: { operation: 'delete', takes: 'nothing' },
  softDelete: { operation: 'delete', takes: 'where' },
  restore: { operation: 'update', takes: 'where' },
  remove: { operation: 'delete', takes: 'rows' },
  softRemove: { operation: 'delete', takes: 'rows' },
  recover: { operation: 'update', takes: 'rows' },
  clear: { operation: 'delete', takes: 'nothing' },
}
/** Methods of an entity itself, where its class extends `BaseEntity`. */
const ofRow: Readonly<Record<string, Operation>> = {
  save: 'save',
  remove: 'delete',
  softRemove: 'delete',
  recover: 'update',
  reload: 'one',
}

const queries = new Topic<Query | null>(null)

/** The TypeORM query that a call makes, or null. */
export function recogniseTypeorm(
  call: CallExpression,
  resolver: Resolver,
  callers: readonly CallExpression[],
): Query | null {
  const name = calleeName(call)
  const callee = call.getExpression()
  if (name === null || !Node.isPropertyAccessExpression(callee)) return null
  if (!Object.hasOwn(methods, name) && !Object.hasOwn(ofRow, name) && !isTerminal(name) && name !== 'query')
    return null
  if (callers.length > 0) return read(call, name, callee.getExpression(), { resolver, callers })
  return resolver.remember(queries, call, () =>
    read(call, name, callee.getExpression(), { resolver, callers }),
  )
}

function read(call: CallExpression, name: string, target: Node, context: OptionContext): Query | null {
  const query = readCall(call, name, target, context)
  return query && !query.inTransaction && runsInTransaction(call, context)
    ? { ...query, inTransaction: true }
    : query
}

function readCall(call: CallExpression, name: string, target: Node, context: OptionContext): Query | null {
  if (isTerminal(name)) {
    const query = readBuilder(call, name, context)
    if (query) return query
  }
  if (context.resolver.callees(call).length > 0) return null
  const receiver = receiverOf(target, context.resolver)
  if (receiver && name === 'query') return rawQuery(call, receiver, context)
  const method = methods[name]
  if (receiver && method) return readMethod(call, name, method, receiver, context)
  return readRowMethod(call, name, target, context)
}

function readMethod(
  call: CallExpression,
  name: string,
  method: Method,
  receiver: Receiver,
  context: OptionContext,
): Query {
  const { resolver } = context
  const args = call.getArguments()
  const isTold =
    receiver.kind === 'manager' &&
    (method.takes !== 'rows' || args.length > 1) &&
    entityOf(args[0], resolver) !== null
  const [first, ...others] = isTold ? args.slice(1) : args
  const entity =
    receiver.kind === 'manager'
      ? isTold
        ? entityOf(args[0], resolver)
        : entityOfRow(args[0], resolver)
      : receiver.entity
  const { operation } = method
  const query = {
    ...plainQuery,
    table: entity?.name ?? null,
    operation,
    inTransaction: receiver.inTransaction,
    value: call,
  }
  if (method.takes === 'rows') {
    const bulk = first !== undefined && isRows(first, resolver)
    return {
      ...query,
      bulk,
      operation: first && name === 'save' ? savesAs(first, entity, resolver) : operation,
    }
  }
  if (method.takes === 'ids')
    return { ...query, bound: 'key-list', filters: [{ column: keyOf(entity, resolver), match: 'in' }] }
  if (method.takes === 'nothing')
    return { ...query, bound: name === 'findOneById' ? 'unique-key' : operation === 'one' ? 'limit' : null }
  const given = method.whereAt === undefined ? first : others[method.whereAt - 1]
  const byKey = given && isKeyValue(given, resolver)
  if (byKey) {
    const column = keyOf(entity, resolver)
    const match = isList(given, resolver) ? 'in' : 'equals'
    return { ...query, bound: match === 'in' ? 'key-list' : 'unique-key', filters: [{ column, match }] }
  }
  const facts =
    method.takes === 'options' ? readFind(given, entity, context) : readWhere(given, entity, context)
  return {
    ...query,
    ...facts,
    includes: operation === 'many' || operation === 'one' ? facts.includes : [],
    bound: boundFor(operation, facts, tableOfEntity(entity, resolver)),
  }
}

function boundFor(
  operation: Operation,
  { bound, filters }: Pick<Query, 'bound' | 'filters'>,
  table: Table | null,
): Bound | null {
  if (operation === 'many') return bound
  const byKey = boundByFilters(filters, table)
  if (operation === 'one') return byKey === 'unique-key' ? byKey : 'limit'
  return byKey
}

/** Whether an argument is a key itself rather than an object: `findOne(1)`, `delete(id)`, `update([1, 2], …)`. */
function isKeyValue(node: Node, resolver: Resolver): boolean {
  const value = resolver.definition(node)
  if (Node.isNumericLiteral(value) || Node.isStringLiteral(value)) return true
  if (Node.isArrayLiteralExpression(value))
    return !value.getElements().some((element) => Node.isObjectLiteralExpression(element))
  const name = Node.isPropertyAccessExpression(node) ? node.getName() : node.getText()
  if (/^(?:id|.*Ids?|.*_ids?|ids|uuid)$/.test(name) && !Node.isObjectLiteralExpression(value)) return true
  const type = Node.isTyped(value) ? value.getTypeNode()?.getText() : undefined
  return type === 'number' || type === 'string'
}

function keyOf(entity: Entity | null, resolver: Resolver): string {
  return (entity?.node && entityTable(entity.node, resolver)?.primaryKey[0]) ?? 'id'
}

/** Whether what is written are several rows. */
function isRows(node: Node, resolver: Resolver): boolean {
  if (isList(node, resolver)) return true
  const made = resolver.definition(node)
  const [given] = Node.isCallExpression(made) && calleeName(made) === 'create' ? made.getArguments() : []
  if (given) return isList(given, resolver)
  if (!Node.isCallExpression(made)) return false
  const query = recogniseTypeorm(made, resolver, [])
  return query?.operation === 'many' && !/AndCount/.test(calleeName(made) ?? '')
}

/** `user.save()` on a row of an entity that extends `BaseEntity`. */
function readRowMethod(
  call: CallExpression,
  name: string,
  target: Node,
  context: OptionContext,
): Query | null {
  const operation = ofRow[name]
  const entity = operation === undefined ? null : entityOfRow(target, context.resolver)
  if (operation === undefined || !entity) return null
  if (!entity.node || context.resolver.origin(entity.node) !== '"typeorm".BaseEntity') return null
  const bound = operation === 'one' ? 'unique-key' : null
  const saved = name === 'save' ? savesAs(target, entity, context.resolver) : operation
  return { ...plainQuery, table: entity.name, operation: saved, bound, value: call }
}

/** A save of what was made just before is an insert: of `new User()`, `repository.create({…})`, or an object without a key. */
function savesAs(row: Node, entity: Entity | null, resolver: Resolver): Operation {
  const made = resolver.definition(bare(row))
  if (Node.isNewExpression(made)) return 'insert'
  const [given] = Node.isCallExpression(made) && calleeName(made) === 'create' ? made.getArguments() : [made]
  if (Node.isCallExpression(made) && !given) return 'insert'
  if (!Node.isObjectLiteralExpression(given))
    return Node.isCallExpression(made) && calleeName(made) === 'create' ? 'insert' : 'save'
  const names = given
    .getProperties()
    .map((property) => (Node.isSpreadAssignment(property) ? '...' : property.getText().split(/[\s:(,]/)[0]))
  const isOpen = names.includes('...') && !Node.isCallExpression(made)
  return isOpen || names.includes(keyOf(entity, resolver)) ? 'save' : 'insert'
}

/** The entity that an expression is a row of: made by `new`, declared, created, or read by a query. */
export function entityOfRow(node: Node | undefined, resolver: Resolver): Entity | null {
  if (!node) return null
  const owner = resolver.classOf(node) ?? undefined
  if (isClass(owner)) {
    const name = owner.getName()
    const isEntity = decoratorsOf(owner, /^typeorm$/, resolver).length > 0
    if (name !== undefined && isEntity) return { name, node: owner }
  }
  const isSource = (call: CallExpression): boolean => sourceOfRows(call, resolver) !== null
  const source = queryOfRow(node, isSource, resolver)
  return source && sourceOfRows(source, resolver)
}

/** The entity whose rows a call gives: `User.create({…})`, `repository.findOneBy({…})`. */
function sourceOfRows(call: CallExpression, resolver: Resolver): Entity | null {
  const callee = call.getExpression()
  const name = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || name === null) return null
  const isMade = ['create', 'merge', 'save'].includes(name)
  if (!isMade && !/^(?:find|get(?:One|Many))/.test(name)) return null
  const receiver = receiverOf(callee.getExpression(), resolver)
  if (receiver) return receiver.entity ?? entityOf(call.getArguments()[0], resolver)
  return null
}

function rawQuery(
  call: CallExpression,
  { inTransaction }: Receiver,
  { resolver }: OptionContext,
): Query | null {
  const [text, values = null] = call.getArguments()
  const run = text && sqlRunOf({ text, values, valuesIndex: 1 }, resolver)
  const query = run && sqlQuery(run, call, resolver)
  return query ? { ...query, inTransaction: inTransaction || query.inTransaction } : null
}

/** Whether a method around the call or on the way to it is marked `@Transactional()`. */
function runsInTransaction(call: CallExpression, { resolver, callers }: OptionContext): boolean {
  return [call, ...callers].some((place) =>
    place
      .getAncestors()
      .some(
        (node) =>
          isFunction(node) &&
          decoratorsOf(
            node,
            /^(?:typeorm-transactional(?:-cls-hooked)?|@nestjs-cls\/transactional)$/,
            resolver,
          ).some(({ name }) => name === 'Transactional'),
      ),
  )
}
