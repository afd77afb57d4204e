import type { CallExpression, Node } from 'ts-morph'
import { styleOf } from '../../rewrite/style.ts'
import type { ClassNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { countsIn, filtering, groupedBy } from '../knex/counts.ts'
import { keyCondition } from '../knex/lookup.ts'
import type { Link } from '../reading/builder-chain.ts'
import { objectionColumnType } from './models.ts'
import type { KeyedCount } from '../orm.ts'

/** `Post.query().where('author_id', id).resultSize()`, or `.count('* as n')` as in Knex, as counts by `author_id`. */
export function countsOfModel(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
  model: ClassNode | null,
  resolver: Resolver,
): KeyedCount | null {
  const { typed } = styleOf(call.getSourceFile())
  const typing = (column: string, property: string): string => {
    const type = (model && objectionColumnType(model, column, resolver)) ?? 'number | string'
    return typed ? `castTo<{ ${column}: ${type}; ${property}: number }[]>()` : ''
  }
  const [size, ...sizes] = links.filter(({ name }) => name === 'resultSize')
  const rows = { isNumber: false, isTyped: false, typing }
  if (!size) return countsIn(call, links, isKey, rows)
  const key = keyCondition(links, isKey)
  const isPlain = links.every((link) => link === size || filtering.has(link.name))
  if (!key || sizes.length > 0 || !isPlain) return null
  const count = { link: size, method: 'count', column: '*', property: 'count' }
  return groupedBy(call, links, key, count, rows)
}
