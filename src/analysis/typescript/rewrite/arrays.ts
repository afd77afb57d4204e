import { Node, type CallExpression, type Expression } from 'ts-morph'
import { calleeName, returnedExpressions, type FunctionNode } from '../functions.ts'
import { orms } from '../orms/index.ts'
import type { Resolver } from '../resolver.ts'

/** Whether an expression can be read twice with the same result: names and properties only. */
export function isPath(expression: Node): boolean {
  if (Node.isPropertyAccessExpression(expression)) return isPath(expression.getExpression())
  return Node.isIdentifier(expression) || Node.isThisExpression(expression)
}

/** Whether a value is an array, as far as the code shows: declared so, made by an array's method, or rows of a query. */
export function isArray(items: Expression, resolver: Resolver): boolean {
  const declaration = items.getSymbol()?.getValueDeclaration()
  const type =
    Node.isVariableDeclaration(declaration) || Node.isParameterDeclaration(declaration)
      ? declaration.getTypeNode()
      : undefined
  if (type) return isArrayType(type)
  const value = resolver.definition(items)
  if (Node.isArrayLiteralExpression(value)) return true
  const answer = answerAround(value, resolver)
  if (answer) return isRows(answer, resolver)
  if (!Node.isCallExpression(value)) return false
  if (isRows(value, resolver)) return true
  const callee = value.getExpression()
  if (arrayMethods.has(calleeName(value) ?? '') && Node.isPropertyAccessExpression(callee))
    return isArray(callee.getExpression(), resolver)
  const fns = resolver.callees(value)
  return fns.length > 0 && fns.every((fn) => returnsArray(fn, resolver))
}

const arrayMethods = new Set(['map', 'filter', 'slice', 'sort', 'toSorted', 'flatMap', 'concat'])

function returnsArray(fn: FunctionNode, resolver: Resolver): boolean {
  const type = fn.getReturnTypeNode()
  const awaited =
    Node.isTypeReference(type) && type.getTypeName().getText() === 'Promise'
      ? type.getTypeArguments()[0]
      : type
  if (awaited) return isArrayType(awaited)
  return returnedExpressions(fn).every((expression) => {
    const value = resolver.definition(expression)
    return Node.isCallExpression(value) && isRows(value, resolver)
  })
}

function isArrayType(type: Node): boolean {
  if (Node.isArrayTypeNode(type) || Node.isTypeOperatorTypeNode(type)) return true
  return Node.isTypeReference(type) && /^(?:Readonly)?Array$/.test(type.getTypeName().getText())
}

function isRows(call: CallExpression, resolver: Resolver): boolean {
  return orms.some((orm) => orm.recognise(call, resolver, [])?.operation === 'many')
}

/** The call whose answer holds a list of rows: `result.rows`, `const { rows } = await query`, `const [rows] = await query`. */
function answerAround(value: Node, resolver: Resolver): CallExpression | null {
  if (Node.isPropertyAccessExpression(value) && value.getName() === 'rows') {
    const answer = resolver.definition(value.getExpression())
    return Node.isCallExpression(answer) ? answer : null
  }
  const pattern = Node.isBindingElement(value) ? value.getParent() : undefined
  const declaration = pattern?.getParent()
  if (!Node.isBindingElement(value) || !Node.isVariableDeclaration(declaration)) return null
  const isRowsOfAnswer = Node.isArrayBindingPattern(pattern)
    ? pattern.getElements()[0] === value
    : (value.getPropertyNameNode() ?? value.getNameNode()).getText() === 'rows'
  const initializer = declaration.getInitializer()
  const answer = isRowsOfAnswer && initializer ? resolver.definition(initializer) : undefined
  return Node.isCallExpression(answer) ? answer : null
}
