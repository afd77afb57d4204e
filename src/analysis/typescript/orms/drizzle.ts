import { Node, type CallExpression } from 'ts-morph'
import type { Operation } from '../../facts.ts'
import { calleeName } from '../functions.ts'
import { Topic } from '../memo.ts'
import { incrementDrizzle } from './reading/increments.ts'
import type { Resolver } from '../resolver.ts'
import { completed, type Chain, type Link } from './reading/builder-chain.ts'
import { boundOf, type DrizzleSchema } from './drizzle/bound.ts'
import { databaseChain, linkNamed } from './drizzle/chain.ts'
import { isTransaction } from './drizzle/client.ts'
import { conditionsOf } from './drizzle/conditions.ts'
import { drizzleExamples } from './drizzle/examples.ts'
import { count, include, selectColumns, singleWrite } from './drizzle/fixes.ts'
import { addIndex } from './drizzle/indexes.ts'
import { children, countsByKey, lookup } from './drizzle/lookup.ts'
import { tableName } from './drizzle/names.ts'
import { orderColumns, relationalCall, relationalQuery } from './drizzle/relational.ts'
import { appendOrder, paginate, paginateByKey } from './drizzle/paging.ts'
import { declaredTables } from './drizzle/schema.ts'
import { hasGet, isSingle, readOperation, selectedColumns, takesOne } from './drizzle/select.ts'
import { usesOfName } from './reading/first-row.ts'
import { isConditional } from './reading/option-object.ts'
import { plainQuery, type Orm, type Query } from './orm.ts'
import { sqlSourceOf } from './sql/source.ts'
import { readSql } from './sql/text.ts'
import { ValueReader, type Entry } from './reading/value-reader.ts'

const selects = new Set(['select', 'selectDistinct', 'selectDistinctOn'])
const writes: Readonly<Record<string, Operation>> = { insert: 'insert', update: 'update', delete: 'delete' }
const conflicts = new Set(['onConflictDoUpdate', 'onDuplicateKeyUpdate'])
const rawMethods = new Set(['execute', 'run', 'all', 'get', 'values'])

/** What the schema of a program says, for the recognition of its queries. */
const schemas = new Topic<DrizzleSchema>(new Map())

/** Drizzle: builder chains on any driver's database, relational queries, and SQL in `sql` templates. */
export const drizzle: Orm = {
  id: 'drizzle',
  examples: drizzleExamples,
  recognise(call, resolver, callers) {
    const reader = new ValueReader(resolver, callers)
    const relational = relationalCall(call, resolver, reader)
    if (relational) return relationalQuery(call, relational, schemaOf(resolver), resolver, reader)
    const chain = databaseChain(call, resolver)
    const [first] = chain?.links ?? []
    if (!chain || !first) return null
    if (rawMethods.has(first.name) && chain.links.length === 1) return rawQuery(call, chain, first, resolver)
    if (first.name === '$count') return countQuery(call, chain, first, resolver)
    const all = completed(call, chain, resolver, callers)
    if (isNamed(call) || isSubquery(call)) return null
    const write = chain.links.map(({ name }) => writes[name]).find((operation) => operation !== undefined)
    if (write) return writeQuery(chain, all.links, all.value, write, resolver, reader)
    return chain.links.some(({ name }) => selects.has(name)) && linkNamed(all.links, 'from')
      ? selectQuery(call, chain, all.links, all.value, resolver, reader)
      : null
  },
  tables(program, resolver) {
    return [...declaredTables(program, resolver).values()].map(({ table }) => table)
  },
  paginate: (call, query, page, resolver) => paginate(call, query, page, schemaOf(resolver), resolver),
  paginateByKey: (call, query, page, resolver, key) => paginateByKey(call, query, page, key, resolver),
  lookup: (call, isKey, resolver) => lookup(call, isKey, schemaOf(resolver), resolver),
  children: (call, isKey, resolver) => children(call, isKey, schemaOf(resolver), resolver),
  countsByKey: (call, isKey, resolver) => countsByKey(call, isKey, resolver),
  singleWrite: (call, query, resolver) => singleWrite(call, query, resolver),
  count: (call, _, resolver) => count(call, resolver),
  selectColumns: (call, _, columns, resolver) => selectColumns(call, columns, resolver),
  include: (call, query, relation, resolver) => include(call, query, relation, resolver),
  appendOrder: (call, query, key, resolver) => appendOrder(call, query, key, resolver),
  addIndex: (table, columns, program, resolver) => addIndex(table, columns, program, resolver),
  increment: incrementDrizzle,
}

