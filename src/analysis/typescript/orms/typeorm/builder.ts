import { Node, type CallExpression } from 'ts-morph'
import type { Bound, Filter, Operation } from '../../../facts.ts'
import type { Resolver } from '../../resolver.ts'
import { stepsBefore, type BuilderStep, type BuilderSteps } from '../reading/builder-steps.ts'
import { propertyOf, textOf, textsOf } from '../reading/decorators.ts'
import { isList, isOptionalNumber } from '../reading/limits.ts'
import { isConditional, readOptions, type OptionContext } from '../reading/option-object.ts'
import { plainQuery, type IncludedRelation, type Query } from '../orm.ts'
import { isLeadingWildcard } from '../reading/patterns.ts'
import { boundByFilters, filtersIn, included, tableOfEntity } from './options.ts'
import { entityOfType, type Entity } from '../reading/repository-receivers.ts'
import { entityOf, receiverOf } from './receivers.ts'

const terminals: Readonly<Record<string, Operation>> = {
  getMany: 'many',
  getManyAndCount: 'many',
  getRawMany: 'many',
  getRawAndEntities: 'many',
  stream: 'many',
  getOne: 'one',
  getOneOrFail: 'one',
  getRawOne: 'one',
  getExists: 'one',
  getCount: 'count',
  execute: 'many',
}
const writes: Readonly<Record<string, Operation>> = {
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  softDelete: 'delete',
  restore: 'update',
  orUpdate: 'upsert',
}
const sources = new Set(['from', 'into', 'update'])
const builderType = /^<"typeorm"\.(?:Select|Update|Delete|Insert|SoftDelete|)QueryBuilder>$/
const aggregate = /\b(?:count|sum|avg|min|max)\s*\(/i

/** Whether a method runs a query builder. */
export function isTerminal(name: string): boolean {
  return Object.hasOwn(terminals, name)
}

/** Reads the query builder that a call runs; null for other calls. */
export function readBuilder(call: CallExpression, name: string, context: OptionContext): Query | null {
  const builder = builderOf(call, context)
  if (!builder) return null
  const { resolver } = context
  const { steps, alias, entity } = builder
  const joins = steps.filter((step) => /join/i.test(step.name))
  const operation = operationOf(name, steps)
  const found = steps.flatMap((step) => filtersOf(step, alias, entity, context))
  const hasAlternatives = steps.some((step) => step.name.startsWith('orWhere'))
  const filters = hasAlternatives ? found.map((filter): Filter => ({ ...filter, match: 'other' })) : found
  return {
    ...plainQuery,
    table: entity?.name ?? null,
    operation,
    bulk: steps.some(
      (step) => step.name === 'values' && step.args[0] !== undefined && isList(step.args[0], resolver),
    ),
    bound: boundOf(name, operation, steps, filters, entity, context),
    filters,
    order: orderOf(steps, alias, context),
    limit: steps.findLast((step) => isLimit(step))?.args[0] ?? null,
    skips: steps.some((step) => step.name === 'skip' || step.name === 'offset'),
    countsJoinedRows: joins.length > 0 && steps.some((step) => step.name === 'limit'),
    includes: joins.flatMap((step) => joined(step, alias, entity, resolver)),
    columns: columnsOf(steps, alias),
    inTransaction: builder.inTransaction,
    value: call,
  }
}

/** A query builder with the alias of its entity. */
export interface EntityBuilder extends BuilderSteps {
  readonly alias: string | null
  readonly entity: Entity | null
  readonly inTransaction: boolean
}

/** The query builder that a call is the last step of. */
export function builderOf(call: CallExpression, context: OptionContext): EntityBuilder | null {
  const { resolver } = context
  const built = stepsBefore(call, (node) => isBuilderStart(node, resolver), context)
  if (!built) return null
  const { start, steps } = built
  if (!Node.isCallExpression(start)) {
    const type = Node.isTyped(start) ? start.getTypeNode() : undefined
    const entity = Node.isTypeReference(type) ? entityOfType(type.getTypeArguments()[0], resolver) : null
    return { ...built, alias: null, entity, inTransaction: false }
  }
  const callee = start.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee)
    ? receiverOf(callee.getExpression(), resolver)
    : null
  const [first, second] = start.getArguments()
  const source = steps.find((step) => sources.has(step.name) && step.args.length > 0)
  const inTransaction = receiver?.inTransaction ?? false
  if (receiver && receiver.kind !== 'manager' && receiver.entity)
    return { ...built, alias: textOf(first) ?? receiver.entity.name, entity: receiver.entity, inTransaction }
  const entity = (second ? entityOf(first, resolver) : null) ?? entityOf(source?.args[0], resolver)
  const alias = textOf(second ? second : receiver?.kind === 'manager' ? source?.args[1] : first)
  return { ...built, alias, entity, inTransaction }
}

function isBuilderStart(node: Node, resolver: Resolver): boolean {
  if (Node.isParameterDeclaration(node)) return builderType.test(resolver.origin(node) ?? '')
  const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
  return (
    Node.isPropertyAccessExpression(callee) &&
    callee.getName() === 'createQueryBuilder' &&
    receiverOf(callee.getExpression(), resolver) !== null
  )
}

