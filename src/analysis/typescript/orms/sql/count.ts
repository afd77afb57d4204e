import type { CallExpression } from 'ts-morph'
import { isInside } from '../../loops.ts'
import { hasComment } from '../../rewrite/placement.ts'
import { placeholders, type SqlRun } from './call.ts'
import { sqlTokens } from './tokens.ts'

const grouping = new Set(['group', 'having', 'window', 'union', 'intersect', 'except', 'fetch', 'into'])

/**
 * Source text of a call whose statement counts the rows that it would read, under the name `count`; null where something
 * else than its conditions tells how many those are, or its text isn't at hand.
 */
export function sqlCountText(call: CallExpression, { source, statement }: SqlRun): string | null {
  const { literal, text } = source
  const { list } = statement
  if (!literal || !list || !isInside(literal, call) || hasComment(call)) return null
  if (statement.operation !== 'many' || statement.limit || statement.merges || statement.locks) return null
  const tokens = sqlTokens(text)
  const words = tokens.filter(({ kind, depth }) => kind === 'word' && depth === 0)
  if (words[0]?.text !== 'select' || statement.skips || words.some((word) => grouping.has(word.text)))
    return null
  const order = statement.orderEnd === null ? undefined : words.findLast((word) => word.text === 'order')
  const orderStart = order ? text.slice(0, order.start).trimEnd().length : statement.end
  const orderEnd = statement.orderEnd ?? statement.end
  const isDropped = (at: number): boolean => at < list.end || (at >= orderStart && at < orderEnd)
  if (placeholders(text).some(({ start }) => isDropped(start))) return null
  const counting = `${text.slice(0, list.start)}COUNT(*) AS count${text.slice(list.end, orderStart)}${text.slice(orderEnd)}`
  if (counting.includes('--')) return null
  const at = literal.getStart() + 1 - call.getStart()
  const whole = call.getText()
  return whole.slice(0, at) + counting + whole.slice(at + text.length)
}
