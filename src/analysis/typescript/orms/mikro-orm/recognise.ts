import { Node, type CallExpression } from 'ts-morph'
import type { Operation } from '../../../facts.ts'
import { bare, calleeName, isClass, isFunction } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf } from '../reading/decorators.ts'
import { isList } from '../reading/limits.ts'
import { isMikroTerminal, readMikroBuilder } from './builder.ts'
import { boundByFilters, filtersIn, populatedIn, readFind, tableOfEntity } from './options.ts'
import { mikroEntityOf, mikroPackages, mikroReceiverOf } from './receivers.ts'
import { mikroTable } from './schema.ts'
import type { OptionContext } from '../reading/option-object.ts'
import { plainQuery, type Query } from '../orm.ts'
import type { Entity, Receiver } from '../reading/repository-receivers.ts'
import { queryOfRow } from '../reading/rows.ts'
import { sqlQuery, sqlRunOf } from '../sql/call.ts'

/** What a method does, and where its conditions and options stand, behind the entity. */
interface Method {
  readonly operation: Operation
  readonly where: number | null
  readonly options: number | null
  readonly bulk?: true
}

const methods: Readonly<Record<string, Method>> = {
  find: { operation: 'many', where: 0, options: 1 },
  findAll: { operation: 'many', where: null, options: 0 },
  findAndCount: { operation: 'many', where: 0, options: 1 },
  findByCursor: { operation: 'many', where: null, options: 0 },
  findOne: { operation: 'one', where: 0, options: 1 },
  findOneOrFail: { operation: 'one', where: 0, options: 1 },
  count: { operation: 'count', where: 0, options: 1 },
  insert: { operation: 'insert', where: null, options: null },
  nativeInsert: { operation: 'insert', where: null, options: null },
  insertMany: { operation: 'insert', where: null, options: null, bulk: true },
  upsert: { operation: 'upsert', where: null, options: null },
  upsertMany: { operation: 'upsert', where: null, options: null, bulk: true },
  nativeUpdate: { operation: 'update', where: 0, options: null },
  nativeDelete: { operation: 'delete', where: 0, options: null },
}
/** Methods that are given rows, or write what was changed of them before. */
const ofRows: Readonly<Record<string, Operation>> = {
  persistAndFlush: 'save',
  flush: 'save',
  removeAndFlush: 'delete',
  refresh: 'one',
  populate: 'many',
}
/** Methods of a row's relation: `user.posts.init()`, `post.author.load()`. */
const ofRelation: Readonly<Record<string, Operation>> = {
  init: 'many',
  loadItems: 'many',
  loadCount: 'count',
  load: 'one',
  loadOrFail: 'one',
  matching: 'many',
}

const queries = new Topic<Query | null>(null)

/** The MikroORM query that a call makes, or null. */
export function recogniseMikro(
  call: CallExpression,
  resolver: Resolver,
  callers: readonly CallExpression[],
): Query | null {
  const name = calleeName(call)
  const callee = call.getExpression()
  if (name === null || !Node.isPropertyAccessExpression(callee)) return null
  const isCandidate =
    [methods, ofRows, ofRelation].some((known) => Object.hasOwn(known, name)) || isMikroTerminal(name)
  if (!isCandidate) return null
  const target = callee.getExpression()
  if (callers.length > 0) return read(call, name, target, { resolver, callers })
  return resolver.remember(queries, call, () => read(call, name, target, { resolver, callers }))
}

function read(call: CallExpression, name: string, target: Node, context: OptionContext): Query | null {
  const query = readCall(call, name, target, context)
  return query && !query.inTransaction && runsInTransaction(call, context)
    ? { ...query, inTransaction: true }
    : query
}

function readCall(call: CallExpression, name: string, target: Node, context: OptionContext): Query | null {
  const { resolver } = context
  if (resolver.callees(call).length > 0) return null
  if (isMikroTerminal(name)) {
    const query = readMikroBuilder(call, name, context)
    if (query) return query
  }
  const receiver = mikroReceiverOf(target, resolver)
  if (receiver) {
    const method = methods[name]
    if (method) return readMethod(call, name, method, receiver, context)
    const operation = ofRows[name]
    if (operation) return readRowsMethod(call, name, operation, receiver, context)
    return name === 'execute' ? rawQuery(call, receiver, resolver) : null
  }
  if (name === 'execute' && isConnection(target, resolver)) return rawQuery(call, null, resolver)
  const operation = ofRelation[name]
  return operation ? readRelationMethod(call, operation, target, context) : null
}