function operationOf(name: string, steps: readonly BuilderStep[]): Operation {
  const named = new Set(steps.map((step) => step.name))
  if (name === 'execute') {
    if (named.has('orUpdate')) return 'upsert'
    const write = steps.map((step) => writes[step.name]).find((operation) => operation !== undefined)
    if (write) return write
  }
  const isAggregated = steps.some((step) => isSelect(step) && aggregate.test(step.args[0]?.getText() ?? ''))
  if (name.startsWith('getRaw') && (named.has('groupBy') || (name === 'getRawOne' && isAggregated)))
    return 'aggregate'
  return terminals[name] ?? 'many'
}

function isSelect({ name }: BuilderStep): boolean {
  return name === 'select' || name === 'addSelect'
}

function isLimit({ name, args }: BuilderStep): boolean {
  return (name === 'take' || name === 'limit') && args.length > 0
}

function boundOf(
  name: string,
  operation: Operation,
  steps: readonly BuilderStep[],
  filters: readonly Filter[],
  entity: Entity | null,
  context: OptionContext,
): Bound | null {
  if (name === 'stream') return 'stream'
  const byKey = boundByFilters(filters, tableOfEntity(entity, context.resolver))
  if (operation === 'one') return byKey === 'unique-key' ? byKey : 'limit'
  if (operation !== 'many') return byKey === 'unique-key' ? byKey : null
  const limits = steps.filter(isLimit)
  const [, second] = limits
  if (
    limits.some(
      (step) =>
        step.certain && step.args[0] && !isOptionalNumber(step.args[0], context.resolver, context.callers),
    )
  )
    return 'limit'
  if (second && limits.every(({ call }) => !isConditional(call, second.call))) return 'limit'
  if (byKey === 'unique-key') return byKey
  return limits.length > 0 ? 'optional-limit' : byKey
}

function filtersOf(
  { name, args, certain }: BuilderStep,
  alias: string | null,
  entity: Entity | null,
  context: OptionContext,
): Filter[] {
  if (/^(?:and|or)?whereInIds$/i.test(name)) return [{ column: 'id', match: 'in' }]
  if (!/^(?:where|andWhere|orWhere)$/.test(name)) return []
  const text = textOf(args[0]) ?? (Node.isTemplateExpression(args[0]) ? args[0].getText().slice(1, -1) : null)
  const filters = text === null ? filtersIn(args[0], entity, context) : conditionsIn(text, alias, args[1])
  return certain ? filters : filters.map((filter) => ({ ...filter, match: 'other' }))
}

const comparison =
  /(?:(\w+)\.)?["'`]?([A-Za-z_]\w*)["'`]?\s*(=|<>|!=|[<>]=?|\bnot\s+in\b|\bin\b|\b(?:i?like|between|is)\b)\s*(\(?)\s*(?::(?:\.\.\.)?(\w+)|(\$|\?|'%))?/gi

/** The conditions of `post.authorId = :id AND post.id IN (:...ids)` on the entity itself. */
function conditionsIn(text: string, alias: string | null, parameters: Node | undefined): Filter[] {
  const isFirm = !/\bor\b/i.test(text)
  return [...text.matchAll(comparison)].flatMap((found): Filter[] => {
    const [, owner, column = '', operator = '', open = '', name, placeholder] = found
    if (owner !== undefined && alias !== null && owner !== alias) return []
    const value = name === undefined ? undefined : propertyOf(parameters, name)
    if (/like$/i.test(operator)) {
      const isSearch = placeholder === "'%" || (value !== undefined && isLeadingWildcard(value))
      return [isSearch ? { column, match: 'other', pattern: 'leading-wildcard' } : { column, match: 'other' }]
    }
    if (!isFirm || (name === undefined && placeholder === undefined)) return [{ column, match: 'other' }]
    const isIn = /^in$/i.test(operator) && open !== ''
    return [{ column, match: operator === '=' ? 'equals' : isIn ? 'in' : 'other' }]
  })
}

/** The relation of `leftJoinAndSelect('post.author', 'author')`; joins that select nothing bring nothing along. */
function joined(
  { name, args }: BuilderStep,
  alias: string | null,
  entity: Entity | null,
  resolver: Resolver,
): IncludedRelation[] {
  const [path, node] = [textOf(args[0]), args[0]]
  if (!/AndSelect|AndMap/.test(name) || path === null || !node) return []
  const [owner, relation] = path.split('.')
  if (relation === undefined) return []
  return owner === alias
    ? [included(relation, node, entity, resolver)]
    : [{ relation: path, many: null, bounded: false, columns: null, node }]
}

function orderOf(
  steps: readonly BuilderStep[],
  alias: string | null,
  context: OptionContext,
): readonly string[] | null {
  const orders = steps.filter(({ name, args }) => /^(?:add)?orderBy$/i.test(name) && args.length > 0)
  const columns = orders.flatMap(({ args }): (string | null)[] => {
    const text = textOf(args[0])
    if (text !== null) return [unqualified(text, alias)]
    const { entries, open } = readOptions(args[0], context)
    return open ? [null] : entries.map(({ name }) => unqualified(name, alias))
  })
  return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
}

function columnsOf(steps: readonly BuilderStep[], alias: string | null): readonly string[] | null {
  const selects = steps.filter(isSelect)
  const names = selects.flatMap(({ args }) => (args[0] ? textsOf(args[0]) : []))
  const isKnown = selects.length > 0 && names.length > 0 && names.every((name) => /^\w+\.\w+$/.test(name))
  return isKnown ? names.map((name) => unqualified(name, alias)) : null
}

function unqualified(column: string, alias: string | null): string {
  return alias !== null && column.startsWith(`${alias}.`) ? column.slice(alias.length + 1) : column
}
