import { Node, type CallExpression } from 'ts-morph'
import type { Bound, Operation, Table } from '../../facts.ts'
import { bare } from '../functions.ts'
import { Topic } from '../memo.ts'
import { incrementPrisma } from './reading/increments.ts'
import type { Resolver } from '../resolver.ts'
import { plainQuery, type Orm, type Query } from './orm.ts'
import {
  boundOf,
  columnsOf,
  filtersOf,
  includesOf,
  lastOf,
  orderOf,
  type Schema,
} from './prisma/arguments.ts'
import { delegateOf, isClient, isInTransactionList, isTransaction, type Delegate } from './prisma/client.ts'
import { prismaExamples } from './prisma/examples.ts'
import {
  appendOrder,
  count,
  include,
  paginate,
  paginateByKey,
  selectColumns,
  singleWrite,
} from './prisma/fixes.ts'
import { addIndex } from './prisma/indexes.ts'
import { children, countsByKey, lookup } from './prisma/lookup.ts'
import { providerOf, tablesIn } from './prisma/schema.ts'
import { sqlSourceOf } from './sql/source.ts'
import { readSql } from './sql/text.ts'
import { sqlTemplates, type SqlTag } from './sql/templates.ts'
import { ValueReader, type ObjectView } from './reading/value-reader.ts'

interface Method {
  readonly operation: Operation
  readonly bulk?: true
  readonly bound?: Bound
  /** Whether calls of one tick become one query. */
  readonly batched?: true
}

const methods: Readonly<Record<string, Method>> = {
  findMany: { operation: 'many' },
  findFirst: { operation: 'one', bound: 'limit' },
  findFirstOrThrow: { operation: 'one', bound: 'limit' },
  findUnique: { operation: 'one', bound: 'unique-key', batched: true },
  findUniqueOrThrow: { operation: 'one', bound: 'unique-key', batched: true },
  count: { operation: 'count' },
  aggregate: { operation: 'aggregate' },
  groupBy: { operation: 'aggregate' },
  create: { operation: 'insert' },
  createMany: { operation: 'insert', bulk: true },
  createManyAndReturn: { operation: 'insert', bulk: true },
  update: { operation: 'update', bound: 'unique-key' },
  updateMany: { operation: 'update', bulk: true },
  updateManyAndReturn: { operation: 'update', bulk: true },
  upsert: { operation: 'upsert', bound: 'unique-key' },
  delete: { operation: 'delete', bound: 'unique-key' },
  deleteMany: { operation: 'delete', bulk: true },
  findRaw: { operation: 'many' },
  aggregateRaw: { operation: 'aggregate' },
}
const rawMethods = new Set(['$queryRaw', '$queryRawUnsafe', '$executeRaw', '$executeRawUnsafe'])
const settling = new Set(['then', 'catch', 'finally'])

/** What the schema files of a program say, for the recognition of its queries. */
const schemas = new Topic<Schema>(new Map())

/** Prisma: `prisma.post.findMany({ … })` on any client, extension, transaction or class that extends the client, and raw SQL. */
export const prisma: Orm = {
  id: 'prisma',
  examples: prismaExamples,
  recognise(call, resolver, callers) {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) return null
    const name = callee.getName()
    if (rawMethods.has(name)) return rawQuery(call, callee.getExpression(), resolver)
    const reader = new ValueReader(resolver, callers)
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (!method) return relationQuery(call, callee.getExpression(), name, resolver, reader)
    const delegate =
      delegateOf(callee.getExpression(), resolver, reader) ??
      delegateBySchema(call, callee.getExpression(), resolver)
    return delegate && modelQuery(call, method, delegate, resolver, reader)
  },
  templates: sqlTemplates(tagOf),
  tables: (program) => tablesIn(program.dataFiles('.prisma')),
  paginate: (call, query, page, resolver) => paginate(call, query, page, schemaOf(resolver)),
  paginateByKey: (call, query, page, _, primaryKey) => paginateByKey(call, query, page, primaryKey),
  lookup: (call, isKey, resolver) => lookup(call, isKey, tableNamed(call, resolver)),
  children: (call, isKey, resolver) => children(call, isKey, tableNamed(call, resolver)),
  countsByKey: (call, isKey) => countsByKey(call, isKey),
  singleWrite: (call, _, resolver) => singleWrite(call, tableNamed(call, resolver)),
  count: (call) => count(call),
  selectColumns: (call, _, columns) => selectColumns(call, columns),
  include: (call, query, relation) => include(call, query, relation),
  appendOrder: (call, _, primaryKey) => appendOrder(call, primaryKey),
  addIndex: (table, columns, program) => addIndex(table, columns, program.dataFiles('.prisma')),
  increment: incrementPrisma,
}

