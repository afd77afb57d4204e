import { Node, SyntaxKind, type CallExpression } from 'ts-morph'
import type { Write } from '../../facts.ts'
import { bare, calleeName, isFunction } from '../functions.ts'
import { incrementMongoose } from './reading/increments.ts'
import type { Resolver } from '../resolver.ts'
import { chainFrom, completed, type Chain } from './reading/builder-chain.ts'
import { isTrue, objectsIn, propertyOf } from './reading/decorators.ts'
import { readPipeline } from './mongoose/aggregate.ts'
import { mongooseExamples } from './mongoose/examples.ts'
import { columnsOf, includesOf } from './mongoose/fields.ts'
import * as fixes from './mongoose/fixes.ts'
import { modelOf, type Model } from './mongoose/models.ts'
import {
  boundOf,
  filtersOf,
  isBulk,
  linksInClass,
  modelMethods,
  orderOf,
  type ModelMethod,
} from './mongoose/query.ts'
import { isManyField, mongooseTables } from './mongoose/schema.ts'
import { optionNamed, readOptions } from './reading/option-object.ts'
import { plainQuery, type Orm, type Query } from './orm.ts'
import { queryOfRow } from './reading/rows.ts'
import { ValueReader } from './reading/value-reader.ts'

/** What the methods of a document write. */
const documentMethods: Readonly<Record<string, Write>> = {
  save: 'save',
  deleteOne: 'delete',
  remove: 'delete',
  updateOne: 'update',
  replaceOne: 'update',
}

/** Mongoose, Typegoose and Nest's models: `User.find().populate('posts')`, and documents: `user.save()`. */
export const mongoose: Orm = {
  id: 'mongoose',
  examples: mongooseExamples,
  recognise(call, resolver, callers) {
    const chain = modelChain(call, resolver)
    return chain ? modelQuery(call, chain, resolver, callers) : documentQuery(call, resolver)
  },
  tables: mongooseTables,
  paginate(call, query, page, resolver) {
    const chain = modelChain(call, resolver)
    return chain && fixes.pageEdits(query, page, chain.links)
  },
  paginateByKey(call, query, page, resolver) {
    const chain = modelChain(call, resolver)
    return chain && fixes.keyPageEdits(query, page, chain.links)
  },
  appendOrder(call, query, primaryKey, resolver) {
    const chain = modelChain(call, resolver)
    return chain && fixes.orderEdits(query, primaryKey === 'id' ? '_id' : primaryKey, chain.links)
  },
  selectColumns(call, query, columns, resolver) {
    const chain = modelChain(call, resolver)
    return chain && fixes.columnEdits(query, columns, chain.links)
  },
  include(call, query, relation, resolver) {
    const chain = modelChain(call, resolver)
    return chain && fixes.includeEdits(query, relation, chain, resolver)
  },
  count(call, query, resolver) {
    const chain = modelChain(call, resolver)
    return chain && fixes.countText(call, query, chain)
  },
  lookup(call, isKey, resolver) {
    const chain = modelChain(call, resolver)
    return chain && isWhole(call, chain, resolver) ? fixes.lookup(call, chain, isKey) : null
  },
  children(call, isKey, resolver) {
    const chain = modelChain(call, resolver)
    return chain && isWhole(call, chain, resolver) ? fixes.children(call, chain, isKey) : null
  },
  countsByKey(call, isKey, resolver) {
    const chain = modelChain(call, resolver)
    return chain && isWhole(call, chain, resolver) ? fixes.countsByKey(call, chain, isKey) : null
  },
  singleWrite(call, _query, resolver) {
    const chain = modelChain(call, resolver)
    return chain ? fixes.singleCreate(call, chain, resolver) : null
  },
  addIndex: fixes.addIndex,
  increment: incrementMongoose,
}

/** The chain of a query on a model, or null where a call is none. */
function modelChain(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = chainFrom(call, (node) => isAsked(node) && modelOf(node, resolver) !== null)
  const [first] = chain?.links ?? []
  return chain && first && Object.hasOwn(modelMethods, first.name) ? chain : null
}

/** Whether a method of models is called on a node. */
function isAsked(node: Node): boolean {
  const access = node.getParent()
  if (!Node.isPropertyAccessExpression(access) || access.getExpression() !== node) return false
  return Object.hasOwn(modelMethods, access.getName())
}

/** Whether nothing is added to a query elsewhere. */
function isWhole(call: CallExpression, chain: Chain, resolver: Resolver): boolean {
  return completed(call, chain, resolver, []).value === call && !call.getArguments().some(isFunction)
}

