import type { Node } from 'ts-morph'
import { isSupportFile } from '../source-tree.ts'
import { transactionAround } from './control-flow.ts'
import { isFunction, type FunctionNode } from './functions.ts'
import { fileOf } from './program.ts'
import type { Resolver } from './resolver.ts'

/** How many functions may lie between a write and the transaction that all of their callers open. */
const maximumDepth = 3

/** Whether a node runs in a transaction: one that is opened around it, or around every call of its function. */
export function runsInTransaction(node: Node, resolver: Resolver): boolean {
  const fn = isFunction(node) ? node : node.getFirstAncestor(isFunction)
  return transactionAround(node) !== null || isCalledInTransaction(fn, resolver, 0)
}

function isCalledInTransaction(fn: FunctionNode | undefined, resolver: Resolver, depth: number): boolean {
  if (!fn || depth >= maximumDepth) return false
  const calls = resolver.callersOf(fn).filter((call) => !isSupportFile(fileOf(call)))
  return (
    calls.length > 0 &&
    calls.every(
      (call) =>
        transactionAround(call) !== null ||
        isCalledInTransaction(call.getFirstAncestor(isFunction), resolver, depth + 1),
    )
  )
}
