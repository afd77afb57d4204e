import { Node, type ReturnStatement } from 'ts-morph'
import { isFunction, type FunctionNode } from '../functions.ts'

/** The `return` statements of a function, without those of functions inside it. */
export function returnsOf(fn: FunctionNode): ReturnStatement[] {
  return fn
    .forEachDescendantAsArray()
    .filter(Node.isReturnStatement)
    .filter((statement) => statement.getFirstAncestor(isFunction) === fn)
}
