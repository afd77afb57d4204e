import { Node, type CallExpression } from 'ts-morph'
import type { Bound, Operation } from '../../../facts.ts'
import { capitalized } from '../../../words.ts'
import { bare, calleeName, isFunction } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { isTrue, propertyOf, textOf } from '../reading/decorators.ts'
import { isList } from '../reading/limits.ts'
import { readItems } from '../reading/option-list.ts'
import { optionNamed, readOptions, type OptionContext } from '../reading/option-object.ts'
import { plainQuery, type Query } from '../orm.ts'
import { queryOfRow } from '../reading/rows.ts'
import { mixinNamed, type Mixin } from './associations.ts'
import { isConnection, type Model } from './declarations.ts'
import { modelOf } from './models.ts'
import { boundByFilters, readFinder } from './options.ts'
import { modelOfName, modelOfRow } from './rows.ts'
import { modelTable } from './schema.ts'
import { sqlQuery, sqlRunOf } from '../sql/call.ts'

/** What a method of a model does, and which of its arguments holds the options. */
interface Method {
  readonly operation: Operation
  readonly options: number
}

const ofModel: Readonly<Record<string, Method>> = {
  findAll: { operation: 'many', options: 0 },
  findAndCountAll: { operation: 'many', options: 0 },
  findOne: { operation: 'one', options: 0 },
  findByPk: { operation: 'one', options: 1 },
  findById: { operation: 'one', options: 1 },
  findOrBuild: { operation: 'one', options: 0 },
  findOrCreate: { operation: 'upsert', options: 0 },
  findCreateFind: { operation: 'upsert', options: 0 },
  count: { operation: 'count', options: 0 },
  sum: { operation: 'aggregate', options: 1 },
  max: { operation: 'aggregate', options: 1 },
  min: { operation: 'aggregate', options: 1 },
  aggregate: { operation: 'aggregate', options: 2 },
  create: { operation: 'insert', options: 1 },
  bulkCreate: { operation: 'insert', options: 1 },
  upsert: { operation: 'upsert', options: 1 },
  update: { operation: 'update', options: 1 },
  increment: { operation: 'update', options: 1 },
  decrement: { operation: 'update', options: 1 },
  restore: { operation: 'update', options: 0 },
  destroy: { operation: 'delete', options: 0 },
  truncate: { operation: 'delete', options: 0 },
}
const ofRow: Readonly<Record<string, Method>> = {
  save: { operation: 'save', options: 0 },
  update: { operation: 'update', options: 1 },
  destroy: { operation: 'delete', options: 0 },
  reload: { operation: 'one', options: 0 },
  increment: { operation: 'update', options: 1 },
  decrement: { operation: 'update', options: 1 },
  restore: { operation: 'update', options: 0 },
}
const mixin = /^(?:get|count|has|set|add|remove|create)[A-Z]/
/** sequelize-typescript's mixins, which are told the relation: `team.$get('players')`. */
const told = /^\$(get|count|has|set|add|remove|create)$/
const mixinOperations: Readonly<Record<Mixin['verb'], Operation>> = {
  get: 'many',
  count: 'count',
  has: 'one',
  set: 'update',
  add: 'insert',
  remove: 'delete',
  create: 'insert',
}

const queries = new Topic<Query | null>(null)

/** The Sequelize query that a call makes, or null. */
export function recogniseSequelize(
  call: CallExpression,
  resolver: Resolver,
  callers: readonly CallExpression[],
): Query | null {
  const name = calleeName(call)
  const callee = call.getExpression()
  if (name === null || !Node.isPropertyAccessExpression(callee)) return null
  const isCandidate =
    Object.hasOwn(ofModel, name) ||
    Object.hasOwn(ofRow, name) ||
    name === 'query' ||
    mixin.test(name) ||
    told.test(name)
  if (!isCandidate) return null
  const target = callee.getExpression()
  if (callers.length > 0) return read(call, name, target, { resolver, callers })
  return resolver.remember(queries, call, () => read(call, name, target, { resolver, callers }))
}

function read(call: CallExpression, name: string, target: Node, context: OptionContext): Query | null {
  const { resolver } = context
  if (name === 'query') return isConnection(target, resolver) ? rawQuery(call, context) : null
  if (isOfThisProject(call, resolver)) return null
  const isSuper = Node.isSuperExpression(target)
  const model = Object.hasOwn(ofModel, name) ? (isSuper ? null : modelAt(target, context)) : null
  const method = ofModel[name]
  if (model && method) return readMethod(call, name, method, model, context)
  const rowMethod = ofRow[name]
  const owner = isSuper
    ? null
    : (modelOfRow(target, resolver) ?? (mixin.test(name) ? modelOfName(target, name, resolver) : null))
  if (!owner) return null
  if (rowMethod) return readRowMethod(call, rowMethod, owner, isMade(target, resolver), context)
  const [relation, ...args] = call.getArguments()
  const verb = told.exec(name)?.[1]
  const full = verb === undefined ? name : verb + capitalized(textOf(relation) ?? '')
  const named = mixinNamed(full, owner.name, resolver)
  return named && readMixin(call, named, verb === undefined ? call.getArguments() : args, context)
}

/** Whether a method is one that the project's own model class declares, which is followed instead. */
function isOfThisProject(call: CallExpression, resolver: Resolver): boolean {
  return resolver.callees(call).length > 0
}

