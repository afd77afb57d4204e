import { Node, type CallExpression } from 'ts-morph'
import type { Bound, Operation } from '../../../facts.ts'
import type { Resolver } from '../../resolver.ts'
import { stepsBefore, type BuilderStep, type BuilderSteps } from '../reading/builder-steps.ts'
import { textOf } from '../reading/decorators.ts'
import { isList, isOptionalNumber } from '../reading/limits.ts'
import { boundByFilters, filtersIn, tableOfEntity } from './options.ts'
import { mikroEntityOf, mikroReceiverOf } from './receivers.ts'
import { readOptions, type OptionContext } from '../reading/option-object.ts'
import { plainQuery, type Query } from '../orm.ts'
import type { Entity } from '../reading/repository-receivers.ts'

const terminals: Readonly<Record<string, Operation>> = {
  getResult: 'many',
  getResultList: 'many',
  getResultAndCount: 'many',
  getSingleResult: 'one',
  getCount: 'count',
  execute: 'many',
  stream: 'many',
}
const writes: Readonly<Record<string, Operation>> = {
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  truncate: 'delete',
}
const starting = new Set(['createQueryBuilder', 'qb'])

/** Whether a method runs a query builder. */
export function isMikroTerminal(name: string): boolean {
  return Object.hasOwn(terminals, name)
}

/** A query builder with its entity. */
export interface MikroBuilder extends BuilderSteps {
  readonly entity: Entity | null
  readonly inTransaction: boolean
}

/** The query builder that a call is the last step of. */
export function mikroBuilderOf(call: CallExpression, context: OptionContext): MikroBuilder | null {
  const { resolver } = context
  const built = stepsBefore(call, (node) => isStart(node, resolver), context)
  if (!built || !Node.isCallExpression(built.start)) return null
  const callee = built.start.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee)
    ? mikroReceiverOf(callee.getExpression(), resolver)
    : null
  const entity = receiver?.entity ?? mikroEntityOf(built.start.getArguments()[0], resolver)
  return { ...built, entity, inTransaction: receiver?.inTransaction ?? false }
}

function isStart(node: Node, resolver: Resolver): boolean {
  const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
  return (
    Node.isPropertyAccessExpression(callee) &&
    starting.has(callee.getName()) &&
    mikroReceiverOf(callee.getExpression(), resolver) !== null
  )
}

/** Reads the query builder that a call runs; null for other calls. */
export function readMikroBuilder(call: CallExpression, name: string, context: OptionContext): Query | null {
  const builder = mikroBuilderOf(call, context)
  if (!builder) return null
  const { steps, entity } = builder
  const { resolver } = context
  const operation = operationOf(name, steps)
  const filters = steps
    .filter((step) => step.name === 'where' || step.name === 'andWhere')
    .flatMap((step) =>
      filtersIn(step.args[0], entity, context).map((filter) =>
        step.certain ? filter : { ...filter, match: 'other' as const },
      ),
    )
  const orders = steps
    .filter((step) => step.name === 'orderBy' || step.name === 'andOrderBy')
    .map((step) => readOptions(step.args[0], context))
  const limit = steps.findLast((step) => step.name === 'limit')
  const isJoined = steps.some((step) => /join/i.test(step.name))
  return {
    ...plainQuery,
    table: entity?.name ?? null,
    operation,
    bulk: steps.some(
      (step) => step.name === 'insert' && step.args[0] !== undefined && isList(step.args[0], resolver),
    ),
    bound: boundOf(name, operation, limit, boundByFilters(filters, tableOfEntity(entity, resolver)), context),
    filters,
    order: orders.some(({ open }) => open)
      ? null
      : orders.flatMap(({ entries }) => entries.map((entry) => entry.name)),
    limit: limit?.args[0] ?? null,
    skips: steps.some((step) => step.name === 'offset' || (step.name === 'limit' && step.args.length > 1)),
    includes: steps.flatMap((step) => {
      const path = step.name.endsWith('AndSelect') ? textOf(step.args[0]) : null
      const relation = path?.split('.').at(-1)
      const many =
        tableOfEntity(entity, resolver)?.relations.find((candidate) => candidate.name === relation)?.many ??
        null
      return relation === undefined || !step.args[0]
        ? []
        : [{ relation, many, bounded: false, columns: null, node: step.args[0] }]
    }),
    countsJoinedRows: isJoined && limit !== undefined && name === 'execute',
    inTransaction: builder.inTransaction,
    value: call,
  }
}

function operationOf(name: string, steps: readonly BuilderStep[]): Operation {
  const names = new Set(steps.map((step) => step.name))
  const write = steps.map((step) => writes[step.name]).find((operation) => operation !== undefined)
  if (write && (name === 'execute' || name === 'getResult')) return names.has('onConflict') ? 'upsert' : write
  if (names.has('groupBy')) return 'aggregate'
  if (names.has('count') && name !== 'getResultAndCount') return 'count'
  return terminals[name] ?? 'many'
}

function boundOf(
  name: string,
  operation: Operation,
  limit: BuilderStep | undefined,
  byKey: Bound | null,
  { resolver, callers }: OptionContext,
): Bound | null {
  if (name === 'stream') return 'stream'
  if (operation === 'one') return byKey === 'unique-key' ? byKey : 'limit'
  if (operation !== 'many') return byKey
  const value = limit?.args[0]
  if (limit?.certain && value && !isOptionalNumber(value, resolver, callers)) return 'limit'
  if (byKey === 'unique-key') return byKey
  return limit ? 'optional-limit' : byKey
}
