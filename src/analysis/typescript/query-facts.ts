import { Node } from 'ts-morph'
import { isWrite, type Bound, type Filter, type Include, type PageSize, type QueryCall } from '../facts.ts'
import type { Call, Table, Use } from '../facts.ts'
import { isSupportFile } from '../source-tree.ts'
import { callsOn, type CallGraph, type Step, type Trace, type TracedCall } from './call-graph.ts'
import { transactionAround } from './control-flow.ts'
import { usesOfProperty, usesOfValue, type FlowContext } from './flow.ts'
import type { Framework } from './frameworks/framework.ts'
import { calleeName, calleeOf, type FunctionNode } from './functions.ts'
import { shorten } from './loops.ts'
import { heldAt } from './held-rows.ts'
import { Topic } from './memo.ts'
import type { IncludedRelation, Query } from './orms/orm.ts'
import { pageSizeOf } from './page-size.ts'
import { fileOf, idOf, spanOf } from './program.ts'
import type { Resolver } from './resolver.ts'
import { columnsRead } from './rewrite/columns-read.ts'
import { textSearchIn } from './text-searches.ts'

/** What query calls are read against. */
export interface QueryContext {
  /** The id of the handler they belong to. */
  readonly handler: string
  readonly framework: Framework
  readonly resolver: Resolver
  readonly graph: CallGraph
  /** The declaration of the table that a query reads. */
  readonly tableOf: (query: Pick<QueryCall, 'orm' | 'table'>) => Table | undefined
}

/** The query calls that a function of a route leads to, tests and scripts left out. */
export function queryCallsOf(fn: FunctionNode, context: QueryContext): TracedCall[] {
  return context.graph
    .traces(fn)
    .filter(isInspected)
    .map((trace) => ({ trace, framework: context.framework, facts: factsOf(trace, context) }))
}

const callFacts = new Topic<Call | null>(null)

/** The calls of a path as plain data. */
export function callsOf(steps: readonly Step[], resolver: Resolver): QueryCall['path'] {
  return steps.flatMap(({ call }) => {
    const facts = resolver.remember(callFacts, call, () => ({
      id: idOf(call),
      text: shorten(calleeOf(call).getText()),
      span: spanOf(call),
    }))
    return facts ?? []
  })
}

/** The loops around the calls of a path as plain data, outermost first. */
export function loopsOf(steps: readonly Step[]): QueryCall['loops'] {
  return steps.flatMap(({ loops }, call) => loops.map((loop) => ({ ...loop.facts, call })))
}

/** A step without the loops that make all their calls at once, which are one query where the library batches them. */
function withoutConcurrentLoops(step: Step): Step {
  return { ...step, loops: step.loops.filter(({ node }) => !isConcurrent(node)) }
}

/** `items.map(async …)`, but not a loop whose turns wait for each other. */
function isConcurrent(loop: Node): boolean {
  return Node.isCallExpression(loop) && ['map', 'flatMap', 'forEach'].includes(calleeName(loop) ?? '')
}

function isInspected(trace: Trace): boolean {
  const query = trace.steps.at(-1)
  return query !== undefined && !isSupportFile(fileOf(query.call))
}

function factsOf(trace: Trace, { handler, framework, resolver, tableOf }: QueryContext): QueryCall {
  const { steps, query, orm } = trace
  const callers = callsOn(steps.slice(0, -1))
  const last = steps.at(-1) ?? steps[0]
  const flow = { resolver, callers, framework }
  const uses = isWrite(query.operation) ? [] : usesOfValue(query.value, flow)
  const pageSize = pageSizeFacts(query, flow)
  const columnsUsed = query.columns === null && query.operation === 'many' ? columnsRead(query, orm) : null
  return {
    id: [handler, ...steps.map(({ call }) => idOf(call))].join(' > '),
    site: idOf(last.call),
    handler,
    orm: orm.id,
    table: query.table,
    operation: query.operation,
    bulk: query.bulk,
    bound: isLeftToClient(pageSize)
      ? 'optional-limit'
      : boundOf(query, tableOf({ orm: orm.id, table: query.table })),
    filters: filtersOf(query, last),
    order: query.order,
    skips: query.skips,
    pageSize,
    countsJoinedRows: query.countsJoinedRows,
    ...(query.batchesInOneTick && { batchesInOneTick: true as const }),
    includes: query.includes.map((include) => includeFacts(include, query, flow)),
    columns: query.columns,
    ...(columnsUsed && { columnsRead: columnsUsed }),
    inTransaction: query.inTransaction || steps.some(({ call }) => transactionAround(call) !== null),
    span: spanOf(last.call),
    path: callsOf(steps, resolver),
    heldAt: heldAt(query.value, steps),
    loops: loopsOf(query.batchesInOneTick ? steps.map(withoutConcurrentLoops) : steps),
    uses,
    rowsReachResponse: uses.some(isResponse),
  }
}

