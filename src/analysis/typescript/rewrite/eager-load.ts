import { Node, type Identifier } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import { isInside } from '../loops.ts'
import { readLoop, type LoopShape } from './batch-loop.ts'
import type { Context } from './context.ts'
import { keyPath, listQueryOf, relationOf, type ListQuery } from './list-query.ts'
import { replacement } from './placement.ts'
import { readsOf } from './rows.ts'
import { unwrapPromiseAll } from './unwrap-promise-all.ts'

/**
 * Lets the query that read a loop's items bring the row along that the loop looks up by a foreign key of the item. Refuses
 * where the relation isn't declared, the look-up wants less than the whole row, or an item goes anywhere as a whole, which
 * would then hold more than before.
 */
export function eagerLoad(
  { query: id }: Extract<Intention, { kind: 'eager-load' }>,
  context: Context,
): FileEdit[] | null {
  const call = context.calls.get(id)
  const loop = call && readLoop(call, context)
  const list = loop && listQueryOf(loop, context)
  const reading = loop?.reading
  if (!call || !loop || !list || reading?.gives !== 'row') return null
  const { facts } = call
  const isWholeRow = facts.columns === null && facts.includes.length === 0 && facts.filters.length === 1
  const relation = relationOf(list, loop, call, reading.column, context.tables)
  const item = itemOf(loop)
  const last = list.call.trace.steps.at(-1)
  if (!Node.isCallExpression(last?.call)) return null
  if (!isWholeRow || !relation || !item || !staysInLoop(list, loop, item, relation.name)) return null
  const { orm, query } = list.call.trace
  if (query.columns !== null || query.includes.some(({ relation: name }) => name === relation.name))
    return null
  const included = orm.include?.(last.call, query, relation.name, context.resolver)
  if (!included) return null
  const target = Node.isAwaitExpression(loop.call.getParent()) ? loop.call.getParentOrThrow() : loop.call
  const value = `${item.getText()}.${relation.name}`
  const text = reading.listAt ? null : reading.missing === 'null' ? `${value} ?? null` : value
  const unwrapped = Node.isCallExpression(loop.node) ? unwrapPromiseAll(loop.node, target) : []
  return text === null ? null : [...included, replacement(target, inPlaceOf(target, text)), ...unwrapped]
}

/** The name that declares the item, where it is one name. */
function itemOf({ node, key }: LoopShape): Identifier | null {
  const declaration = keyPath(key)?.item.getSymbol()?.getValueDeclaration()
  if (!Node.isParameterDeclaration(declaration) && !Node.isVariableDeclaration(declaration)) return null
  const declared = declaration.getNameNode()
  return Node.isIdentifier(declared) && isInside(declared, node) ? declared : null
}

/** Whether nobody sees that the items hold a row more: the list feeds this loop alone, and an item is read by its properties. */
function staysInLoop({ name }: ListQuery, { items }: LoopShape, item: Identifier, relation: string): boolean {
  const isUnseen = (use: Identifier): boolean => use === items || isLength(use)
  return (
    readsOf(name).every(isUnseen) &&
    readsOf(item).every((use) => isProperty(use) || isOverridden(use, relation))
  )
}

function isLength(use: Identifier): boolean {
  const parent = use.getParent()
  return Node.isPropertyAccessExpression(parent) && parent.getName() === 'length'
}

function isProperty(use: Identifier): boolean {
  const parent = use.getParent()
  const call = parent?.getParent()
  const isCalled = Node.isCallExpression(call) && call.getExpression() === parent
  return Node.isPropertyAccessExpression(parent) && parent.getExpression() === use && !isCalled
}

/** `{ ...post, author }`: what is spread is given the same property anyway. */
function isOverridden(use: Identifier, relation: string): boolean {
  const spread = use.getParent()
  const object = spread?.getParent()
  if (!Node.isSpreadAssignment(spread) || !Node.isObjectLiteralExpression(object)) return false
  const properties = object.getProperties()
  return properties
    .slice(properties.indexOf(spread) + 1)
    .some(
      (property) =>
        (Node.isPropertyAssignment(property) || Node.isShorthandPropertyAssignment(property)) &&
        property.getName() === relation,
    )
}

function inPlaceOf(target: Node, value: string): string {
  const parent = target.getParent()
  const isOperand =
    Node.isBinaryExpression(parent) && !/^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
  return value.includes(' ?? ') && isOperand ? `(${value})` : value
}
