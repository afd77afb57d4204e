import { Node, type CallExpression } from 'ts-morph'
import { isWrite } from '../../facts.ts'
import type { QueryBehind } from '../call-graph.ts'
import { areAlternatives, transactionAround } from '../control-flow.ts'
import { isInside } from '../loops.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** How many calls may lie between a function and a write that belongs to its work. */
const maximumDepth = 2

/** Tables whose rows are by-products of other work: one that is missing does no harm. */
const byProducts =
  /log|audit|timeline|notif|session|histor|activit|token|cache|visit|metric|track|analytic|seen|view/i

/** Several writes of one function that no transaction joins. Seen at the first of them. */
export const separateWrites: Observer = {
  id: 'separate-writes',
  observe: (scope) => {
    const writes = scope.calls.flatMap((call) => writeOf(call, scope) ?? [])
    const outermost = writes.filter(
      ({ call }) => !writes.some((other) => other.call !== call && isInside(call, other.call)),
    )
    const first = outermost.find((write) => outermost.some((other) => followsOn(write, other)))
    if (!first) return []
    const following = outermost.filter((other) => followsOn(first, other))
    const tables = [first, ...following].map(({ table }) => table)
    return [
      { node: first.call, detail: { kind: 'separate-writes', tables, writes: tables.length } },
    ] satisfies Observation[]
  },
}

interface Write {
  readonly call: CallExpression
  readonly table: string | null
}

/** A call as a write outside of transactions, or null. */
function writeOf(call: CallExpression, scope: Scope): Write | null {
  const found = scope
    .queriesBehind(call)
    .find(({ query, depth }) => isWrite(query.operation) && depth <= maximumDepth)
  if (!found || isProtected(call, found, scope)) return null
  const { table } = found.query
  return table !== null && byProducts.test(table) ? null : { call, table }
}

function isProtected(call: CallExpression, { query, call: own }: QueryBehind, scope: Scope): boolean {
  if (query.inTransaction || transactionAround(call) !== null || transactionAround(own) !== null) return true
  return scope.queriesBehind(call).some(({ query: other }) => other.inTransaction)
}

function followsOn(first: Write, second: Write): boolean {
  return (
    second.call.getPos() > first.call.getPos() &&
    !areAlternatives(first.call, second.call) &&
    !isCleanUp(second.call)
  )
}

/** What runs when the work before it failed, or afterwards in any case. */
function isCleanUp(call: CallExpression): boolean {
  return call.getFirstAncestor(Node.isCatchClause) !== undefined
}
