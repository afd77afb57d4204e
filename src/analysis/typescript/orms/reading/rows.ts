import { Node, type CallExpression } from 'ts-morph'
import { bare, calleeName, isFunction, returnedExpressions, type FunctionNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { declarationOf } from './option-object.ts'

/** Methods of a list that give rows of it, or hand them to a callback. */
const givingRows = new Set([
  'find',
  'findLast',
  'at',
  'pop',
  'shift',
  'filter',
  'slice',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'concat',
  'catch',
  'finally',
])
const iterating = new Set([
  'map',
  'forEach',
  'flatMap',
  'filter',
  'find',
  'some',
  'every',
  'then',
  'mapSeries',
])
const maximumDepth = 6

/**
 * The query that an expression's row comes from, followed back through variables, loops, callbacks and calls; null if
 * there is none. `methods` gives the functions behind a call on a row.
 */
export function queryOfRow(
  expression: Node,
  isQuery: (call: CallExpression) => boolean,
  resolver: Resolver,
  methods: (call: CallExpression) => readonly FunctionNode[] = () => [],
  depth = 0,
): CallExpression | null {
  if (depth > maximumDepth) return null
  const from = (node: Node | undefined): CallExpression | null =>
    node ? queryOfRow(node, isQuery, resolver, methods, depth + 1) : null
  const node = resolver.definition(bare(expression))
  if (Node.isCallExpression(node)) {
    if (isQuery(node)) return node
    const callee = node.getExpression()
    if (Node.isPropertyAccessExpression(callee) && givingRows.has(callee.getName()))
      return from(callee.getExpression())
    const callees = resolver.callees(node)
    return firstOf((callees.length > 0 ? callees : methods(node)).flatMap(returnedExpressions), from)
  }
  if (Node.isElementAccessExpression(node)) return from(node.getExpression())
  if (Node.isPropertyAccessExpression(node))
    return node.getName() === 'rows' ? from(node.getExpression()) : null
  if (Node.isConditionalExpression(node)) return firstOf([node.getWhenTrue(), node.getWhenFalse()], from)
  if (Node.isBindingElement(node)) return from(sourceOfBinding(node))
  if (Node.isVariableDeclaration(node)) {
    const loop = node.getParent().getParent()
    return Node.isForOfStatement(loop) ? from(loop.getExpression()) : null
  }
  if (!Node.isParameterDeclaration(node)) return null
  const fn = node.getParent()
  if (!isFunction(fn)) return null
  const call = fn.getParent()
  const index = fn.getParameters().findIndex((candidate) => candidate === node)
  if (Node.isCallExpression(call) && iterating.has(calleeName(call) ?? '')) {
    const callee = call.getExpression()
    return index === 0 && Node.isPropertyAccessExpression(callee) ? from(callee.getExpression()) : null
  }
  const given = resolver
    .callersOf(fn)
    .slice(0, 4)
    .flatMap((caller) => caller.getArguments()[index] ?? [])
  return firstOf(given, from)
}

function firstOf(nodes: readonly Node[], from: (node: Node) => CallExpression | null): CallExpression | null {
  for (const node of nodes) {
    const found = from(node)
    if (found) return found
  }
  return null
}

/** What a name is taken out of: `const [post] = rows`, `const { rows } = page`, `const [a, b] = await Promise.all([…])`. */
function sourceOfBinding(element: Node): Node | undefined {
  if (!Node.isBindingElement(element)) return undefined
  const pattern = element.getParent()
  const holder = pattern.getParent()
  const value = Node.isVariableDeclaration(holder) ? holder.getInitializer() : undefined
  if (Node.isBindingElement(holder)) {
    const list = sourceOfBinding(holder)
    return isRows(element) ? list : undefined
  }
  if (!value) return undefined
  if (Node.isObjectBindingPattern(pattern)) return isRows(element) ? value : undefined
  const index = pattern.getElements().findIndex((candidate) => candidate === element)
  const all = bare(value)
  if (!Node.isCallExpression(all) || all.getExpression().getText() !== 'Promise.all') return value
  const [list] = all.getArguments()
  const items = list && Node.isIdentifier(list) ? declaredList(list) : list
  return Node.isArrayLiteralExpression(items) ? items.getElements()[index] : undefined
}

function declaredList(name: Node): Node | undefined {
  const declaration = declarationOf(name)
  return Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
}

function isRows(element: Node): boolean {
  return (
    Node.isBindingElement(element) &&
    (element.getPropertyNameNode() ?? element.getNameNode()).getText() === 'rows'
  )
}
