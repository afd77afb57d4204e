import { Node } from 'ts-morph'
import { isFunction } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import { styleOf } from './style.ts'

/**
 * Whether an expression still means the same, and has the same types, inside of `() => …`: it waits for nothing, and
 * uses no property whose type a condition of its function narrows, which TypeScript forgets in a function.
 */
export function canBeDeferred(expression: Node): boolean {
  const fn = expression.getFirstAncestor(isFunction)
  const inside = expression.forEachDescendantAsArray()
  if (!fn || inside.some((node) => Node.isAwaitExpression(node) || Node.isYieldExpression(node))) return false
  if (!styleOf(expression.getSourceFile()).typed) return true
  const paths = identifiersIn(expression).flatMap((identifier) => {
    const access = identifier.getParent()
    const isLocal = identifier.getSymbol()?.getValueDeclaration()?.getFirstAncestor(isFunction) !== undefined
    return isLocal && Node.isPropertyAccessExpression(access) ? [plain(access)] : []
  })
  if (paths.length === 0) return true
  const conditions = fn
    .forEachDescendantAsArray()
    .filter((node) => !isInside(node, expression))
    .flatMap((node) => conditionOf(node) ?? [])
  return !paths.some((path) => conditions.some((condition) => plain(condition).includes(path)))
}

function conditionOf(node: Node): Node | undefined {
  if (Node.isIfStatement(node)) return node.getExpression()
  if (Node.isConditionalExpression(node)) return node.getCondition()
  const isLogical = Node.isBinaryExpression(node) && /&&|\|\|/.test(node.getOperatorToken().getText())
  return isLogical ? node.getLeft() : undefined
}

function plain(node: Node): string {
  return node.getText().replaceAll('?.', '.').replaceAll('!.', '.')
}
