import { Node } from 'ts-morph'
import { isUniqueColumn } from '../../../unique-columns.ts'
import type { Link } from '../reading/builder-chain.ts'
import { propertyOf, textOf } from '../reading/decorators.ts'
import { filtersIn } from './query.ts'
import { readItems } from '../reading/option-list.ts'
import type { OptionContext } from '../reading/option-object.ts'
import type { IncludedRelation, Query } from '../orm.ts'

/** A stage of a pipeline; `certain` is false where a condition decides whether it is there. */
interface Stage {
  readonly name: string
  readonly value: Node
  readonly certain: boolean
}

const grouping = new Set([
  '$group',
  '$count',
  '$bucket',
  '$bucketAuto',
  '$sortByCount',
  '$facet',
  '$collStats',
])

/** What a pipeline of stages reads: in `aggregate([…])`, and in calls behind it. */
export function readPipeline(
  links: readonly Link[],
  context: OptionContext,
): Pick<Query, 'operation' | 'bound' | 'filters' | 'order' | 'limit' | 'skips' | 'includes'> {
  const [first, ...others] = links
  const listed = readItems(first?.args[0], context)
  const chained = others.flatMap(({ name, args }): Stage[] =>
    args[0] ? [{ name: `$${name}`, value: args[0], certain: true }] : [],
  )
  const stages = [...listed.flatMap(({ value, certain }) => stagesIn(value, certain, context)), ...chained]
  const named = (name: string): readonly Stage[] => stages.filter((stage) => stage.name === name)
  const filters = named('$match').flatMap(({ value }) => filtersIn(value, context))
  const sort = named('$sort').at(-1)?.value
  const limits = [...named('$limit'), ...named('$sample')]
  const isUnique = filters.some(({ match, column }) => match === 'equals' && isUniqueColumn(column))
  const isRead = stages.length > 0 && !stages.some(({ name }) => grouping.has(name))
  return {
    operation: isRead ? 'many' : 'aggregate',
    bound: isUnique
      ? 'unique-key'
      : limits.some(({ certain }) => certain)
        ? 'limit'
        : limits.length > 0
          ? 'optional-limit'
          : null,
    filters,
    order: sort ? fieldsOf(sort, context) : [],
    limit: named('$limit').at(-1)?.value ?? null,
    skips: named('$skip').length > 0,
    includes: named('$lookup').flatMap(({ value }) => lookupIn(value, stages)),
  }
}

function stagesIn(value: Node, certain: boolean, { resolver }: OptionContext): Stage[] {
  const object = resolver.definition(value)
  if (!Node.isObjectLiteralExpression(object)) return []
  return object.getProperties().flatMap((property): Stage[] => {
    const stage = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isPropertyAssignment(property) && stage
      ? [{ name: property.getName(), value: stage, certain }]
      : []
  })
}

function fieldsOf(sort: Node, { resolver }: OptionContext): readonly string[] | null {
  const object = resolver.definition(sort)
  if (!Node.isObjectLiteralExpression(object)) return null
  return object
    .getProperties()
    .flatMap((property) =>
      Node.isPropertyAssignment(property) ? [property.getName().replace(/['"`]/g, '')] : [],
    )
}

/** Another collection's documents; one of them where a later stage unwinds them. */
function lookupIn(stage: Node, stages: readonly Stage[]): IncludedRelation[] {
  const relation = textOf(propertyOf(stage, 'as')) ?? textOf(propertyOf(stage, 'from'))
  if (relation === null) return []
  const unwound = stages.some(
    ({ name, value }) => name === '$unwind' && value.getText().includes(`$${relation}`),
  )
  const bounded = /\$limit/.test(propertyOf(stage, 'pipeline')?.getText() ?? '')
  return [{ relation, many: unwound ? false : null, bounded, columns: null, node: stage }]
}
