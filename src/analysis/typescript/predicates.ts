import { Node } from 'ts-morph'
import { isFunction, returnedExpressions, type FunctionNode } from './functions.ts'

const comparisons = new Set(['===', '!==', '==', '!=', '<', '>', '<=', '>='])
const joining = new Set(['&&', '||', '??'])
/** Methods that have a counterpart in a query: `in`, `like`, text in lower case. */
const comparableMethods = new Set([
  'includes',
  'has',
  'startsWith',
  'endsWith',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'toString',
  'equals',
  'getTime',
])

/** Whether a callback decides by comparisons alone that a database could make too: equality, ranges, lists, text. */
export function isComparablePredicate(callback: Node | undefined): boolean {
  if (!isFunction(callback) || callback.isAsync()) return false
  const name = callback.getParameters()[0]?.getNameNode()
  const returned = returnedExpressions(callback)
  if (!name || returned.length !== 1 || !returned[0] || !isOneExpression(callback)) return false
  return isCondition(returned[0])
}

function isOneExpression(callback: FunctionNode): boolean {
  const body = callback.getBody()
  return !Node.isBlock(body) || body.getStatements().length === 1
}

function isCondition(node: Node): boolean {
  if (Node.isParenthesizedExpression(node)) return isCondition(node.getExpression())
  if (Node.isPrefixUnaryExpression(node)) return isCondition(node.getOperand())
  if (Node.isBinaryExpression(node)) {
    const operator = node.getOperatorToken().getText()
    if (comparisons.has(operator)) return isValue(node.getLeft()) && isValue(node.getRight())
    return joining.has(operator) && isCondition(node.getLeft()) && isCondition(node.getRight())
  }
  return isValue(node)
}

/** A property, variable or literal, or such a one converted. */
function isValue(node: Node): boolean {
  if (Node.isParenthesizedExpression(node) || Node.isAsExpression(node) || Node.isNonNullExpression(node))
    return isValue(node.getExpression())
  if (Node.isPropertyAccessExpression(node)) return isValue(node.getExpression())
  if (Node.isCallExpression(node)) {
    const callee = node.getExpression()
    if (Node.isIdentifier(callee)) return ['Number', 'String'].includes(callee.getText())
    return (
      Node.isPropertyAccessExpression(callee) &&
      comparableMethods.has(callee.getName()) &&
      isValue(callee.getExpression()) &&
      node.getArguments().every(isValue)
    )
  }
  if (Node.isNewExpression(node))
    return node.getExpression().getText() === 'Date' && node.getArguments().every(isValue)
  if (Node.isBinaryExpression(node))
    return (
      ['??', '||'].includes(node.getOperatorToken().getText()) &&
      isValue(node.getLeft()) &&
      isValue(node.getRight())
    )
  return (
    Node.isIdentifier(node) || Node.isThisExpression(node) || (Node.isExpression(node) && isLiteral(node))
  )
}

function isLiteral(node: Node): boolean {
  return (
    Node.isLiteralExpression(node) ||
    Node.isTrueLiteral(node) ||
    Node.isFalseLiteral(node) ||
    Node.isNullLiteral(node) ||
    Node.isPrefixUnaryExpression(node)
  )
}