function modelQuery(
  call: CallExpression,
  chain: Chain,
  resolver: Resolver,
  callers: readonly CallExpression[],
): Query | null {
  const [first] = chain.links
  const own = first && modelMethods[first.name]
  const model = modelOf(chain.start, resolver)
  if (!first || !own || !model) return null
  const whole = completed(call, chain, resolver, callers)
  const links = [...whole.links, ...linksInClass(call, resolver)]
  const reader = new ValueReader(resolver, callers)
  const context = { resolver, callers, reader, nanIsNone: false }
  const method = methodFor(own, links)
  const options = readOptions(first.args[method.options], context)
  const common = {
    ...plainQuery,
    table: model.name,
    value: whole.value,
    inTransaction:
      links.some(({ name, args }) => name === 'session' && args[0]?.getText() !== 'null') ||
      optionNamed(options, 'session') !== undefined ||
      isInTransaction(call),
  }
  if (first.name === 'aggregate') return { ...common, ...readPipeline(links, context) }
  const filters = filtersOf(method, links, context)
  const isRead = method.operation === 'many' || method.operation === 'one'
  const isUpsert =
    objectsIn(first.args).some((object) => isTrue(object, 'upsert')) && method.operation === 'update'
  return {
    ...common,
    operation: isUpsert ? 'upsert' : method.operation,
    bulk: isBulk(method, links, resolver),
    bound: isRead ? boundOf(method, links, filters, call, context) : null,
    filters,
    order: pageOrder(first.name, orderOf(method, links, context)),
    limit:
      links.findLast(({ name }) => name === 'limit')?.args[0] ?? optionNamed(options, 'limit')?.value ?? null,
    skips:
      links.some(({ name }) => name === 'skip') ||
      optionNamed(options, 'skip') !== undefined ||
      first.name === 'paginate',
    includes: includesOf(links, (relation) => isManyField(model, relation, resolver), context),
    columns: isRead ? columnsOf(method, links) : null,
    ...(reader.dependsOnCaller && { dependsOnCaller: true }),
  }
}

/** A plugin that paginates has an order of its own where it isn't told one. */
function pageOrder(method: string, order: readonly string[] | null): readonly string[] | null {
  return method === 'paginate' && order?.length === 0 ? null : order
}

/** A chain may say only later what it does: `find(…).countDocuments()`, `find(…).findOne()`. */
function methodFor(own: ModelMethod, links: Chain['links']): ModelMethod {
  const later = links
    .slice(1)
    .findLast(({ name }) => /^(?:countDocuments|count|findOne|distinct|deleteMany|updateMany)$/.test(name))
  const changed = later && own.operation === 'many' ? modelMethods[later.name] : undefined
  return changed ? { ...own, operation: changed.operation } : own
}

/** `order.save()`, where the order was read by a query or made by its model. */
function documentQuery(call: CallExpression, resolver: Resolver): Query | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return null
  const operation = Object.hasOwn(documentMethods, callee.getName())
    ? documentMethods[callee.getName()]
    : undefined
  if (!operation) return null
  const receiver = bare(callee.getExpression())
  const made = resolver.definition(receiver)
  const common = { ...plainQuery, value: call, inTransaction: isInTransaction(call) || hasSession(call) }
  if (Node.isNewExpression(made)) {
    const model = modelOf(made.getExpression(), resolver)
    return model && operation === 'save' ? { ...common, table: model.name, operation: 'insert' } : null
  }
  const model = modelOfDocument(receiver, resolver)
  if (!model) return null
  return { ...common, table: model.name, operation, filters: [{ column: '_id', match: 'equals' }] }
}

function modelOfDocument(receiver: Node, resolver: Resolver): Model | null {
  let model: Model | null = null
  queryOfRow(
    receiver,
    (call) => {
      const chain = modelChain(call, resolver)
      const isLean = chain?.links.some(({ name }) => name === 'lean' || name === 'aggregate') ?? true
      if (chain && !isLean) model = modelOf(chain.start, resolver)
      return chain !== null
    },
    resolver,
  )
  return model ?? typedDocument(receiver, resolver)
}

/** A parameter or property declared as a document: `user: HydratedDocument<User>`. */
function typedDocument(receiver: Node, resolver: Resolver): Model | null {
  const origin = resolver.origin(receiver) ?? ''
  return /^<"mongoose"\.(?:HydratedDocument|Document)>$/.test(origin) ? { name: null, call: null } : null
}

function hasSession(call: CallExpression): boolean {
  return objectsIn(call.getArguments()).some((object) => propertyOf(object, 'session') !== undefined)
}

/** Whether a call stands in a function that a session runs as a transaction. */
function isInTransaction(call: CallExpression): boolean {
  return call.getAncestors().some((fn) => {
    const outer = isFunction(fn) ? fn.getParentIfKind(SyntaxKind.CallExpression) : undefined
    return outer !== undefined && /^(?:withTransaction|transaction)$/.test(calleeName(outer) ?? '')
  })
}