function readMethod(
  call: CallExpression,
  name: string,
  method: Method,
  receiver: Receiver,
  context: OptionContext,
): Query | null {
  const { resolver } = context
  const isManager = receiver.kind === 'manager'
  const given = call.getArguments()
  const args = isManager ? given.slice(1) : given
  const entity = isManager
    ? (mikroEntityOf(given[0], resolver) ?? mikroEntityOfRow(given[0], resolver))
    : receiver.entity
  const { operation } = method
  const query = {
    ...plainQuery,
    table: entity?.name ?? null,
    operation,
    inTransaction: receiver.inTransaction,
    value: call,
  }
  const where = method.where === null ? undefined : args[method.where]
  if (method.options === null) {
    const filters = filtersIn(where, entity, context)
    const bulk = method.bulk ?? args.some((argument) => operation === 'insert' && isList(argument, resolver))
    return { ...query, bulk, filters, bound: boundByFilters(filters, tableOfEntity(entity, resolver)) }
  }
  const facts = readFind(where, args[method.options], entity, context)
  if (operation === 'many')
    return { ...query, ...facts, bound: name === 'findByCursor' ? (facts.bound ?? 'limit') : facts.bound }
  const byKey = boundByFilters(facts.filters, tableOfEntity(entity, resolver))
  const bound = operation === 'one' && byKey !== 'unique-key' ? 'limit' : byKey
  return { ...query, ...facts, bound }
}

/** `em.persistAndFlush(user)`, `em.persist(user).flush()`, `em.flush()`, `em.populate(users, ['posts'])` */
function readRowsMethod(
  call: CallExpression,
  name: string,
  operation: Operation,
  { entity: own, inTransaction }: Receiver,
  context: OptionContext,
): Query {
  const { resolver } = context
  const chained = handedBefore(call)
  const [rows, relations] = chained ? chained.getArguments() : call.getArguments()
  const entity =
    own ?? mikroEntityOfRow(rows, resolver) ?? (name === 'flush' ? persistedBefore(call, resolver) : null)
  const bulk = rows !== undefined && isList(rows, resolver)
  const isRemoval = chained !== null && calleeName(chained) === 'remove'
  const query = {
    ...plainQuery,
    table: entity?.name ?? null,
    operation: isRemoval
      ? ('delete' as const)
      : operation === 'save' && isMade(rows, resolver)
        ? ('insert' as const)
        : operation,
    bulk,
    inTransaction,
    value: call,
  }
  if (operation === 'one') return { ...query, bound: 'unique-key' }
  if (name !== 'populate') return query
  return { ...query, bulk: false, bound: 'key-list', includes: populatedIn(relations, entity, context) }
}

/** Whether a row was made just before: by `new User(…)` or `em.create(User, …)`. */
function isMade(row: Node | undefined, resolver: Resolver): boolean {
  const made = row && resolver.definition(bare(row))
  return Node.isNewExpression(made) || (Node.isCallExpression(made) && calleeName(made) === 'create')
}

/** `em.persist(user)` of `em.persist(user).flush()`. */
function handedBefore(call: CallExpression): CallExpression | null {
  const callee = call.getExpression()
  const before = Node.isPropertyAccessExpression(callee) ? bare(callee.getExpression()) : undefined
  return Node.isCallExpression(before) && /^(?:persist|remove)$/.test(calleeName(before) ?? '')
    ? before
    : null
}

