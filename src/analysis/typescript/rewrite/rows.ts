import { Node, type Identifier } from 'ts-morph'
import { isFunction, isTransparent, symbolOf } from '../functions.ts'

/** What holds the awaited value of a query: a variable, or the expression itself, `await` and parentheses included. */
export interface Holder {
  /** The outermost expression that has the value. */
  readonly expression: Node
  /** The name it is given, or null where it is used in place. */
  readonly name: Identifier | null
  /** Every place where the name is read; none without a name. */
  readonly reads: readonly Identifier[]
}

/**
 * Finds what holds the value of a query that is awaited where it stands, also in `const [a, b] = await Promise.all([…])`;
 * null where it isn't awaited in this function, or its variable is declared with a type or assigned again. A library that
 * gives rows rather than promises needs no `await`.
 */
export function holderOf(query: Node, isSynchronous = false): Holder | null {
  const expression = outermost(query)
  const isAwaited =
    isSynchronous || (expression !== query && [query, ...between(query, expression)].some(isAwait))
  const parent = expression.getParent()
  if (!isAwaited) return Node.isArrayLiteralExpression(parent) ? inPromiseAll(expression, parent) : null
  if (!Node.isVariableDeclaration(parent)) return { expression, name: null, reads: [] }
  if (parent.getTypeNode()) return null
  const name = parent.getNameNode()
  return Node.isIdentifier(name) ? named(expression, name) : { expression, name: null, reads: [] }
}

function inPromiseAll(expression: Node, list: Node): Holder | null {
  const all = list.getParent()
  if (!Node.isArrayLiteralExpression(list) || !Node.isCallExpression(all)) return null
  if (all.getExpression().getText() !== 'Promise.all') return null
  const declaration = outermost(all).getParent()
  if (!Node.isVariableDeclaration(declaration) || declaration.getTypeNode()) return null
  const pattern = declaration.getNameNode()
  const index = list.getElements().findIndex((element) => element === expression)
  const element = Node.isArrayBindingPattern(pattern) ? pattern.getElements()[index] : undefined
  if (!Node.isBindingElement(element) || element.getInitializer() || element.getDotDotDotToken()) return null
  const name = element.getNameNode()
  return Node.isIdentifier(name) ? named(expression, name) : null
}

function named(expression: Node, name: Identifier): Holder | null {
  const reads = readsOf(name)
  return reads.some(isAssigned) ? null : { expression, name, reads }
}

/** The places where a local variable is read. */
export function readsOf(name: Identifier): Identifier[] {
  const scope = name.getFirstAncestor(isFunction) ?? name.getSourceFile()
  const symbol = name.getSymbol()
  return scope
    .forEachDescendantAsArray()
    .filter(Node.isIdentifier)
    .filter((use) => use !== name && use.getText() === name.getText() && symbolOf(use) === symbol)
}

/** An expression with the wrappers around it that don't change its value. */
export function outermost(node: Node): Node {
  let outer = node
  for (let parent = node.getParent(); isTransparent(parent); parent = parent.getParent()) outer = parent
  return outer
}

function between(inner: Node, outer: Node): Node[] {
  const ancestors = inner.getAncestors()
  return ancestors.slice(0, ancestors.indexOf(outer) + 1)
}

function isAwait(node: Node): boolean {
  return Node.isAwaitExpression(node)
}

function isAssigned(use: Identifier): boolean {
  const parent = use.getParent()
  return (
    Node.isBinaryExpression(parent) &&
    parent.getLeft() === use &&
    /^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
  )
}
