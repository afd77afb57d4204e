import { Node } from 'ts-morph'
import type { Filter } from '../../../facts.ts'
import { bare, calleeName, isFunction, returnedExpressions } from '../../functions.ts'
import { usesOfName } from '../reading/first-row.ts'
import { columnReference, tableName } from './names.ts'
import { isConditional } from '../reading/option-object.ts'
import type { Resolver } from '../../resolver.ts'

/** What conditions are read against. */
export interface ConditionContext {
  readonly resolver: Resolver
  /** The table that is read or written. */
  readonly table: string | null
}

const patterns = new Set(['like', 'ilike', 'notLike', 'notIlike'])
const maximumDepth = 8

/** The conditions of a `where`; those that don't hold for every row, or not always, as `other`. */
export function conditionsOf(node: Node | undefined, context: ConditionContext, depth = 0): Filter[] {
  if (!node || depth > maximumDepth) return []
  const value = bare(node)
  const inner = (part: Node | undefined): Filter[] => conditionsOf(part, context, depth + 1)
  if (isFunction(value)) return returnedExpressions(value).flatMap(inner)
  if (Node.isConditionalExpression(value))
    return [value.getWhenTrue(), value.getWhenFalse()].flatMap(inner).map(asOther)
  if (Node.isBinaryExpression(value)) return inner(value.getRight()).map(asOther)
  if (Node.isSpreadElement(value)) return inner(value.getExpression())
  if (Node.isArrayLiteralExpression(value)) return value.getElements().flatMap(inner)
  if (Node.isCallExpression(value)) return comparisonsOf(value, context, depth)
  if (!Node.isIdentifier(value) && !Node.isPropertyAccessExpression(value)) return []
  const definition = context.resolver.definition(value)
  if (definition === value) return []
  const own = inner(definition)
  return Node.isIdentifier(value)
    ? [...own, ...pushed(value).flatMap(({ item, sure }) => (sure ? inner(item) : inner(item).map(asOther)))]
    : own
}

function comparisonsOf(call: Node, context: ConditionContext, depth: number): Filter[] {
  if (!Node.isCallExpression(call)) return []
  const name = calleeName(call) ?? ''
  const args = call.getArguments()
  const inner = (): Filter[] => args.flatMap((part) => conditionsOf(part, context, depth + 1))
  if (name === 'and') return inner()
  if (name === 'or' || name === 'not') return inner().map(asOther)
  const [left, right] = args
  const column = left && columnIn(left, context)
  if (!column) {
    const returned = context.resolver.callees(call).flatMap(returnedExpressions)
    return returned.flatMap((part) => conditionsOf(part, context, depth + 1))
  }
  if (name === 'eq')
    return [{ column, match: right && columnReferenceOf(right, context) ? 'other' : 'equals' }]
  if (name === 'inArray') return [{ column, match: right && isQuery(right, context) ? 'other' : 'in' }]
  const isInfix = patterns.has(name) && /^['"`]%/.test(right?.getText() ?? '')
  return [{ column, match: 'other', ...(isInfix && { pattern: 'leading-wildcard' as const }) }]
}

/** A column of the table of the query by its name, of another one with that table's. */
function columnIn(node: Node, context: ConditionContext): string | null {
  const value = bare(node)
  if (Node.isIdentifier(value)) return columnOfPattern(value)
  const found = columnReference(value)
  if (!found) return null
  const table = tableName(found.table, context.resolver)
  const isOwn =
    table === context.table || Node.isParameterDeclaration(context.resolver.definition(found.table))
  return isOwn || table === null ? found.column : `${table}.${found.column}`
}

/** `id` of a callback `({ id }, { eq }) => eq(id, 1)`. */
function columnOfPattern(name: Node): string | null {
  const declaration = name.getSymbol()?.getValueDeclaration()
  if (
    !Node.isBindingElement(declaration) ||
    !Node.isParameterDeclaration(declaration.getParent().getParent())
  )
    return null
  return (declaration.getPropertyNameNode() ?? declaration.getNameNode()).getText()
}

/** Whether an expression is a column of some table, so that rows are compared with each other. */
function columnReferenceOf(node: Node, { resolver }: ConditionContext): boolean {
  const found = columnReference(node)
  if (!found) return false
  const table = resolver.definition(found.table)
  return (
    Node.isCallExpression(table) &&
    resolver.origin(table.getExpression())?.startsWith('"drizzle-orm') === true
  )
}

/** Whether a list of keys comes from a query in the statement itself. */
function isQuery(node: Node, { resolver }: ConditionContext): boolean {
  return (
    /\.(?:select|selectDistinct)\(/.test(resolver.definition(node).getText().slice(0, 200)) &&
    !Node.isAwaitExpression(bareParent(node))
  )
}

function bareParent(node: Node): Node | undefined {
  const definition = node.getSymbol()?.getValueDeclaration()
  const initializer = Node.isVariableDeclaration(definition) ? definition.getInitializer() : undefined
  return initializer ?? node
}

/** What is pushed onto a list of conditions, and whether always. */
function pushed(list: Node): { item: Node; sure: boolean }[] {
  const declaration = list.getSymbol()?.getValueDeclaration()
  if (!Node.isVariableDeclaration(declaration)) return []
  return usesOfName(declaration.getNameNode()).flatMap((use) => {
    const access = use.getParent()
    const call = access?.getParent()
    if (
      !Node.isPropertyAccessExpression(access) ||
      access.getName() !== 'push' ||
      !Node.isCallExpression(call)
    )
      return []
    const sure = !isConditional(call, declaration)
    return call.getArguments().map((item) => ({ item, sure }))
  })
}

function asOther(filter: Filter): Filter {
  return { ...filter, match: 'other' }
}
