import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import { tableOf } from '../tables.ts'
import { columnsRead } from './columns-read.ts'
import type { Context } from './context.ts'

/** Restricts a query to the columns that the function around it reads of its rows. */
export function selectColumns(
  { query: id }: Extract<Intention, { kind: 'select-columns' }>,
  { calls, tables, resolver }: Context,
): FileEdit[] | null {
  const call = calls.get(id)
  const last = call?.trace.steps.at(-1)
  if (!call || !last) return null
  const { orm, query } = call.trace
  const columns = columnsRead(query, orm)
  const known = tableOf(call.facts, tables)?.columns.map(({ name }) => name)
  if (!columns || columns.length === 0 || query.columns !== null || query.includes.length > 0) return null
  if (known && !columns.every((column) => known.includes(column))) return null
  if (Node.isTaggedTemplateExpression(last.call))
    return orm.templates?.selectColumns(last.call, columns, resolver) ?? null
  return orm.selectColumns?.(last.call, query, columns, resolver) ?? null
}
