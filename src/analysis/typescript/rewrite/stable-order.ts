import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import { primaryKeyOf, tableOf } from '../tables.ts'
import type { Context } from './context.ts'

/** Orders the rows that others have in common with by their primary key: `id`, where no schema says which it is. */
export function stableOrder(
  { query: id }: Extract<Intention, { kind: 'stable-order' }>,
  { calls, tables, resolver }: Context,
): FileEdit[] | null {
  const call = calls.get(id)
  const last = call?.trace.steps.at(-1)
  if (!call || !last) return null
  const { orm, query } = call.trace
  const key = tableOf(call.facts, tables) ? primaryKeyOf(call.facts, tables) : 'id'
  if (key === null) return null
  if (Node.isTaggedTemplateExpression(last.call))
    return orm.templates?.appendOrder(last.call, key, resolver) ?? null
  return orm.appendOrder?.(last.call, query, key, resolver) ?? null
}
