import { Node, type CallExpression } from 'ts-morph'
import type { Table } from '../../../facts.ts'
import { bare, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { isDatabase, isTransaction } from './client.ts'
import { conditionsOf } from './conditions.ts'
import { columnReference } from './names.ts'
import { boundOf, type DrizzleSchema } from './bound.ts'
import { limitOfEntries } from '../reading/limit-value.ts'
import { plainQuery, type IncludedRelation, type Query } from '../orm.ts'
import {
  isNothing,
  type Entry,
  type ObjectView,
  type Place,
  type ValueReader,
} from '../reading/value-reader.ts'

/** A relational query's parts: `db.query.posts.findMany({ … })`. */
export interface RelationalCall {
  readonly database: Node
  readonly table: string | null
  readonly method: 'findMany' | 'findFirst'
}

/** Takes a relational query apart; null for other calls. */
export function relationalCall(
  call: CallExpression,
  resolver: Resolver,
  reader: ValueReader,
): RelationalCall | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return null
  const method = callee.getName()
  if (method !== 'findMany' && method !== 'findFirst') return null
  for (const member of [bare(callee.getExpression()), resolver.definition(callee.getExpression())]) {
    const key = Node.isElementAccessExpression(member) ? member.getArgumentExpression() : undefined
    const isMember = Node.isPropertyAccessExpression(member) || Node.isElementAccessExpression(member)
    const query = isMember ? resolver.definition(member.getExpression()) : undefined
    if (!Node.isPropertyAccessExpression(query) || !/^_?query$/.test(query.getName())) continue
    if (!isDatabase(query.getExpression(), resolver)) continue
    const table = Node.isPropertyAccessExpression(member)
      ? member.getName()
      : key
        ? reader.text(reader.here(key))
        : null
    return { database: query.getExpression(), table, method }
  }
  return null
}

/** Reads a relational query. */
export function relationalQuery(
  call: CallExpression,
  { database, table: name, method }: RelationalCall,
  schema: DrizzleSchema,
  resolver: Resolver,
  reader: ValueReader,
): Query {
  const [argument] = call.getArguments()
  const view = reader.object(argument && reader.here(argument))
  const table = schema.get(name ?? '')
  const filters = lastOf(view, 'where')
  const conditions = filters ? conditionsOf(filters.node, { resolver, table: name }) : []
  const read =
    filters && Node.isObjectLiteralExpression(bare(filters.node))
      ? objectFilters(filters, reader)
      : conditions
  const isMany = method === 'findMany'
  return {
    ...plainQuery,
    table: name,
    operation: isMany ? 'many' : 'one',
    bound: isMany ? boundOf(entriesNamed(view, 'limit'), view.open, read, table, reader, resolver) : 'limit',
    filters: read,
    order: orderOf(view, reader),
    limit: lastOf(view, 'limit')?.node ?? null,
    skips: lastOf(view, 'offset') !== undefined,
    includes: includesOf(view, table, schema, reader, resolver),
    columns: columnsOf(view, reader),
    inTransaction: isTransaction(database, resolver),
    value: call,
    ...(reader.dependsOnCaller && { dependsOnCaller: true }),
  }
}

/** `where: { id: 1, name: { ilike: '%a%' } }`, as newer versions have it. */
function objectFilters(where: Entry, reader: ValueReader): Query['filters'] {
  return reader.object(where).entries.map((entry) => {
    const value = reader.value(entry)?.node
    if (!entry.sure || ['OR', 'NOT', 'AND', 'RAW'].includes(entry.name))
      return { column: entry.name, match: 'other' }
    if (!Node.isObjectLiteralExpression(value)) return { column: entry.name, match: 'equals' }
    const names = reader.object(entry).entries.map(({ name }) => name)
    const match = names.includes('in') ? 'in' : names.length === 1 && names[0] === 'eq' ? 'equals' : 'other'
    return { column: entry.name, match }
  })
}

function includesOf(
  view: ObjectView,
  table: Table | undefined,
  schema: DrizzleSchema,
  reader: ValueReader,
  resolver: Resolver,
  prefix = '',
): IncludedRelation[] {
  const included = lastOf(view, 'with')
  if (!included || prefix.split('.').length > 4) return []
  return reader.object(included).entries.flatMap((entry): IncludedRelation[] => {
    if (isNothing(entry.node)) return []
    const relation = table?.relations.find(({ name }) => name === entry.name)
    const inner = entry.node.getText() === 'true' ? { entries: [], open: false } : reader.object(entry)
    const limit = limitOfEntries(entriesNamed(inner, 'limit'), { reader, resolver, nanIsNone: true })
    const path = prefix + entry.name
    const own: IncludedRelation = {
      relation: path,
      many: relation?.many ?? null,
      bounded: limit === 'limit' || inner.open,
      columns: columnsOf(inner, reader),
      node: entry.written,
    }
    const target = relation && schema.get(relation.target)
    return [own, ...includesOf(inner, target, schema, reader, resolver, `${path}.`)]
  })
}

/** The columns of `columns: { id: true }`, or null where these are those left out. */
function columnsOf(view: ObjectView, reader: ValueReader): readonly string[] | null {
  const columns = lastOf(view, 'columns')
  if (!columns) return null
  const { entries, open } = reader.object(columns)
  return open || entries.length === 0 || entries.some(({ node }) => node.getText() !== 'true')
    ? null
    : entries.map(({ name }) => name)
}

function orderOf(view: ObjectView, reader: ValueReader): readonly string[] | null {
  const entry = lastOf(view, 'orderBy')
  if (!entry) return view.open ? null : []
  const place = reader.value(entry)
  return place ? orderColumns([place.node]) : []
}

/** The columns of `desc(t.createdAt)`, of lists and of callbacks; null where one can't be read. */
export function orderColumns(nodes: readonly Node[]): readonly string[] | null {
  const columns = nodes.flatMap((node): readonly (string | null)[] => {
    const value = bare(node)
    if (isFunction(value)) return orderColumns(returnedExpressions(value)) ?? [null]
    if (Node.isArrayLiteralExpression(value)) return orderColumns(value.getElements()) ?? [null]
    if (Node.isObjectLiteralExpression(value))
      return value
        .getProperties()
        .map((property) => (Node.isPropertyAssignment(property) ? property.getName() : null))
    const [argument] = Node.isCallExpression(value) ? value.getArguments() : [value]
    const isPlain =
      !Node.isCallExpression(value) || /(?:^|\.)(?:asc|desc)$/.test(value.getExpression().getText())
    return [isPlain && argument ? (columnReference(argument)?.column ?? null) : null]
  })
  return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
}

function lastOf(view: ObjectView, name: string): Entry | undefined {
  return view.entries.findLast((entry) => entry.name === name)
}

function entriesNamed(view: ObjectView, name: string): readonly (Entry & Place)[] {
  return view.entries.filter((entry) => entry.name === name)
}
