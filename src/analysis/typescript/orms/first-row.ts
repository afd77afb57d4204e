import { Node, type ElementAccessExpression } from 'ts-morph'
import {
  argumentsOf,
  isErrorFirst,
  isFunction,
  isTransparent,
  symbolOf,
  type Invocation,
} from '../functions.ts'
import type { Query } from './orm.ts'

/** Where a driver's answer holds the rows: the answer itself, its property `rows`, or its first element. */
export type RowsAt = 'value' | 'rows' | 'first'

/** Whether only the first of the rows is ever read: `result.rows[0]`, `const [user] = rows`. */
export function takesFirstRow(value: Node, at: RowsAt): boolean {
  const holders = Node.isIdentifier(value)
    ? usesOfName(value).flatMap((use) => holdersAt(use, at))
    : holdersOf(value, at)
  const kinds = holders.flatMap((holder) => (holder === 'one' ? ['first'] : usesOf(holder)))
  return kinds.includes('first') && !kinds.includes('other')
}

/**
 * A read of many rows as one of one row, where only the first is read. `at` tells where the answer holds its rows; null
 * where a function of the project may give either the answer or its rows.
 */
export function ofOneRow(query: Query, call: Invocation, at: RowsAt | null): Query {
  if (query.operation !== 'many' || query.bound !== null) return query
  const callback = argumentsOf(call).at(-1)
  const answer = isErrorFirst(callback) ? (callback.getParameters()[1]?.getNameNode() ?? call) : query.value
  const ways: readonly RowsAt[] = at === null ? ['value', 'rows', 'first'] : [at]
  return ways.some((way) => takesFirstRow(answer, way)) ? { ...query, operation: 'one' } : query
}

/** The expressions that hold the rows of an answer; `one` where a pattern takes the first out of them. */
function holdersOf(value: Node, at: RowsAt): (Node | 'one' | 'other')[] {
  const outer = withWrappers(value)
  const parent = outer.getParent()
  if (at === 'value' || !Node.isVariableDeclaration(parent)) return holdersAt(value, at)
  const inner = innerName(parent.getNameNode(), at)
  if (!inner) return ['other']
  if (!Node.isIdentifier(inner)) return [onlyElement(inner) ? 'one' : 'other']
  const uses = usesOfName(inner)
  return inner === parent.getNameNode() ? uses.flatMap((use) => holdersAt(use, at)) : uses
}

function holdersAt(use: Node, at: RowsAt): (Node | 'one' | 'other')[] {
  const outer = withWrappers(use)
  const parent = outer.getParent()
  const member = memberOf(outer, at)
  if (member) return [member]
  const isNumber =
    Node.isPropertyAccessExpression(parent) && ['rowCount', 'fields', 'length'].includes(parent.getName())
  return isNumber ? [] : ['other']
}

/** What is done with an expression that holds rows. */
function usesOf(holder: Node | 'other'): ('first' | 'number' | 'other')[] {
  if (holder === 'other') return ['other']
  const outer = withWrappers(holder)
  if (firstElementOf(outer)) return ['first']
  const parent = outer.getParent()
  if (Node.isPropertyAccessExpression(parent) && parent.getName() === 'length') return ['number']
  if (Node.isIfStatement(parent) || Node.isPrefixUnaryExpression(parent)) return ['number']
  if (!Node.isVariableDeclaration(parent)) return ['other']
  const name = parent.getNameNode()
  if (Node.isIdentifier(name)) return usesOfName(name).flatMap(usesOf)
  return [onlyElement(name) ? 'first' : 'other']
}

/** The name or pattern that a declaration gives the rows: `rows` of `{ rows }` and of `[rows]`. */
function innerName(name: Node, at: RowsAt): Node | null {
  if (Node.isIdentifier(name)) return name
  if (at === 'value') return name
  if (at === 'rows' && Node.isObjectBindingPattern(name)) {
    const [element, ...others] = name.getElements()
    const isRows = (element?.getPropertyNameNode() ?? element?.getNameNode())?.getText() === 'rows'
    return element && isRows && others.length === 0 ? element.getNameNode() : null
  }
  const element = at === 'first' && Node.isArrayBindingPattern(name) ? name.getElements()[0] : undefined
  return Node.isBindingElement(element) ? element.getNameNode() : null
}

/** The only name in `[user]`. */
function onlyElement(pattern: Node): Node | null {
  if (!Node.isArrayBindingPattern(pattern)) return null
  const [element, ...others] = pattern.getElements()
  return Node.isBindingElement(element) && others.length === 0 && !element.getDotDotDotToken()
    ? element.getNameNode()
    : null
}

/** The expression of an answer's rows: `result.rows`, `result[0]`. */
function memberOf(answer: Node, at: RowsAt): Node | null {
  if (at === 'value') return answer
  const parent = answer.getParent()
  if (at === 'rows')
    return Node.isPropertyAccessExpression(parent) && parent.getName() === 'rows'
      ? withWrappers(parent)
      : null
  return isElement(parent, answer) ? withWrappers(parent) : null
}

/** `rows[0]`, `rows.at(0)`, `rows.shift()`, `rows.pop()`. */
function firstElementOf(rows: Node): Node | null {
  const parent = rows.getParent()
  if (isElement(parent, rows)) return parent
  const call = parent?.getParent()
  const isFirst =
    Node.isPropertyAccessExpression(parent) &&
    Node.isCallExpression(call) &&
    call.getExpression() === parent &&
    ['at', 'shift', 'pop'].includes(parent.getName())
  return isFirst ? call : null
}

function isElement(parent: Node | undefined, of: Node): parent is ElementAccessExpression {
  return (
    Node.isElementAccessExpression(parent) &&
    parent.getExpression() === of &&
    parent.getArgumentExpression()?.getText() === '0'
  )
}

/** A node with the parentheses, `await` and type assertions around it. */
function withWrappers(node: Node): Node {
  const parent = node.getParent()
  return isTransparent(parent) ? withWrappers(parent) : node
}

/** The places where a name is read, in its own function. */
export function usesOfName(name: Node): Node[] {
  if (!Node.isIdentifier(name)) return []
  const scope = name.getFirstAncestor(isFunction) ?? name.getSourceFile()
  const symbol = name.getSymbol()
  return scope
    .forEachDescendantAsArray()
    .filter(Node.isIdentifier)
    .filter((use) => use !== name && use.getText() === name.getText() && symbolOf(use) === symbol)
}
