import { Node } from 'ts-morph'
import type { FunctionNode } from './functions.ts'
import type { Resolver } from './resolver.ts'

const tooLarge = new Set(['>', '>='])
const smallEnough = new Set(['<', '<='])

/** Whether a function compares a variable or property of this name with a maximum: `if (limit > 100)`. */
export function comparesWithMaximum(fn: Node, name: string, resolver: Resolver): boolean {
  return fn
    .forEachDescendantAsArray()
    .some(
      (node) =>
        Node.isBinaryExpression(node) &&
        ((tooLarge.has(operatorOf(node)) &&
          isNamed(node.getLeft(), name) &&
          isMaximum(node.getRight(), resolver)) ||
          (smallEnough.has(operatorOf(node)) &&
            ((isNamed(node.getRight(), name) && isMaximum(node.getLeft(), resolver)) ||
              (isNamed(node.getLeft(), name) && isMaximum(node.getRight(), resolver))))),
    )
}

/** Whether a function keeps any number it is given within a maximum. */
export function capsSomething(fn: FunctionNode): boolean {
  const text = fn.getText()
  return (
    /Math\.min\s*\(|\bclamp\w*\s*\(|\.max\s*\(|\bmax\w*\b/i.test(text) ||
    /(?:>=?|<=?)\s*(?:[2-9]\b|\d{2,}|[A-Z_]{3,})/.test(text)
  )
}

function operatorOf(node: Node): string {
  return Node.isBinaryExpression(node) ? node.getOperatorToken().getText() : ''
}

/** `limit`, `req.query.limit`, `Number(limit)` */
function isNamed(node: Node, name: string): boolean {
  if (Node.isIdentifier(node)) return node.getText() === name
  if (Node.isPropertyAccessExpression(node)) return node.getName() === name
  if (Node.isParenthesizedExpression(node) || Node.isAsExpression(node) || Node.isNonNullExpression(node))
    return isNamed(node.getExpression(), name)
  if (Node.isPrefixUnaryExpression(node)) return isNamed(node.getOperand(), name)
  const [argument] = Node.isCallExpression(node) ? node.getArguments() : []
  return argument !== undefined && isNamed(argument, name)
}

function isMaximum(node: Node, resolver: Resolver): boolean {
  const value = resolver.definition(node)
  if (Node.isNumericLiteral(value)) return value.getLiteralValue() > 1
  return /max|cap\b|upper|limit/i.test(node.getText()) && !/length|total|count/i.test(node.getText())
}