/** `` prisma.$queryRaw`SELECT …` ``, `` tx.$executeRaw`DELETE …` `` */
function tagOf(tag: Node, resolver: Resolver): SqlTag | null {
  if (!Node.isPropertyAccessExpression(tag) || !/^\$(?:query|execute)Raw$/.test(tag.getName())) return null
  const client = tag.getExpression()
  if (!isClient(client, resolver)) return null
  const inTransaction = isTransaction(client, resolver) || isInTransactionList(tag, resolver)
  return { rowsAt: 'value', inTransaction, limits: limitsIn(resolver.program.dataFiles('.prisma')) }
}

/** What the databases of the schemas take behind `LIMIT`. */
function limitsIn(files: ReadonlyMap<string, string>): SqlTag['limits'] {
  const providers = [...files.values()].flatMap((text) => providerOf(text) ?? [])
  if (providers.some((provider) => provider === 'sqlserver')) return null
  return providers.length > 0 && providers.every((provider) => provider === 'postgresql')
    ? 'nullable'
    : 'numbers'
}

function schemaOf(resolver: Resolver): Schema {
  return resolver.remember(schemas, 'all', () => {
    const schema = new Map<string, Table>()
    for (const table of tablesIn(resolver.program.dataFiles('.prisma')))
      if (!schema.has(table.name)) schema.set(table.name, table)
    return schema
  })
}

function tableNamed(call: CallExpression, resolver: Resolver): Table | undefined {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return undefined
  const delegate = delegateOf(callee.getExpression(), resolver, new ValueReader(resolver, []))
  return schemaOf(resolver).get(delegate?.model ?? '')
}

/** A model of the schema on a client that comes from elsewhere: `request.server.prisma.user.findMany({ where })`. */
function delegateBySchema(call: CallExpression, receiver: Node, resolver: Resolver): Delegate | null {
  const member = bare(receiver)
  if (!Node.isPropertyAccessExpression(member) || !schemaOf(resolver).has(member.getName())) return null
  const client = member.getExpression()
  if (!isShapedLikeQuery(call) || !comesFromElsewhere(client, resolver)) return null
  return { receiver, model: member.getName(), client, inTransaction: false }
}

/** Whether a value is made by nothing that this project's code shows. */
function comesFromElsewhere(client: Node, resolver: Resolver): boolean {
  const node = resolver.instance(client)
  if (Node.isParameterDeclaration(node)) return !node.getTypeNode() || node.getTypeNode()?.getText() === 'any'
  if (Node.isImportSpecifier(node) || Node.isImportClause(node)) return true
  if (Node.isBindingElement(node)) return true
  return Node.isPropertyAccessExpression(node) && node.getExpression().getText() !== 'query'
}

