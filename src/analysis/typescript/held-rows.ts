import { Node } from 'ts-morph'
import type { Step } from './call-graph.ts'
import { identifiersNamed } from './identifiers.ts'
import { isFunction, isTransparent, symbolOf } from './functions.ts'

/** The index of the outermost step through which the rows of the last one are given on as they are. */
export function heldAt(value: Node, steps: readonly Step[]): number {
  let index = steps.length - 1
  for (let node: Node = value; index > 0 && isGivenBack(node); index--) {
    const caller = steps[index - 1]
    if (!caller) break
    node = caller.call
  }
  return index
}

/** Whether all that happens to a value is that its function returns it. */
function isGivenBack(value: Node): boolean {
  let node = value
  let parent = node.getParent()
  while (isTransparent(parent) || isDefaulted(parent, node) || isRows(parent)) {
    if (parent) node = parent
    parent = parent?.getParent()
  }
  if (Node.isReturnStatement(parent)) return true
  if (Node.isArrowFunction(parent)) return parent.getBody() === node
  if (!Node.isVariableDeclaration(parent)) return false
  const name = parent.getNameNode()
  const scope = parent.getFirstAncestor(isFunction)
  if (!Node.isIdentifier(name) || !scope) return false
  const symbol = name.getSymbol()
  const uses = identifiersNamed(scope, name.getText()).filter(
    (use) => use !== name && symbolOf(use) === symbol,
  )
  return uses.length === 1 && uses[0] !== undefined && isReturnedOrMapped(uses[0])
}

/** `return rows`, `return rows.map(…)` */
function isReturnedOrMapped(use: Node): boolean {
  let parent = use.getParent()
  while (isDefaulted(parent, use) || isRows(parent)) parent = parent?.getParent()
  if (Node.isReturnStatement(parent)) return true
  const call = parent?.getParent()
  if (!Node.isPropertyAccessExpression(parent) || !Node.isCallExpression(call)) return false
  return ['map', 'sort', 'reverse'].includes(parent.getName()) && Node.isReturnStatement(call.getParent())
}

/** `rows || []`, `rows ?? []` */
function isDefaulted(parent: Node | undefined, node: Node): boolean {
  if (!Node.isBinaryExpression(parent) || parent.getRight() === node) return false
  return ['||', '??'].includes(parent.getOperatorToken().getText())
}

/** `result.rows`, as drivers give them. */
function isRows(parent: Node | undefined): boolean {
  return Node.isPropertyAccessExpression(parent) && parent.getName() === 'rows'
}
