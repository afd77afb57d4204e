import {
  Node,
  SyntaxKind,
  type ArrowFunction,
  type CallExpression,
  type ClassDeclaration,
  type ClassExpression,
  type TaggedTemplateExpression,
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

/** What runs a function: `query(text)`, or a tagged template as sql`SELECT …`. */
export type Invocation = CallExpression | TaggedTemplateExpression

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

/** Whether a node runs a function. */
export function isInvocation(node: Node | undefined): node is Invocation {
  return Node.isCallExpression(node) || Node.isTaggedTemplateExpression(node)
}

/** The expression whose function is run: a call's callee, or the tag of a template. */
export function calleeOf(invocation: Invocation): Expression {
  return Node.isCallExpression(invocation) ? invocation.getExpression() : invocation.getTag()
}

/** What the function is given: a call's arguments, or a template and the values that are put into it. */
export function argumentsOf(invocation: Invocation): readonly Node[] {
  if (Node.isCallExpression(invocation)) return invocation.getArguments()
  const template = invocation.getTemplate()
  const spans = Node.isTemplateExpression(template) ? template.getTemplateSpans() : []
  return [template, ...spans.map((span) => span.getExpression())]
}

/** The last name of a call's callee: `getPost` of `storage.getPost(1)`. */
export function calleeName(call: Invocation): string | null {
  const callee = calleeOf(call)
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

/** Whether a type is a number, text, boolean or the like: nothing with members of this project or of a package. */
export function isPlainType(type: Node | undefined): boolean {
  return (
    type !== undefined &&
    [
      SyntaxKind.NumberKeyword,
      SyntaxKind.StringKeyword,
      SyntaxKind.BooleanKeyword,
      SyntaxKind.BigIntKeyword,
    ].includes(type.getKind())
  )
}

/** Whether a node is a class. */
export function isClass(node: Node | undefined): node is ClassNode {
  return Node.isClassDeclaration(node) || Node.isClassExpression(node)
}
