import { Node, type CallExpression } from 'ts-morph'
import { calleeName, isFunction } from './functions.ts'
import { keepingRows } from './row-shapes.ts'

/**
 * Where a value is: the calls it may still return through, whether rows were left out on the way, and the properties
 * under which what is followed still lies.
 */
export interface Way {
  readonly callers: readonly CallExpression[]
  readonly filtered: boolean
  readonly comparable: boolean
  readonly within: readonly string[]
  /** Whether only one of the rows goes this way. */
  readonly single: boolean
  /** The loop, or call of `forEach`, that hands out the item that goes this way. */
  readonly walk?: Node
}

/** One item that is taken out of the rows, unless that happens over and over. */
export function oneOf(taken: Node, way: Way): Way {
  const isKeyed =
    Node.isElementAccessExpression(taken) && !Node.isNumericLiteral(taken.getArgumentExpression())
  if (isKeyed || taken.getFirstAncestor(isRepeating)) return way
  return { ...way, single: true }
}

/** A loop, or a callback that runs once an item. */
function isRepeating(node: Node): boolean {
  if (Node.isForOfStatement(node) || Node.isForStatement(node) || Node.isWhileStatement(node)) return true
  const call = isFunction(node) ? node.getParent() : undefined
  return (
    Node.isCallExpression(call) && (keepingRows.has(calleeName(call) ?? '') || calleeName(call) === 'forEach')
  )
}

/** The way of rows of which a predicate left some out. */
export function narrowed(way: Way, comparable: boolean): Way {
  return { ...way, filtered: true, comparable: way.comparable && comparable }
}
