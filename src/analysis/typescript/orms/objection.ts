import { Node, type CallExpression } from 'ts-morph'
import { isWrite, type Bound, type Filter, type Operation } from '../../facts.ts'
import { calleeName, isFunction, type ClassNode } from '../functions.ts'
import { incrementObjection } from './reading/increments.ts'
import type { Resolver } from '../resolver.ts'
import { styleOf } from '../rewrite/style.ts'
import { chainFrom, completed, type Chain, type Link } from './reading/builder-chain.ts'
import { appendedSteps } from './reading/chain-edits.ts'
import { textOf } from './reading/decorators.ts'
import { ofOneRow } from './reading/first-row.ts'
import { boundOf, columnsOf, filtersOf, operationOf, orderOf } from './knex/chain.ts'
import { columnEdits, countOf, keyPageEdits, orderEdits, pageEdits } from './knex/fixes.ts'
import { childrenIn, lookupIn } from './knex/lookup.ts'
import type { LimitContext } from './reading/limit-value.ts'
import { isList } from './reading/limits.ts'
import { countsOfModel } from './objection/counts.ts'
import { objectionExamples } from './objection/examples.ts'
import { modelClassOf, objectionTables, relationsOf, tableNameOf } from './objection/models.ts'
import { graphs, includesOf } from './objection/includes.ts'
import { lookupById } from './objection/lookup.ts'
import { singleInsertOfModel } from './objection/writes.ts'
import { plainQuery, type Orm } from './orm.ts'
import { queryOfRow } from './reading/rows.ts'
import { ValueReader } from './reading/value-reader.ts'

const starting = new Set(['query', '$query', 'relatedQuery', '$relatedQuery'])
const operations: Readonly<Record<string, Operation>> = {
  findById: 'one',
  findOne: 'one',
  resultSize: 'count',
  insertAndFetch: 'insert',
  insertGraph: 'insert',
  insertGraphAndFetch: 'insert',
  insertWithRelated: 'insert',
  relate: 'insert',
  patch: 'update',
  patchAndFetch: 'update',
  patchAndFetchById: 'update',
  updateAndFetch: 'update',
  updateAndFetchById: 'update',
  upsertGraph: 'upsert',
  upsertGraphAndFetch: 'upsert',
  deleteById: 'delete',
  unrelate: 'delete',
}
const byKey = new Set(['findById', 'deleteById', 'patchAndFetchById', 'updateAndFetchById'])
const lookupLinks = new Set([
  'query',
  'findById',
  'findOne',
  'first',
  'where',
  'andWhere',
  'select',
  'whereNull',
  'whereNotNull',
  'orderBy',
  ...graphs,
])

/** Objection's models on Knex: `User.query().findById(1).withGraphFetched('posts')`. */
export const objection: Orm = {
  id: 'objection',
  examples: objectionExamples,
  recognise(call, resolver, callers) {
    const chain = objectionChain(call, resolver)
    const start = chain && startOf(chain, resolver)
    if (!chain || !start) return null
    const { links, value } = completed(call, chain, resolver, callers)
    const reader = new ValueReader(resolver, callers)
    const filters = [
      ...filtersOfModel(links),
      ...(start.isRow ? [{ column: 'id', match: 'equals' as const }] : []),
    ]
    const related = textOf(start.call.getArguments()[0])
    const name = start.isRelated
      ? relatedTable(start.model, related, resolver)
      : start.model && tableNameOf(start.model, resolver)
    return ofOneRow(
      {
        ...plainQuery,
        table: name,
        operation:
          start.isRow && !links.some((link) => operations[link.name])
            ? rowOperation(links)
            : operationIn(links),
        bulk: links.some(
          (link) =>
            link.name.startsWith('insert') && link.args[0] !== undefined && isList(link.args[0], resolver),
        ),
        bound: start.isRow ? 'unique-key' : boundIn(links, call, { reader, resolver, nanIsNone: true }),
        filters,
        order: orderOf(links),
        limit: links.findLast((link) => link.name === 'limit')?.args[0] ?? pageSizeIn(links),
        skips: links.some((link) => ['offset', 'page', 'range'].includes(link.name)),
        includes: includesOf(links, start.model, resolver),
        columns: columnsOf(links),
        inTransaction: isInTransaction(start.call, start.isRelated, links, resolver),
        value,
        ...(reader.dependsOnCaller && { dependsOnCaller: true }),
      },
      call,
      'value',
    )
  },
  tables: objectionTables,
  paginate(call, query, page, resolver, primaryKey) {
    const links = builderLinks(call, resolver)
    return links && pageEdits(query, page, qualified(query.table, links, primaryKey ?? 'id'), links)
  },
  paginateByKey(call, query, page, resolver, primaryKey) {
    const links = builderLinks(call, resolver)
    return links && keyPageEdits(query, page, qualified(query.table, links, primaryKey), links)
  },
  appendOrder(call, query, primaryKey, resolver) {
    const links = builderLinks(call, resolver)
    return links && orderEdits(query, qualified(query.table, links, primaryKey), links)
  },
  selectColumns(call, query, columns, resolver) {
    const links = builderLinks(call, resolver)
    return links && columnEdits(query, columns, links)
  },
  count(call, query, resolver) {
    const links = builderLinks(call, resolver)
    return links && countOf(call, query, links, '.resultSize()')
  },
  include(call, query, relation, resolver) {
    const links = builderLinks(call, resolver)
    if (!links || query.columns !== null || links.some(({ name }) => graphs.has(name))) return null
    const { quote } = styleOf(query.value.getSourceFile())
    return [appendedSteps(query.value, [`.withGraphFetched(${quote(relation)})`], links.at(-1))]
  },
  lookup(call, isKey, resolver) {
    const links = wholeLinks(call, resolver)
    return links && (lookupById(call, links, isKey) ?? lookupIn(call, links, isKey))
  },
  children(call, isKey, resolver) {
    const links = wholeLinks(call, resolver)
    return links && childrenIn(call, links, isKey)
  },
  countsByKey(call, isKey, resolver) {
    const chain = objectionChain(call, resolver)
    const start = chain && startOf(chain, resolver)
    if (!chain || !start || calleeName(start.call) !== 'query') return null
    if (completed(call, chain, resolver, []).value !== call) return null
    return countsOfModel(call, chain.links, isKey, start.model, resolver)
  },
  singleWrite(call, _query, resolver) {
    const chain = objectionChain(call, resolver)
    const start = chain && startOf(chain, resolver)
    return start ? singleInsertOfModel(call, start.call, start.model, chain.links, resolver) : null
  },
  increment: incrementObjection,
}

