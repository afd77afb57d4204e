import { Node, ts } from 'ts-morph'
import { isWrite } from '../../facts.ts'
import { argumentsOf, symbolOf, type Invocation } from '../functions.ts'
import { identifiersIn, isInside, loopsAround } from '../loops.ts'
import { spanOf } from '../program.ts'
import { heldRead, isRead, isUnread, mayRefuse } from './reads.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Reads that could be left out: nothing reads their rows, or the same rows were read before. */
export const idleReads: Observer = {
  id: 'idle-reads',
  observe: (scope) => [...unread(scope), ...repeated(scope)],
}

function unread(scope: Scope): Observation[] {
  return readsOf(scope).flatMap((call): Observation[] => {
    const statement = call.getFirstAncestor(Node.isVariableStatement)
    const read = statement && heldRead(statement, scope)
    if (!read || read.call !== call || mayRefuse(call, scope) || !isUnread(read.declaration)) return []
    return [{ node: call, detail: { kind: 'unread-rows' } }]
  })
}

function readsOf(scope: Scope): Invocation[] {
  return scope.invocations.filter((call) => isRead(call, scope))
}

function repeated(scope: Scope): Observation[] {
  const reads = readsOf(scope).filter(
    (call) =>
      isAwaited(call) && hasPlainArguments(call) && loopsAround(call, scope.fn, scope.resolver).length === 0,
  )
  return reads.flatMap((call, index): Observation[] => {
    const text = withoutSpace(call)
    const first = reads
      .slice(0, index)
      .find(
        (earlier) =>
          withoutSpace(earlier) === text && alwaysRunsBefore(earlier, call) && hasSameNames(earlier, call),
      )
    if (!first || writesBetween(first, call, scope)) return []
    return [{ node: call, detail: { kind: 'repeated-read', firstLine: spanOf(first).line } }]
  })
}

function withoutSpace(call: Invocation): string {
  return call.getText().replace(/\s+/g, '')
}

function isAwaited(call: Invocation): boolean {
  return Node.isAwaitExpression(call.getParent())
}

/** Whether only variables, properties and literals decide what a call reads; a clock or a random number may not. */
function hasPlainArguments(call: Invocation): boolean {
  return argumentsOf(call).every((argument) => {
    const inside = [argument, ...argument.forEachDescendantAsArray()]
    return !inside.some((node) => Node.isNewExpression(node) || /^(?:Date|Math|crypto)$/.test(node.getText()))
  })
}

/** Whether the block of the first call holds the second, so that it ran whenever the second does. */
function alwaysRunsBefore(first: Invocation, second: Invocation): boolean {
  const statement = first.getFirstAncestor((node) => Node.isStatement(node))
  const block = statement?.getParent()
  return (
    block !== undefined &&
    Node.isBlock(block) &&
    isInside(second, block) &&
    !isInside(second, statement ?? block)
  )
}

/** Whether what both calls name are the same variables, and constant ones. */
function hasSameNames(first: Invocation, second: Invocation): boolean {
  const [one, other] = [first, second].map((call) => identifiersIn(call).map((name) => symbolOf(name)))
  return (
    one !== undefined &&
    one.every((symbol, index) => symbol === other?.[index] && !isReassigned(symbol, first, second))
  )
}

function isReassigned(symbol: ReturnType<typeof symbolOf>, first: Node, second: Node): boolean {
  const name = symbol?.getName()
  return first
    .getSourceFile()
    .getDescendantsOfKind(ts.SyntaxKind.BinaryExpression)
    .some(
      (node) =>
        node.getOperatorToken().getText().endsWith('=') &&
        node.getLeft().getText() === name &&
        node.getPos() > first.getEnd() &&
        node.getEnd() < second.getPos(),
    )
}

function writesBetween(first: Node, second: Node, scope: Scope): boolean {
  return scope.invocations.some(
    (call) =>
      call.getPos() >= first.getEnd() &&
      call.getEnd() <= second.getPos() &&
      scope.queriesBehind(call).some(({ query }) => isWrite(query.operation)),
  )
}
