import { Node, type CallExpression } from 'ts-morph'
import { bare, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { limitOf } from './limit-value.ts'
import { declarationOf } from './option-object.ts'
import { ValueReader } from './value-reader.ts'

/** Functions that turn one value into one number. */
const converting = /^(?:Number|parseInt|Number\.parseInt|parseFloat|Math\.(?:min|max|floor|abs))$/

/** Whether a limit may be missing when the query runs: `limit ? Number(limit) : undefined`, `req.query.limit`. */
export function isOptionalNumber(
  node: Node,
  resolver: Resolver,
  callers: readonly CallExpression[] = [],
): boolean {
  const reader = new ValueReader(resolver, callers)
  return limitOf({ node, callers }, { reader, resolver, nanIsNone: false }) !== 'limit'
}

/** Whether a value is a list, as far as the code shows: written or typed as one, made by an array's method, or called one. */
export function isList(node: Node, resolver: Resolver, depth = 0): boolean {
  if (depth > 5) return false
  const value = bare(node)
  if (Node.isArrayLiteralExpression(value)) return true
  if (Node.isConditionalExpression(value))
    return [value.getWhenTrue(), value.getWhenFalse()].some((part) => isList(part, resolver, depth + 1))
  if (Node.isBinaryExpression(value) && ['||', '??'].includes(value.getOperatorToken().getText()))
    return isList(value.getLeft(), resolver, depth + 1) || isList(value.getRight(), resolver, depth + 1)
  if (Node.isCallExpression(value)) return isListCall(value, resolver, depth)
  const declaration = declarationOf(value)
  const type = Node.isTyped(declaration) ? declaration.getTypeNode() : undefined
  if (type) return isListType(type)
  const initializer = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  if (initializer && isList(initializer, resolver, depth + 1)) return true
  const name = Node.isPropertyAccessExpression(value) ? value.getName() : value.getText()
  return /(?:^|[a-z_])(?:[iI]ds|IDS|IDs)$/.test(name)
}

const listMaking = new Set([
  'map',
  'filter',
  'flatMap',
  'flat',
  'slice',
  'concat',
  'sort',
  'toSorted',
  'reverse',
  'split',
  'uniq',
  'compact',
  'pluck',
  'keys',
  'values',
  'from',
  'difference',
  'intersection',
])

function isListCall(call: Node, resolver: Resolver, depth: number): boolean {
  if (!Node.isCallExpression(call)) return false
  const callee = call.getExpression()
  const name = Node.isPropertyAccessExpression(callee) ? callee.getName() : callee.getText()
  if (converting.test(callee.getText())) return false
  if (listMaking.has(name)) return true
  return resolver.callees(call).some((fn) => {
    const type = fn.getReturnTypeNode()
    if (type) return isListType(type)
    return isFunction(fn) && returnedExpressions(fn).some((value) => isList(value, resolver, depth + 1))
  })
}

/** `T[]`, `readonly T[]`, `Array<T>`, `Promise<T[]>` */
function isListType(type: Node): boolean {
  if (Node.isArrayTypeNode(type) || Node.isTupleTypeNode(type)) return true
  if (Node.isTypeOperatorTypeNode(type)) return isListType(type.getTypeNode())
  if (Node.isUnionTypeNode(type)) return type.getTypeNodes().some(isListType)
  if (!Node.isTypeReference(type)) return false
  const name = type.getTypeName().getText()
  if (name === 'Promise' || name === 'Readonly') return type.getTypeArguments().some(isListType)
  return /^(?:Readonly)?(?:Array|Set)$/.test(name)
}
