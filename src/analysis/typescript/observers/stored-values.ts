import { Node, type Identifier } from 'ts-morph'
import { isWrite } from '../../facts.ts'
import { argumentsOf, bare, calleeName, calleeOf, isFunction, isInvocation, symbolOf } from '../functions.ts'
import type { FunctionNode, Invocation } from '../functions.ts'
import { identifiersNamed } from '../identifiers.ts'
import type { Scope } from './observer.ts'

const maximumDepth = 3
/** Functions that make of a value what is stored afterwards: `repository.create(dto)`, `Object.assign(row, dto)`. */
const making = /^(?:create|build|merge|assign|new|hydrate|from|set|values|fill)/

/** Whether a value that is given to a call is stored as it is, by the call itself or by the functions that it is handed on to. */
export function isStoredWhole(value: Node, call: Invocation, scope: Scope, depth = 0): boolean {
  const isKept = scope.leadsToQuery(call, (query) => isWrite(query.operation))
  if (!isKept) return making.test(calleeName(call) ?? '')
  const index = argumentsOf(call).findIndex((argument) => bare(argument) === value)
  const functions = Node.isCallExpression(call) ? scope.resolver.functions(calleeOf(call)) : []
  if (functions.length === 0 || index < 0) return true
  return depth < maximumDepth && functions.some((fn) => storesParameter(fn, index, scope, depth))
}

function storesParameter(fn: FunctionNode, index: number, scope: Scope, depth: number): boolean {
  const name = fn.getParameters()[index]?.getNameNode()
  if (!Node.isIdentifier(name)) return false
  return usesIn(fn, name).some((use) => {
    const whole = wholeAround(use)
    const call = whole.getParent()
    // `row = { ...row, ...dto }`
    if (whole !== use && (Node.isVariableDeclaration(call) || Node.isBinaryExpression(call))) return true
    if (Node.isNewExpression(call)) return call.getArguments().includes(whole)
    return (
      isInvocation(call) && calleeOf(call) !== whole && isStoredWhole(bare(whole), call, scope, depth + 1)
    )
  })
}

function usesIn(fn: FunctionNode, name: Identifier): Identifier[] {
  const symbol = name.getSymbol()
  return identifiersNamed(fn, name.getText()).filter((use) => use !== name && symbolOf(use) === symbol)
}

/** The argument that holds a value as a whole: itself, `{ ...value }`, `{ data: value }`, `[value]`. */
function wholeAround(use: Node): Node {
  let node = use
  for (let parent = node.getParent(); parent && holdsWhole(parent, node); parent = node.getParent())
    node = parent
  return node
}

function holdsWhole(parent: Node, node: Node): boolean {
  if (isFunction(parent)) return false
  if (Node.isPropertyAssignment(parent)) return parent.getInitializer() === node
  return (
    Node.isObjectLiteralExpression(parent) ||
    Node.isArrayLiteralExpression(parent) ||
    Node.isShorthandPropertyAssignment(parent) ||
    Node.isSpreadAssignment(parent) ||
    Node.isSpreadElement(parent) ||
    Node.isAsExpression(parent) ||
    Node.isParenthesizedExpression(parent) ||
    Node.isNonNullExpression(parent) ||
    Node.isSatisfiesExpression(parent)
  )
}
