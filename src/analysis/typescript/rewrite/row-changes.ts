import { Node, SyntaxKind, type ts } from 'ts-morph'
import { isFunction, type FunctionNode } from '../functions.ts'

/** Methods that change the list or row they are called on, or store it. */
const changing =
  /^(?:sort|reverse|splice|push|unshift|pop|shift|fill|copyWithin|save|update|updateOne|destroy|remove|deleteOne|increment|decrement|restore|set|populate|reload)$/

const known = new WeakMap<ts.Node, boolean>()

/**
 * Whether a function changes anything that it holds in a variable: assigns to a property, deletes one, or calls a method
 * that changes its list or row. What it got from the framework and `this` don't count.
 */
export function changesRows(fn: FunctionNode): boolean {
  const remembered = known.get(fn.compilerNode)
  if (remembered !== undefined) return remembered
  const parameters = new Set(fn.getParameters().map((parameter) => parameter.getName()))
  const changes = fn.forEachDescendantAsArray().some((node) => {
    const root = rootOf(changedBy(node))
    if (!Node.isIdentifier(root) || parameters.has(root.getText())) return false
    const declaration = root.getSymbol()?.getValueDeclaration()
    return declaration?.getFirstAncestor(isFunction) !== undefined && !isMadeHere(declaration)
  })
  known.set(fn.compilerNode, changes)
  return changes
}

/** What a node changes, if it changes anything. */
function changedBy(node: Node): Node | undefined {
  if (Node.isBinaryExpression(node)) {
    const isAssignment = /^(?:[^=!<>]|<<|>>|>>>)*=$/.test(node.getOperatorToken().getText())
    return isAssignment && !Node.isIdentifier(node.getLeft()) ? node.getLeft() : undefined
  }
  if (Node.isDeleteExpression(node)) return node.getExpression()
  if (Node.isPrefixUnaryExpression(node) || Node.isPostfixUnaryExpression(node)) {
    const changes = [SyntaxKind.PlusPlusToken, SyntaxKind.MinusMinusToken].includes(node.getOperatorToken())
    return changes && !Node.isIdentifier(node.getOperand()) ? node.getOperand() : undefined
  }
  const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
  if (!Node.isPropertyAccessExpression(callee)) return undefined
  if (callee.getText() === 'Object.assign' && Node.isCallExpression(node)) return node.getArguments()[0]
  return changing.test(callee.getName()) ? callee.getExpression() : undefined
}

/** The variable at the start of `posts[0].author.name`. */
function rootOf(node: Node | undefined): Node | undefined {
  if (
    Node.isPropertyAccessExpression(node) ||
    Node.isElementAccessExpression(node) ||
    Node.isNonNullExpression(node)
  )
    return rootOf(node.getExpression())
  return node
}

/** Whether a variable holds an object, list or map that the function made itself. */
function isMadeHere(declaration: Node): boolean {
  const value = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  return (
    Node.isObjectLiteralExpression(value) ||
    Node.isArrayLiteralExpression(value) ||
    Node.isNewExpression(value)
  )
}