/** Whether a call is given what Prisma's method of that name takes, and what hardly any other library does. */
function isShapedLikeQuery(call: CallExpression): boolean {
  const callee = call.getExpression()
  const name = Node.isPropertyAccessExpression(callee) ? callee.getName() : ''
  const [argument, ...others] = call.getArguments()
  if (others.length > 0) return false
  const given = argument && bare(argument)
  if (/^find(?:Many|First)/.test(name) && !argument) return true
  if (!Node.isObjectLiteralExpression(given)) return false
  const needed = name.startsWith('create')
    ? ['data']
    : name.startsWith('update')
      ? ['where', 'data']
      : ['where']
  const isRead = /^find(?:Many|First)/.test(name)
  return isRead || needed.every((property) => given.getProperty(property) !== undefined)
}

function modelQuery(
  call: CallExpression,
  method: Method,
  delegate: Delegate,
  resolver: Resolver,
  reader: ValueReader,
): Query {
  const [argument] = call.getArguments()
  const view = reader.object(argument && reader.here(argument))
  const { operation, bulk = false, bound } = method
  const table = schemaOf(resolver).get(delegate.model ?? '')
  const where = lastOf(view, 'where')
  const filters = where ? filtersOf(reader.object(where), reader, table, resolver) : []
  const isMany = operation === 'many'
  return {
    ...plainQuery,
    table: delegate.model,
    operation,
    bulk,
    bound: isMany ? boundOf(view, filters, table, reader, resolver) : (bound ?? null),
    filters,
    ...(isMany && pageOf(view, reader)),
    includes: includesOf(view, table, schemaOf(resolver), reader, resolver),
    columns: columnsOf(view, table, reader),
    inTransaction: delegate.inTransaction || isInTransactionList(call, resolver),
    value: call,
    ...(reader.dependsOnCaller && { dependsOnCaller: true }),
    ...(method.batched && { batchesInOneTick: true }),
  }
}

function pageOf(view: ObjectView, reader: ValueReader): Pick<Query, 'order' | 'limit' | 'skips'> {
  return {
    order: orderOf(view, reader),
    limit: lastOf(view, 'take')?.node ?? null,
    skips: lastOf(view, 'skip') !== undefined && lastOf(view, 'cursor') === undefined,
  }
}

/** `prisma.user.findUnique({ … }).posts()` reads the related rows. */
function relationQuery(
  call: CallExpression,
  receiver: Node,
  relation: string,
  resolver: Resolver,
  reader: ValueReader,
): Query | null {
  const inner = bare(receiver)
  if (settling.has(relation) || !Node.isCallExpression(inner) || inner !== receiver) return null
  const query = prisma.recognise(inner, resolver, [])
  if (!query || query.operation !== 'one') return null
  const related = schemaOf(resolver)
    .get(query.table ?? '')
    ?.relations.find(({ name }) => name === relation)
  const [argument] = call.getArguments()
  const view = reader.object(argument && reader.here(argument))
  const table = schemaOf(resolver).get(related?.target ?? '')
  if (!related) return null
  return {
    ...plainQuery,
    table: related.target,
    operation: related.many ? 'many' : 'one',
    bound: related.many ? boundOf(view, [], table, reader, resolver) : 'unique-key',
    ...(related.many && pageOf(view, reader)),
    includes: includesOf(view, table, schemaOf(resolver), reader, resolver),
    columns: columnsOf(view, table, reader),
    inTransaction: query.inTransaction,
    value: call,
  }
}

/** `prisma.$queryRawUnsafe(sql, …)` and `prisma.$queryRaw(Prisma.sql`…`)`. */
function rawQuery(call: CallExpression, client: Node, resolver: Resolver): Query | null {
  const [argument] = call.getArguments()
  if (!argument || !isClient(client, resolver)) return null
  const source = sqlSourceOf(argument, resolver)
  const sql = source && readSql(source.text)
  if (!sql) return null
  return {
    ...plainQuery,
    table: sql.table,
    operation: sql.operation,
    bulk: sql.bulk,
    bound: sql.bound,
    filters: sql.filters.map(({ column, match }) => ({ column, match })),
    order: sql.order,
    skips: sql.skips,
    columns: sql.columns,
    inTransaction: isTransaction(client, resolver),
    value: call,
  }
}
