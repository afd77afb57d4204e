import {
  Node,
  type ArrowFunction,
  type CallExpression,
  type ClassDeclaration,
  type ClassExpression,
} from 'ts-morph'
import type {
  Expression,
  FunctionDeclaration,
  FunctionExpression,
  Identifier,
  MethodDeclaration,
  Symbol,
} from 'ts-morph'

/** Code that runs when something is called. */
export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunction | MethodDeclaration

/** A class, named or not. */
export type ClassNode = ClassDeclaration | ClassExpression

/** Whether a node is a function that has, or could have, a body. */
export function isFunction(node: Node | undefined): node is FunctionNode {
  return (
    Node.isFunctionDeclaration(node) ||
    Node.isFunctionExpression(node) ||
    Node.isArrowFunction(node) ||
    Node.isMethodDeclaration(node)
  )
}

/** Whether a node is a function written as Node's callbacks are: `(error, result) => …`. */
export function isErrorFirst(node: Node | undefined): node is FunctionNode {
  if (!isFunction(node)) return false
  const [error, result] = node.getParameters()
  return result !== undefined && /^_*(?:e|er|err\w*|error\w*)?$/i.test(error?.getName() ?? '')
}

/** The last name of a call's callee: `getPost` of `storage.getPost(1)`. */
export function calleeName(call: CallExpression): string | null {
  const callee = call.getExpression()
  if (Node.isIdentifier(callee)) return callee.getText()
  return Node.isPropertyAccessExpression(callee) ? callee.getName() : null
}

/** The symbol of the value that an identifier reads, also in `{ id }`. */
export function symbolOf(identifier: Identifier): Symbol | undefined {
  const parent = identifier.getParent()
  return Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : identifier.getSymbol()
}

/** Wrappers that don't change a value: parentheses, `await`, `as`, `satisfies`, `!`. */
export function isTransparent(node: Node | undefined): node is Node & { getExpression(): Expression } {
  return (
    Node.isParenthesizedExpression(node) ||
    Node.isAwaitExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isNonNullExpression(node)
  )
}

/** What is left of an expression without the wrappers that don't change its value. */
export function bare(node: Node): Node {
  return isTransparent(node) ? bare(node.getExpression()) : node
}

/** The name under which a function is called. */
export function nameOf(fn: FunctionNode): string | null {
  if (Node.isFunctionDeclaration(fn) || Node.isMethodDeclaration(fn)) return fn.getName() ?? null
  const parent = fn.getParent()
  if (
    Node.isVariableDeclaration(parent) ||
    Node.isPropertyAssignment(parent) ||
    Node.isPropertyDeclaration(parent)
  ) {
    return parent.getName()
  }
  if (!Node.isBinaryExpression(parent)) return null
  const target = parent.getLeft()
  return Node.isPropertyAccessExpression(target) ? target.getName() : target.getText()
}

/** What a function returns, without the returns of functions inside it. */
export function returnedExpressions(fn: FunctionNode): Node[] {
  const body = fn.getBody()
  if (!body) return []
  if (!Node.isBlock(body)) return [body]
  const returned: Node[] = []
  body.forEachDescendant((node, traversal) => {
    if (isFunction(node) || isClass(node)) traversal.skip()
    else if (Node.isReturnStatement(node))
      returned.push(...(node.getExpression() ? [node.getExpressionOrThrow()] : []))
  })
  return returned
}

/** Whether a node is a class. */
export function isClass(node: Node | undefined): node is ClassNode {
  return Node.isClassDeclaration(node) || Node.isClassExpression(node)
}
