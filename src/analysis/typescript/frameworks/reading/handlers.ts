import { Node } from 'ts-morph'
import { isFunction, type FunctionNode } from '../../functions.ts'
import type { Value, Values } from './values.ts'

/** The functions of this project behind what a route is given: lists, spreads, wrappers and bound methods are looked into. */
export function handlersIn(value: Value, values: Values): FunctionNode[] {
  return [...new Set(functionsIn(value, values, 0))]
}

function functionsIn(value: Value, values: Values, depth: number): FunctionNode[] {
  if (depth > 6) return []
  if (Node.isSpreadElement(value.node))
    return functionsIn({ node: value.node.getExpression(), bindings: value.bindings }, values, depth + 1)
  const { node, bindings, items } = values.follow(value)
  if (items) return items.flatMap((item) => functionsIn(item, values, depth + 1))
  if (isFunction(node)) return node.getBody() === undefined ? [] : [node]
  if (Node.isArrayLiteralExpression(node))
    return node
      .getElements()
      .flatMap((element) => functionsIn({ node: element, bindings }, values, depth + 1))
  if (!Node.isCallExpression(node)) return [...values.resolver.functions(value.node)]
  const callee = node.getExpression()
  if (Node.isPropertyAccessExpression(callee) && callee.getName() === 'bind')
    return functionsIn({ node: callee.getExpression(), bindings }, values, depth + 1)
  const wrapped = node
    .getArguments()
    .flatMap((argument) => functionsIn({ node: argument, bindings }, values, depth + 1))
  return wrapped.length > 0 ? wrapped : [...values.resolver.functions(node)]
}
