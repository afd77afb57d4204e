import type { ClassNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import type { Link } from '../reading/builder-chain.ts'
import { textOf } from '../reading/decorators.ts'
import type { IncludedRelation } from '../orm.ts'
import { relationsOf } from './models.ts'

/** The steps of a query that bring relations along. */
export const graphs: ReadonlySet<string> = new Set([
  'withGraphFetched',
  'withGraphJoined',
  'withGraph',
  'eager',
  'joinEager',
])

/** The relations of `withGraphFetched('[author, comments.author]')`, the outermost ones. */
export function includesOf(
  links: readonly Link[],
  model: ClassNode | null,
  resolver: Resolver,
): IncludedRelation[] {
  const relations = model ? relationsOf(model, resolver) : []
  return links
    .filter(({ name }) => graphs.has(name))
    .flatMap(({ args: [argument] }): IncludedRelation[] => {
      const text = argument ? textOf(argument) : null
      if (!argument || text === null) return []
      return outerNames(text).map((relation) => ({
        relation,
        many: relations.find(({ name }) => name === relation)?.many ?? null,
        bounded: false,
        columns: null,
        node: argument,
      }))
    })
}

function outerNames(expression: string): string[] {
  let depth = 0
  let text = ''
  for (const character of expression.trim().replace(/^\[([\s\S]*)\]$/, '$1')) {
    if (character === '[' || character === '(') depth++
    if (depth === 0) text += character
    if (character === ']' || character === ')') depth--
  }
  return text
    .split(',')
    .map((name) => name.trim().split('.')[0] ?? '')
    .filter((name) => /^\w+$/.test(name))
}
