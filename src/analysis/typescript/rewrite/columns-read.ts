import { Node, type Identifier } from 'ts-morph'
import { calleeName, isFunction } from '../functions.ts'
import type { Orm, Query } from '../orms/orm.ts'
import { holderOf, outermost, readsOf } from './rows.ts'

/** Methods of an array that hand each row to their callback, and what they give. */
const walking: Readonly<Record<string, 'other' | 'rows' | 'row'>> = {
  map: 'other',
  flatMap: 'other',
  forEach: 'other',
  some: 'other',
  every: 'other',
  findIndex: 'other',
  filter: 'rows',
  toSorted: 'rows',
  find: 'row',
  findLast: 'row',
}
const keeping = new Set(['slice', 'toReversed'])
/** What a list, or the answer of a driver, tells besides its rows. */
const counting = new Set(['length', 'rowCount', 'count'])

/**
 * The properties that are read of a query's rows, all in the function that makes it; null where a row as a whole goes
 * anywhere: into a response, a call, another object.
 */
export function columnsRead({ operation, value }: Query, { isSynchronous }: Orm): string[] | null {
  const holder = holderOf(value, isSynchronous)
  if (!holder || (operation !== 'one' && operation !== 'many')) return null
  const read = new Set<string>()
  const whole = operation === 'one' ? readsRow : readsRows
  const places = holder.name ? holder.reads : [holder.expression]
  return places.every((place) => whole(place, read)) ? [...read] : null
}

/** Notes what is read of the rows in a list; false where that can't be told. */
function readsRows(node: Node, read: Set<string>): boolean {
  const place = outermost(node)
  const parent = place.getParent()
  if (Node.isForOfStatement(parent) && parent.getExpression() === place) {
    const list = parent.getInitializer()
    const item = Node.isVariableDeclarationList(list) ? list.getDeclarations()[0]?.getNameNode() : undefined
    return item !== undefined && readsName(item, read, readsRow)
  }
  if (Node.isElementAccessExpression(parent) && parent.getExpression() === place)
    return readsRow(parent, read)
  if (Node.isVariableDeclaration(parent) && parent.getInitializer() === place)
    return parent.getTypeNode() === undefined && readsName(parent.getNameNode(), read, readsRows)
  if (!Node.isPropertyAccessExpression(parent)) return false
  const call = parent.getParent()
  if (!Node.isCallExpression(call) || call.getExpression() !== parent)
    return parent.getName() === 'rows' ? readsRows(parent, read) : counting.has(parent.getName())
  return readsInCall(calleeName(call) ?? '', call, read)
}

function readsInCall(name: string, call: Node, read: Set<string>): boolean {
  if (keeping.has(name)) return readsRows(call, read)
  const gives = walking[name]
  const callback = Node.isCallExpression(call) ? call.getArguments()[0] : undefined
  if (!gives || !isFunction(callback)) return false
  const [row, ...others] = callback.getParameters()
  const rows = name === 'toSorted' ? callback.getParameters() : row ? [row] : []
  if (name !== 'toSorted' && others.length > 1) return false
  if (rows.some((parameter) => parameter.getTypeNode() || parameter.isRestParameter())) return false
  if (!rows.every((parameter) => readsName(parameter.getNameNode(), read, readsRow))) return false
  return gives === 'other' || (gives === 'rows' ? readsRows(call, read) : readsRow(call, read))
}

/** Notes what is read of one row; false where that can't be told. */
function readsRow(node: Node, read: Set<string>): boolean {
  const place = outermost(node)
  const parent = place.getParent()
  if (Node.isPropertyAccessExpression(parent) && parent.getExpression() === place) {
    const call = parent.getParent()
    if (Node.isCallExpression(call) && call.getExpression() === parent) return false
    if (isAssignment(parent)) return false
    read.add(parent.getName())
    return true
  }
  if (Node.isVariableDeclaration(parent) && parent.getInitializer() === place)
    return parent.getTypeNode() === undefined && readsName(parent.getNameNode(), read, readsRow)
  if (Node.isPrefixUnaryExpression(parent) || Node.isExpressionStatement(parent)) return true
  if (Node.isIfStatement(parent)) return parent.getExpression() === place
  if (Node.isConditionalExpression(parent)) return parent.getCondition() === place
  return Node.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.getOperatorToken().getText())
}

function readsName(
  name: Node,
  read: Set<string>,
  whole: (node: Node, read: Set<string>) => boolean,
): boolean {
  if (Node.isIdentifier(name)) return readsOf(name).every((use: Identifier) => whole(use, read))
  if (whole === readsRows) return readsAnswer(name, read)
  if (!Node.isObjectBindingPattern(name)) return false
  return name.getElements().every((element) => {
    if (element.getDotDotDotToken()) return false
    const property = element.getPropertyNameNode() ?? element.getNameNode()
    if (!Node.isIdentifier(property)) return false
    read.add(property.getText())
    return true
  })
}

/** `const { rows } = …` and `const [rows] = …`, as drivers give them. */
function readsAnswer(name: Node, read: Set<string>): boolean {
  if (Node.isArrayBindingPattern(name)) {
    const [rows] = name.getElements()
    return Node.isBindingElement(rows) && readsName(rows.getNameNode(), read, readsRows)
  }
  if (!Node.isObjectBindingPattern(name)) return false
  return name.getElements().every((element) => {
    const property = (element.getPropertyNameNode() ?? element.getNameNode()).getText()
    if (element.getDotDotDotToken()) return false
    return property === 'rows' ? readsName(element.getNameNode(), read, readsRows) : counting.has(property)
  })
}

function isAssignment(target: Node): boolean {
  const parent = target.getParent()
  if (Node.isPostfixUnaryExpression(parent) || Node.isDeleteExpression(parent)) return true
  return (
    Node.isBinaryExpression(parent) &&
    parent.getLeft() === target &&
    /^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
  )
}
