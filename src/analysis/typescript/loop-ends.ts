import { Node } from 'ts-morph'
import { isFunction } from './functions.ts'

/** Whether a loop always ends after a call inside it, in the same block: `if (matches) { await save(row); break }`. */
export function endsLoopAfter(call: Node, loop: Node): boolean {
  if (Node.isCallExpression(loop)) return false
  for (let inner = call, outer = call.getParent(); outer && inner !== loop; outer = outer.getParent()) {
    if (isFunction(inner)) return false
    if (isExit(inner, loop)) return true
    if (Node.isBlock(outer) && endsIn(outer.getStatements(), inner, loop)) return true
    inner = outer
  }
  return false
}

/** Whether one of the statements from the one with the call on leaves the loop for good. */
function endsIn(statements: readonly Node[], from: Node, loop: Node): boolean {
  const index = statements.findIndex((statement) => statement === from)
  return index >= 0 && statements.slice(index).some((statement) => isExit(statement, loop))
}

function isExit(statement: Node, loop: Node): boolean {
  if (Node.isReturnStatement(statement) || Node.isThrowStatement(statement)) return true
  if (!Node.isBreakStatement(statement) || statement.getLabel()) return false
  return statement.getFirstAncestor(isBreakable) === loop
}

function isBreakable(node: Node): boolean {
  return (
    Node.isForOfStatement(node) ||
    Node.isForInStatement(node) ||
    Node.isForStatement(node) ||
    Node.isWhileStatement(node) ||
    Node.isDoStatement(node) ||
    Node.isSwitchStatement(node)
  )
}
