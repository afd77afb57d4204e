import { Node, type CallExpression } from 'ts-morph'
import type { ClassNode } from '../../functions.ts'

/** What a property is declared with, or what a getter returns. */
export function valueOfMember(member: Node | undefined): Node | null {
  if (Node.isPropertyDeclaration(member)) return member.getInitializer() ?? null
  if (!Node.isGetAccessorDeclaration(member)) return null
  return member.forEachDescendantAsArray().find(Node.isReturnStatement)?.getExpression() ?? null
}

/** What a constructor gives the property of this name by `this.name = …`. */
export function assignedInConstructor(owner: ClassNode, name: string): Node | null {
  const [constructor] = owner.getConstructors()
  const assignment = constructor?.forEachDescendantAsArray().find((node) => {
    if (!Node.isBinaryExpression(node) || node.getOperatorToken().getText() !== '=') return false
    const left = node.getLeft()
    return (
      Node.isPropertyAccessExpression(left) &&
      Node.isThisExpression(left.getExpression()) &&
      left.getName() === name
    )
  })
  return Node.isBinaryExpression(assignment) ? assignment.getRight() : null
}

/** The `super(…)` of a constructor. */
export function superCallIn(constructor: Node): CallExpression | undefined {
  return constructor
    .forEachDescendantAsArray()
    .filter(Node.isCallExpression)
    .find((call) => Node.isSuperExpression(call.getExpression()))
}
