import { Node, type CallExpression } from 'ts-morph'
import {
  argumentsOf,
  calleeName,
  isFunction,
  isTransparent,
  symbolOf,
  type FunctionNode,
  type Invocation,
} from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Promises that nobody waits for: `forEach` with an asynchronous callback, and queries without `await`. */
export const promises: Observer = {
  id: 'promises',
  beyondCalls: true,
  observe: (scope) => [
    ...scope.calls
      .filter((call) => isAsyncForEach(call, scope))
      .map((node): Observation => ({
        node,
        detail: { kind: 'async-for-each' },
      })),
    ...[...scope.queries].flatMap(([call, { orm, query }]) =>
      orm.isSynchronous || takesCallback(call) ? [] : unawaited(call, query.value),
    ),
  ],
}

function isAsyncForEach(call: CallExpression, { resolver }: Scope): boolean {
  if (calleeName(call) !== 'forEach' || !Node.isPropertyAccessExpression(call.getExpression())) return false
  const callback = call.getArguments()[0]
  const fn = callback && (isFunction(callback) ? callback : resolver.functions(callback)[0])
  return fn !== undefined && fn.isAsync() && doesWork(fn)
}

/** Whether a function waits for anything itself, or is nothing but a call whose promise gets lost. */
function doesWork(fn: FunctionNode): boolean {
  const body = fn.getBody()
  if (body && !Node.isBlock(body)) return true
  return fn
    .getDescendants()
    .some(
      (node) =>
        (Node.isAwaitExpression(node) || (Node.isForOfStatement(node) && node.isAwaited())) &&
        node.getFirstAncestor(isFunction) === fn,
    )
}

/** Whether a query tells a callback instead of giving a promise: `query(text, (error, rows) => …)`. */
function takesCallback(call: Invocation): boolean {
  const callback = argumentsOf(call).at(-1)
  if (!isFunction(callback)) return false
  return /^_*(?:e|er|err\w*|error\w*)$/i.test(callback.getParameters()[0]?.getName() ?? '')
}

/** A query that stands alone as a statement, or whose promise is read like a row. */
function unawaited(call: Invocation, value: Node): Observation[] {
  let node = value
  let parent = node.getParent()
  while (isTransparent(parent) && !Node.isAwaitExpression(parent)) {
    node = parent
    parent = parent.getParent()
  }
  if (Node.isExpressionStatement(parent))
    return [{ node: call, detail: { kind: 'unawaited-query', usedAsValue: false } }]
  if (!Node.isVariableDeclaration(parent) || parent.getInitializer() !== node) return []
  const name = parent.getNameNode()
  if (!Node.isIdentifier(name)) return []
  const scope = parent.getFirstAncestor(isFunction) ?? parent.getSourceFile()
  const symbol = name.getSymbol()
  const uses = identifiersIn(scope).filter((use) => use !== name && symbolOf(use) === symbol)
  const isRead = uses.length > 0 && uses.every(readsLikeRow)
  return isRead ? [{ node: call, detail: { kind: 'unawaited-query', usedAsValue: true } }] : []
}

/** `if (!user)`, `user.name`: what makes sense for a row and none for a promise. */
function readsLikeRow(use: Node): boolean {
  const parent = use.getParent()
  if (Node.isPrefixUnaryExpression(parent) || Node.isIfStatement(parent)) return true
  if (!Node.isPropertyAccessExpression(parent) || parent.getExpression() !== use) return false
  return !Node.isCallExpression(parent.getParent())
}
