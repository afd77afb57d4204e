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
  while (isTransparent(parent)) {
    node = parent
    parent = parent.getParent()
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
  return uses.length === 1 && Node.isReturnStatement(uses[0]?.getParent())
}