function isResponse({ kind, single }: Use): boolean {
  return kind === 'response' && !single
}

/** The bound of a query, with what the schema says to be unique. */
function boundOf(query: Query, table: Table | undefined): Bound | null {
  const bound = query.bound === 'key-list' && listsStates(query) ? null : query.bound
  if (bound !== null && bound !== 'optional-limit') return bound
  const equal = new Set(query.filters.filter(({ match }) => match === 'equals').map(({ column }) => column))
  const unique = table?.unique ?? []
  const isByKey = unique.some((columns) => columns.length > 0 && columns.every((column) => equal.has(column)))
  if (isByKey) return 'unique-key'
  return bound === null && isRangeOfDays(query, table) ? 'key-list' : bound
}

/** Columns that many rows share one of a few values of. */
const state =
  /(?:^|[a-z_])(?:status|state|types?|kind|role|priority|severity|level|stage|phase|visibility|gender)$/i

/** Whether the only lists that a query looks for are of states, which any number of rows may be in. */
function listsStates({ filters }: Query): boolean {
  const listed = filters.filter(({ match }) => match === 'in')
  return listed.length > 0 && listed.every(({ column }) => state.test(column))
}

/** Whether a query reads one row a day at most for some time: a range of a unique set's date, the rest of it given. */
function isRangeOfDays({ filters }: Query, table: Table | undefined): boolean {
  const matched = (column: string, match: Filter['match']): boolean =>
    filters.some((filter) => filter.column === column && filter.match === match)
  const days = new Set(
    table?.columns.flatMap(({ name, type }) => (/^date(?:only)?$/i.test(type ?? '') ? [name] : [])),
  )
  return (table?.unique ?? []).some(
    (columns) =>
      columns.some((column) => days.has(column) && matched(column, 'other')) &&
      columns.some((column) => matched(column, 'equals')),
  )
}

/** The conditions of a query, patterns with the place where they stand. */
function filtersOf({ filters }: Query, { fn }: Step): readonly Filter[] {
  const search = filters.some(({ pattern }) => pattern !== undefined) ? textSearchIn(fn) : null
  return search
    ? filters.map((filter) => (filter.pattern === undefined ? filter : { ...filter, span: spanOf(search) }))
    : filters
}

/** `comments: { where: … }`, `{ model: Comment, where: … }`, `{ path: 'comments', match: … }` */
function hasConditions(include: Node): boolean {
  const value = Node.isPropertyAssignment(include) ? include.getInitializer() : include
  if (!Node.isObjectLiteralExpression(value)) return false
  return value.getProperty('where') !== undefined || value.getProperty('match') !== undefined
}

function includeFacts({ node, ...include }: IncludedRelation, query: Query, flow: FlowContext): Include {
  const facts = { ...include, filtered: hasConditions(node), span: spanOf(node) }
  if (isWrite(query.operation)) return facts
  return { ...facts, uses: usesOfProperty(query.value, include.relation, flow) }
}

/** A limit that is only there if the client asks for one. */
function isLeftToClient(pageSize: PageSize | null): boolean {
  return pageSize?.source === 'request' && pageSize.optional
}

function pageSizeFacts(query: Query, flow: FlowContext): PageSize | null {
  if (!query.limit) return null
  const { source, optional, node } = pageSizeOf(query.limit, flow)
  return { source, optional, span: spanOf(node) }
}