function schemaOf(resolver: Resolver): DrizzleSchema {
  return resolver.remember(schemas, 'all', () => {
    const declared = declaredTables(resolver.program, resolver)
    return new Map([...declared].map(([name, { table }]) => [name, table]))
  })
}

function selectQuery(
  call: CallExpression,
  chain: Chain,
  links: readonly Link[],
  value: Node,
  resolver: Resolver,
  reader: ValueReader,
): Query {
  const source = linkNamed(links, 'from')?.args[0]
  const name = source ? nameOf(source, resolver, reader) : null
  const table = schemaOf(resolver).get(name ?? '')
  const filters = filtersOf(links, name, resolver)
  const limits = links
    .filter((link) => link.name === 'limit')
    .flatMap((link) => limitEntry(link, call, reader))
  const operation = readOperation(links, resolver)
  const isOne = operation === 'many' && (isSingle(links, limits, resolver) || takesOne(value, resolver))
  const bound = boundOf(limits, false, filters, table, reader, resolver)
  const isStreamed = links.some((link) => link.name === 'iterator')
  const isRead = operation === 'many'
  return {
    ...plainQuery,
    table: name,
    operation: isOne ? 'one' : operation,
    bound: !isRead
      ? null
      : isStreamed
        ? 'stream'
        : bound === null && isOne && hasGet(links)
          ? 'limit'
          : bound,
    filters,
    order: orderOf(links),
    limit: limits.at(-1)?.node ?? null,
    skips: links.some((link) => link.name === 'offset'),
    columns: selectedColumns(linkNamed(links, 'select') ?? linkNamed(links, 'selectDistinct'), resolver),
    inTransaction: isTransaction(chain.start, resolver),
    value,
    ...(reader.dependsOnCaller && { dependsOnCaller: true }),
  }
}

function writeQuery(
  chain: Chain,
  links: readonly Link[],
  value: Node,
  operation: Operation,
  resolver: Resolver,
  reader: ValueReader,
): Query {
  const target = chain.links.find(({ name }) => writes[name] !== undefined)?.args[0]
  const name = target ? nameOf(target, resolver, reader) : null
  const filters = filtersOf(links, name, resolver)
  const isUpsert = operation === 'insert' && links.some((link) => conflicts.has(link.name))
  const rows = linkNamed(links, 'values')?.args[0]
  const isBulk = rows
    ? isList(rows, resolver)
    : links.some((link) => link.name === 'select' && operation === 'insert')
  return {
    ...plainQuery,
    table: name,
    operation: isUpsert ? 'upsert' : operation,
    bulk: isBulk || filters.some(({ match }) => match === 'in'),
    filters,
    inTransaction: isTransaction(chain.start, resolver),
    value,
    ...(reader.dependsOnCaller && { dependsOnCaller: true }),
  }
}

/** `db.execute(sql`…`)`. */
function rawQuery(call: CallExpression, chain: Chain, { args }: Link, resolver: Resolver): Query | null {
  const source = args[0] && sqlSourceOf(args[0], resolver)
  const sql = source && readSql(source.text)
  if (!sql) return null
  return {
    ...plainQuery,
    table: sql.table ?? tableInTemplate(args[0], resolver),
    operation: sql.operation,
    bulk: sql.bulk,
    bound: sql.bound,
    filters: sql.filters.map(({ column, match }) => ({ column, match })),
    order: sql.order,
    skips: sql.skips,
    columns: sql.columns,
    inTransaction: isTransaction(chain.start, resolver),
    value: call,
  }
}

