import { Node, SyntaxKind, type Expression } from 'ts-morph'
import { calleeName, isFunction, type FunctionNode } from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import { idOf } from '../program.ts'
import { outboundCall } from './outbound-calls.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Work for every item of a list that the client of the API sends. */
export const fanOuts: Observer = {
  id: 'fan-outs',
  observe: (scope) =>
    scope.isHandler
      ? listsWalked(scope).flatMap(({ items, loop }): Observation[] => {
          if (!isFromRequest(items, scope)) return []
          const detail = {
            kind: 'fan-out' as const,
            items: items.getText(),
            loop: idOf(loop),
            fromRequest: true,
            capped: isCapped(items, scope.fn),
          }
          return [{ node: items, detail }]
        })
      : [],
}

/** The lists for whose items a function awaits queries or other services. */
function listsWalked(scope: Scope): { readonly items: Expression; readonly loop: Node }[] {
  const isWork = (node: Node): boolean =>
    node
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .some((call) => scope.leadsToQuery(call, () => true) || outboundCall(call, scope) !== null)
  const loops = scope.fn
    .getDescendantsOfKind(SyntaxKind.ForOfStatement)
    .filter((loop) => isWork(loop.getStatement()))
    .map((loop) => ({ items: loop.getExpression(), loop }))
  const maps = scope.calls.flatMap((call) => {
    const callee = call.getExpression()
    const callback = call.getArguments()[0]
    if (calleeName(call) !== 'map' || !Node.isPropertyAccessExpression(callee)) return []
    return isFunction(callback) && callback.isAsync() && isWork(callback)
      ? [{ items: callee.getExpression(), loop: call }]
      : []
  })
  return [...loops, ...maps]
}

function isFromRequest(items: Expression, { framework, resolver }: Scope): boolean {
  const source = resolver.definition(items)
  const read = Node.isBindingElement(source) ? source.getParent().getParent() : source
  const value = Node.isVariableDeclaration(read) ? read.getInitializer() : read
  return [items, value].some((node) => {
    const input =
      node && framework.requestInput(Node.isAwaitExpression(node) ? node.getExpression() : node, resolver)
    return input !== null && input !== undefined && input.part !== 'parameters' && input.schema === null
  })
}

/** Whether anything in the function looks at how many there are, or takes a part of them. */
function isCapped(items: Expression, fn: FunctionNode): boolean {
  const name = items.getText()
  return identifiersIn(fn).some((use) => {
    if (use.getText() !== name && use.getParent()?.getText() !== name) return false
    const access = use.getText() === name ? use.getParent() : use.getParent()?.getParent()
    if (!Node.isPropertyAccessExpression(access)) return false
    if (access.getName() === 'slice' || access.getName() === 'splice') return true
    const comparison = access.getParent()
    return (
      access.getName() === 'length' &&
      Node.isBinaryExpression(comparison) &&
      />/.test(comparison.getOperatorToken().getText()) &&
      comparison.getRight().getText() !== '0'
    )
  })
}
