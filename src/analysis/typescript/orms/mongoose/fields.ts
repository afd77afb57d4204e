import { Node } from 'ts-morph'
import type { Link } from '../reading/builder-chain.ts'
import { propertyOf, textOf } from '../reading/decorators.ts'
import type { ModelMethod } from './query.ts'
import { readItems } from '../reading/option-list.ts'
import type { OptionContext } from '../reading/option-object.ts'
import type { IncludedRelation } from '../orm.ts'

/** The fields that a query is restricted to, or null for all. */
export function columnsOf(method: ModelMethod, links: readonly Link[]): readonly string[] | null {
  const projection = method.operation === 'many' || method.operation === 'one' ? links[0]?.args[1] : undefined
  const selected = [
    ...(projection ? [projection] : []),
    ...links.filter(({ name }) => name === 'select').flatMap(({ args }) => args.slice(0, 1)),
  ]
  const names = selected.flatMap((each) => namesIn(each))
  if (names.length === 0 || names.some((name) => name === null || /^[-+]/.test(name))) return null
  return [...new Set(['_id', ...names.flatMap((name) => name ?? [])])]
}

function namesIn(value: Node): (string | null)[] {
  const text = textOf(value)
  if (text !== null) return text.split(/\s+/).filter(Boolean)
  if (Node.isArrayLiteralExpression(value)) return value.getElements().map((element) => textOf(element))
  if (!Node.isObjectLiteralExpression(value)) return [null]
  return value.getProperties().map((property) => {
    const isKept =
      Node.isPropertyAssignment(property) && /^(?:1|true)$/.test(property.getInitializer()?.getText() ?? '')
    return isKept ? property.getName() : null
  })
}

/** The references that a query fills in; `isMany` tells those of several documents apart, null where it isn't known. */
export function includesOf(
  links: readonly Link[],
  isMany: (relation: string) => boolean | null,
  context: OptionContext,
): IncludedRelation[] {
  return links
    .filter(({ name }) => name === 'populate')
    .flatMap(({ args }): IncludedRelation[] => {
      const [what, select] = args
      const paths = what ? textOf(what) : null
      if (paths !== null && what)
        return paths
          .split(/\s+/)
          .filter(Boolean)
          .map((relation) => ({
            relation,
            many: isMany(relation),
            bounded: false,
            columns: select ? listOf(select) : null,
            node: what,
          }))
      const objects = what
        ? [context.resolver.definition(what), ...readItems(what, context).map(({ value }) => value)]
        : []
      return objects.flatMap((object) => {
        const relation = textOf(propertyOf(object, 'path'))
        if (relation === null) return []
        const options = propertyOf(object, 'options')
        const bounded =
          propertyOf(object, 'perDocumentLimit') !== undefined || propertyOf(options, 'limit') !== undefined
        const selected = propertyOf(object, 'select')
        return [
          {
            relation,
            many: isMany(relation),
            bounded,
            columns: selected ? listOf(selected) : null,
            node: object,
          },
        ]
      })
    })
}

function listOf(select: Node): readonly string[] | null {
  const names = namesIn(select)
  return names.some((name) => name === null || name.startsWith('-'))
    ? null
    : names.flatMap((name) => name ?? [])
}