/** The table in `` sql`select … from ${posts}` ``. */
function tableInTemplate(argument: Node | undefined, resolver: Resolver): string | null {
  const tagged = argument && resolver.definition(argument)
  const template = Node.isTaggedTemplateExpression(tagged) ? tagged.getTemplate() : undefined
  if (!Node.isTemplateExpression(template)) return null
  const texts = [template.getHead(), ...template.getTemplateSpans().map((span) => span.getLiteral())]
  const index = texts.findIndex((text) => /\b(?:from|into|update)\s+(?:\$\{)?$/i.test(text.getText()))
  const source = template.getTemplateSpans()[index]?.getExpression()
  return source ? tableName(source, resolver) : null
}

function countQuery(call: CallExpression, chain: Chain, { args }: Link, resolver: Resolver): Query {
  const table = args[0] ? tableName(args[0], resolver) : null
  return {
    ...plainQuery,
    table,
    operation: 'count',
    filters: conditionsOf(args[1], { resolver, table }),
    inTransaction: isTransaction(chain.start, resolver),
    value: call,
  }
}

function nameOf(source: Node, resolver: Resolver, reader: ValueReader): string | null {
  const place = reader.value(reader.here(source))
  return (
    tableName(source, resolver) ?? (place && place.node !== source ? tableName(place.node, resolver) : null)
  )
}

function filtersOf(links: readonly Link[], table: string | null, resolver: Resolver): Query['filters'] {
  return links
    .filter(({ name }) => name === 'where')
    .flatMap(({ args, call }) => {
      const filters = conditionsOf(args[0], { resolver, table })
      return isOnCondition(call, links)
        ? filters.map((filter) => ({ ...filter, match: 'other' as const }))
        : filters
    })
}

/** The columns a chain is ordered by in any case, or null where they can't be read. */
function orderOf(links: readonly Link[]): readonly string[] | null {
  const orders = links.filter(({ name }) => name === 'orderBy')
  return orderColumns(orders.filter(({ call }) => !isOnCondition(call, links)).flatMap(({ args }) => args))
}

/** Whether a link is added to a chain only under a condition. */
function isOnCondition(link: Node, links: readonly Link[]): boolean {
  const [first] = links
  return (
    first !== undefined &&
    link.getSourceFile() === first.call.getSourceFile() &&
    isConditional(link, first.call)
  )
}

function limitEntry({ args, call }: Link, start: CallExpression, reader: ValueReader): Entry[] {
  const [node] = args
  if (!node) return []
  const isElsewhere = call.getSourceFile() !== start.getSourceFile()
  const sure = isElsewhere || !isConditional(call, start)
  return [{ ...reader.here(node), name: 'limit', sure, written: call }]
}

/** Whether `values` is given several rows. */
function isList(rows: Node, resolver: Resolver): boolean {
  const node = resolver.definition(rows)
  if (Node.isArrayLiteralExpression(node))
    return (
      node.getElements().length !== 1 || node.getElements().some((element) => Node.isSpreadElement(element))
    )
  if (Node.isParameterDeclaration(node)) return /\[\]$|Array</.test(node.getTypeNode()?.getText() ?? '')
  return Node.isCallExpression(node) && ['map', 'flatMap', 'filter', 'from'].includes(calleeName(node) ?? '')
}

/** A chain that ends in `.as('name')`, or a part of one. */
function isNamed(call: CallExpression): boolean {
  for (let node: Node = call; ;) {
    if (Node.isCallExpression(node) && calleeName(node) === 'as') return true
    const outer: Node | undefined = node.getParent()?.getParent()
    if (!Node.isCallExpression(outer) || outer.getExpression() !== node.getParent()) return false
    node = outer
  }
}

/** A chain in a variable that only other queries use: as a condition, a source or a part. */
function isSubquery(call: CallExpression): boolean {
  const variable = call.getParent()
  if (!Node.isVariableDeclaration(variable)) return false
  const uses = usesOfName(variable.getNameNode())
  return uses.length > 0 && uses.every((use) => Node.isCallExpression(use.getParent()) || isColumnOf(use))
}

/** `sq.id` that isn't called. */
function isColumnOf(use: Node): boolean {
  const access = use.getParent()
  const call = access?.getParent()
  return (
    Node.isPropertyAccessExpression(access) &&
    !(Node.isCallExpression(call) && call.getExpression() === access)
  )
}