interface Start {
  readonly call: CallExpression
  readonly model: ClassNode | null
  /** Whether it is a query about one row that was read before. */
  readonly isRow: boolean
  readonly isRelated: boolean
}

function objectionChain(call: CallExpression, resolver: Resolver): Chain | null {
  return chainFrom(
    call,
    (node) => Node.isCallExpression(node) && startOf({ start: node, links: [] }, resolver) !== null,
  )
}

/** `User.query()`, `User.relatedQuery('posts')`, `user.$query()` */
function startOf({ start }: Chain, resolver: Resolver): Start | null {
  const callee = Node.isCallExpression(start) ? start.getExpression() : undefined
  if (!Node.isCallExpression(start) || !Node.isPropertyAccessExpression(callee)) return null
  const name = callee.getName()
  if (!starting.has(name)) return null
  const receiver = callee.getExpression()
  const isRelated = name === 'relatedQuery' || name === '$relatedQuery'
  if (!name.startsWith('$')) {
    const model = modelClassOf(receiver, resolver)
    return model && { call: start, model, isRow: false, isRelated }
  }
  let model: ClassNode | null = null
  const isModelQuery = (query: CallExpression): boolean => {
    const chain = objectionChain(query, resolver)
    if (chain) model = startOf(chain, resolver)?.model ?? null
    return chain !== null
  }
  return queryOfRow(receiver, isModelQuery, resolver)
    ? { call: start, model, isRow: name === '$query', isRelated }
    : null
}

function relatedTable(model: ClassNode | null, relation: string | null, resolver: Resolver): string | null {
  const found = model && relationsOf(model, resolver).find(({ name }) => name === relation)
  return found && found.target !== '' ? found.target : null
}

function operationIn(links: readonly Link[]): Operation {
  const own = links.map(({ name }) => (Object.hasOwn(operations, name) ? operations[name] : undefined))
  const plain = operationOf(links)
  // `findById(1).patch(…)` says which row is written.
  const known =
    own.find((operation) => operation !== undefined && isWrite(operation)) ??
    (isWrite(plain) ? plain : own.find((operation) => operation !== undefined))
  if (known) return known
  // Finders of a project's own query builder: `findByEmail`.
  const isFinder = links.some(({ name }) => /^findBy[A-Z]|^findOneBy/.test(name) && name !== 'findByIds')
  return isFinder && plain === 'many' ? 'one' : plain
}

/** A query about one row reads it unless it says otherwise. */
function rowOperation(links: readonly Link[]): Operation {
  const operation = operationOf(links)
  return operation === 'many' ? 'one' : operation
}

function filtersOfModel(links: readonly Link[]): Filter[] {
  const keyed = links.flatMap(({ name, args, call }): Filter[] => {
    if (byKey.has(name)) return [{ column: 'id', match: 'equals' }]
    if (name === 'findByIds') return [{ column: 'id', match: 'in' }]
    return name === 'findOne' ? filtersOf([{ name: 'where', args, call }]) : []
  })
  return [...keyed, ...filtersOf(links.filter(({ name }) => name !== 'findByIds'))]
}

function boundIn(links: readonly Link[], start: Node, context: LimitContext): Bound | null {
  const names = new Set(links.map(({ name }) => name))
  if (links.some(({ name }) => byKey.has(name))) return 'unique-key'
  if (names.has('findOne') || names.has('page') || names.has('range')) return 'limit'
  return names.has('findByIds') ? 'key-list' : boundOf(links, start, context)
}

/** The page size of `page(index, size)`. */
function pageSizeIn(links: readonly Link[]): Node | null {
  return links.findLast(({ name }) => name === 'page')?.args[1] ?? null
}

function isInTransaction(
  start: CallExpression,
  isRelated: boolean,
  links: readonly Link[],
  resolver: Resolver,
): boolean {
  if (links.some(({ name }) => name === 'transacting')) return true
  const given = start.getArguments()[isRelated ? 1 : 0]
  if (!given || isFunction(given)) return false
  return /transaction|Transaction/.test(resolver.origin(given) ?? '')
}

function builderLinks(call: CallExpression, resolver: Resolver): readonly Link[] | null {
  const chain = objectionChain(call, resolver)
  return chain && completed(call, chain, resolver, []).links
}

/** The calls of a query to which nothing is added elsewhere and that only filters. */
function wholeLinks(call: CallExpression, resolver: Resolver): readonly Link[] | null {
  const chain = objectionChain(call, resolver)
  const { start } = chain ?? {}
  if (!chain || !Node.isCallExpression(start) || calleeName(start) !== 'query') return null
  if (completed(call, chain, resolver, []).value !== call) return null
  return chain.links.every(({ name }) => lookupLinks.has(name)) ? chain.links : null
}

function qualified(table: string | null, links: readonly Link[], column: string): string {
  return table !== null && links.some(({ name }) => /join/i.test(name)) ? `${table}.${column}` : column
}