/** The entity of what was last made or handed to the manager before a `flush()`, in the same function. */
function persistedBefore(flush: CallExpression, resolver: Resolver): Entity | null {
  const fn = flush.getFirstAncestor(isFunction)
  const before =
    fn
      ?.getDescendants()
      .filter(Node.isCallExpression)
      .filter((call) => call.getEnd() < flush.getStart()) ?? []
  for (const call of before.toReversed()) {
    const name = calleeName(call)
    if (
      name !== 'persist' &&
      name !== 'remove' &&
      name !== 'create' &&
      name !== 'findOne' &&
      name !== 'findOneOrFail'
    )
      continue
    const callee = call.getExpression()
    const receiver = Node.isPropertyAccessExpression(callee)
      ? mikroReceiverOf(callee.getExpression(), resolver)
      : null
    if (!receiver) continue
    const [first] = call.getArguments()
    const entity =
      receiver.entity ??
      (name === 'persist' || name === 'remove'
        ? mikroEntityOfRow(first, resolver)
        : mikroEntityOf(first, resolver))
    if (entity) return entity
  }
  return null
}

/** `user.posts.loadItems()` on a row whose entity has that relation. */
function readRelationMethod(
  call: CallExpression,
  operation: Operation,
  target: Node,
  context: OptionContext,
): Query | null {
  const { resolver } = context
  const value = bare(target)
  if (!Node.isPropertyAccessExpression(value)) return null
  const owner = mikroEntityOfRow(value.getExpression(), resolver)
  const relation = tableOfEntity(owner, resolver)?.relations.find(({ name }) => name === value.getName())
  if (!relation) return null
  const isOne = operation === 'one'
  if (relation.many === isOne) return null
  return { ...plainQuery, table: relation.target, operation, bound: isOne ? 'unique-key' : null, value: call }
}

/** The entity that an expression is a row of: made by `new`, declared, created, or read by a query. */
export function mikroEntityOfRow(node: Node | undefined, resolver: Resolver): Entity | null {
  if (!node) return null
  const owner = resolver.classOf(node) ?? undefined
  if (isClass(owner)) {
    const name = owner.getName()
    if (
      name !== undefined &&
      decoratorsOf(owner, mikroPackages, resolver).some((decorator) => decorator.name === 'Entity')
    )
      return { name, node: owner }
  }
  const source = queryOfRow(node, (call) => sourceOfRows(call, resolver) !== null, resolver)
  return source && sourceOfRows(source, resolver)
}

/** The entity whose rows a call gives: `em.findOne(User, 1)`, `repository.create({…})`. */
function sourceOfRows(call: CallExpression, resolver: Resolver): Entity | null {
  const callee = call.getExpression()
  const name = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || name === null) return null
  if (!/^(?:find\w*|create|getReference|upsert|merge|map)$/.test(name)) return null
  const receiver = mikroReceiverOf(callee.getExpression(), resolver)
  return receiver ? (receiver.entity ?? mikroEntityOf(call.getArguments()[0], resolver)) : null
}

function isConnection(target: Node, resolver: Resolver): boolean {
  const origin = resolver.origin(target) ?? ''
  return /^(?:new |<)?"@mikro-orm\/.*\.(?:getConnection|getDriver)\(\)(?:\.getConnection\(\))?$/.test(origin)
}

function rawQuery(call: CallExpression, receiver: Receiver | null, resolver: Resolver): Query | null {
  const [text, values = null] = call.getArguments()
  const run = text && sqlRunOf({ text, values, valuesIndex: 1 }, resolver)
  const query = run && sqlQuery(run, call, resolver)
  return query ? { ...query, inTransaction: query.inTransaction || (receiver?.inTransaction ?? false) } : null
}

/** Whether a method around the call or on the way to it is marked `@Transactional()`, or begins one itself. */
function runsInTransaction(call: CallExpression, { resolver, callers }: OptionContext): boolean {
  return [call, ...callers].some((place) =>
    place
      .getAncestors()
      .some(
        (node) =>
          isFunction(node) &&
          decoratorsOf(node, mikroPackages, resolver).some(({ name }) => name === 'Transactional'),
      ),
  )
}

/** Whether an entity has a table, for fixes that need its key. */
export function mikroKeyOf(entity: Entity | null, resolver: Resolver): string | null {
  const table = entity?.node ? mikroTable(entity.node, resolver) : null
  const [key = null, ...others] = table ? table.primaryKey : ['id']
  return others.length > 0 ? null : key
}