/** The model that a method is called on; a parameter's is that of the call that leads here. */
function modelAt(target: Node, { resolver, callers }: OptionContext): Model | null {
  const definition = resolver.definition(target)
  const caller = callers.at(-1)
  if (Node.isParameterDeclaration(definition) && caller) {
    const fn = definition.getParent()
    const index = isFunction(fn) ? fn.getParameters().findIndex((parameter) => parameter === definition) : -1
    const given =
      isFunction(fn) && resolver.callees(caller).includes(fn) ? caller.getArguments()[index] : undefined
    const model = given ? modelOf(given, resolver) : null
    if (model) return model
  }
  return modelOf(target, resolver)
}

function readMethod(
  call: CallExpression,
  name: string,
  method: Method,
  model: Model,
  context: OptionContext,
): Query {
  const { resolver } = context
  const args = call.getArguments()
  const facts = readFinder(args[method.options], model.name, context)
  const { isAggregate, ...found } = facts
  const operation =
    isAggregate && (method.operation === 'many' || method.operation === 'one')
      ? 'aggregate'
      : method.operation
  const byId = name === 'findByPk' || name === 'findById'
  const key = modelTable(model.name, resolver)?.primaryKey[0] ?? 'id'
  const filters = byId ? [{ column: key, match: 'equals' as const }, ...found.filters] : found.filters
  return {
    ...plainQuery,
    ...found,
    table: model.name,
    operation,
    bulk: name === 'bulkCreate',
    countsJoinedRows: found.countsJoinedRows || countsProduct(name, args[method.options], context),
    filters,
    bound: boundFor(operation, byId, filters, found.bound, model, resolver),
    ...(isOfCaller(call, resolver) && { dependsOnCaller: true as const }),
    value: call,
  }
}

/** Whether the model is one that the callers of a function hand over. */
function isOfCaller(call: CallExpression, resolver: Resolver): boolean {
  const callee = call.getExpression()
  return (
    Node.isPropertyAccessExpression(callee) &&
    Node.isParameterDeclaration(resolver.definition(callee.getExpression()))
  )
}

/** Whether the total that `findAndCountAll` gives counts the rows of its joins. */
function countsProduct(name: string, argument: Node | undefined, context: OptionContext): boolean {
  if (name !== 'findAndCountAll') return false
  const options = readOptions(argument, context)
  const included = readItems(optionNamed(options, 'include')?.value, context)
  const isJoined = included.some(({ value }) => !isTrue(context.resolver.definition(value), 'separate'))
  return !options.open && isJoined && optionNamed(options, 'distinct') === undefined
}

function boundFor(
  operation: Operation,
  byId: boolean,
  filters: Query['filters'],
  bound: Bound | null,
  model: Model,
  resolver: Resolver,
): Bound | null {
  if (byId) return 'unique-key'
  if (operation === 'many') return bound
  const byKey = boundByFilters(filters, model.name, resolver)
  if (operation === 'one') return byKey === 'unique-key' ? byKey : 'limit'
  return byKey
}

function readRowMethod(
  call: CallExpression,
  { operation, options }: Method,
  model: Model,
  isNew: boolean,
  context: OptionContext,
): Query {
  const { inTransaction } = readFinder(call.getArguments()[options], model.name, context)
  const bound = operation === 'save' ? null : 'unique-key'
  const saved = operation === 'save' && isNew ? 'insert' : operation
  return { ...plainQuery, table: model.name, operation: saved, bound, inTransaction, value: call }
}

/** Whether a row was made just before: by `new User(…)` or `User.build(…)`. */
function isMade(row: Node, resolver: Resolver): boolean {
  const made = resolver.definition(row)
  return Node.isNewExpression(made) || (Node.isCallExpression(made) && calleeName(made) === 'build')
}

/** `article.getComments({…})`, `article.countTags()`, `article.addTag(tag)` */
function readMixin(
  call: CallExpression,
  { association, verb, isPlural }: Mixin,
  args: readonly Node[],
  context: OptionContext,
): Query {
  const [first, second] = args
  const isRead = verb === 'get' || verb === 'count'
  const { isAggregate, ...facts } = readFinder(isRead ? first : second, association.target, context)
  const operation =
    verb === 'get' && !association.many ? 'one' : isAggregate ? 'aggregate' : mixinOperations[verb]
  const own =
    association.many && association.foreignKey !== null
      ? [{ column: association.foreignKey, match: 'equals' as const }]
      : []
  const query = {
    ...plainQuery,
    table: association.target,
    operation,
    inTransaction: facts.inTransaction,
    value: call,
  }
  if (!isRead)
    return {
      ...query,
      bulk: isPlural && first !== undefined && isRows(first, context.resolver),
      bound: operation === 'one' ? 'limit' : null,
    }
  // The rows that a table joins to one row are a list of keys: the tags of a post, the roles of a user.
  const bound = operation === 'many' ? (facts.bound ?? (association.isJoined ? 'key-list' : null)) : null
  return {
    ...query,
    ...facts,
    filters: [...own, ...facts.filters],
    bound: operation === 'one' ? 'unique-key' : bound,
  }
}

function isRows(node: Node, resolver: Resolver): boolean {
  if (isList(node, resolver)) return true
  const source = queryOfRow(
    bare(node),
    (call) => recogniseSequelize(call, resolver, [])?.operation === 'many',
    resolver,
  )
  return source !== null
}

function rawQuery(call: CallExpression, context: OptionContext): Query | null {
  const [text, options] = call.getArguments()
  const values = propertyOf(options, 'replacements') ?? propertyOf(options, 'bind') ?? null
  const run = text && sqlRunOf({ text, values, valuesIndex: null }, context.resolver)
  const query = run && sqlQuery(run, call, context.resolver)
  const inTransaction = optionNamed(readOptions(options, context), 'transaction') !== undefined
  return query ? { ...query, inTransaction: inTransaction || query.inTransaction } : null
}
