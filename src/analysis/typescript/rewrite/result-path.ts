import { Node, VariableDeclarationKind, type CallExpression, type Identifier } from 'ts-morph'
import { bare, symbolOf, type FunctionNode } from '../functions.ts'

/** What a function that does nothing but make one call returns of its result. */
export interface Returned {
  /** How to get from the awaited result to what is returned: `['rows', '0']`. */
  readonly path: readonly string[]
  /** What is returned where there is nothing at the end of the path. */
  readonly missing: 'undefined' | 'null'
}

/**
 * Reads a function that makes one call and returns its result or a part of it; null if it does anything else. Of a count,
 * `numbers` are the expressions that are its number.
 */
export function returnedOf(
  fn: FunctionNode,
  call: CallExpression,
  numbers?: readonly Node[],
): Returned | null {
  const body = fn.getBody()
  if (!body) return null
  if (!Node.isBlock(body)) return returnedIn(body, call, numbers)
  const statements = body.getStatements()
  const last = statements.at(-1)
  if (!Node.isReturnStatement(last)) return null
  const returned = returnedIn(last.getExpression(), call, numbers)
  let missing = returned?.missing ?? 'undefined'
  for (const statement of statements.slice(0, -1)) {
    if (isPartDeclared(statement, call)) continue
    const value = valueIfNothing(statement, call)
    if (value === null) return null
    missing = value
  }
  return returned && { path: returned.path, missing }
}

function returnedIn(
  expression: Node | undefined,
  call: CallExpression,
  numbers?: readonly Node[],
): Returned | null {
  if (!expression) return null
  const value = bare(expression)
  if (numbers)
    return numbers.some((number) => bare(number) === value) ? { path: [], missing: 'undefined' } : null
  if (Node.isBinaryExpression(value) && ['??', '||'].includes(value.getOperatorToken().getText())) {
    const fallback = value.getRight().getText()
    const path = pathTo(value.getLeft(), call)
    return path && (fallback === 'null' || fallback === 'undefined') ? { path, missing: fallback } : null
  }
  const path = pathTo(value, call)
  return path && { path, missing: 'undefined' }
}

/** `const [user] = await call`, `const user = result.rows[0]`. */
function isPartDeclared(statement: Node, call: CallExpression): boolean {
  if (!Node.isVariableStatement(statement)) return false
  return statement.getDeclarations().every((declaration) => {
    const value = declaration.getInitializer()
    return value !== undefined && pathTo(value, call) !== null
  })
}

/** `null` of `if (!user) return null`; null where a statement isn't that. */
function valueIfNothing(statement: Node, call: CallExpression): 'undefined' | 'null' | null {
  if (!Node.isIfStatement(statement) || statement.getElseStatement()) return null
  const then = statement.getThenStatement()
  const only = Node.isBlock(then) ? then.getStatements() : [then]
  const [exit] = only
  if (only.length !== 1 || !Node.isReturnStatement(exit)) return null
  const value = exit.getExpression()?.getText() ?? 'undefined'
  if (value !== 'undefined' && value !== 'null') return null
  return isNothing(statement.getExpression(), call) ? value : null
}

function isNothing(condition: Node, call: CallExpression): boolean {
  const test = bare(condition)
  if (Node.isPrefixUnaryExpression(test))
    return test.getText().startsWith('!') && isPart(test.getOperand(), call)
  if (!Node.isBinaryExpression(test)) return false
  const right = test.getRight().getText()
  const left = bare(test.getLeft())
  if (!/^={2,3}$/.test(test.getOperatorToken().getText())) return false
  if (right === 'null' || right === 'undefined') return isPart(left, call)
  const isNumber = Node.isPropertyAccessExpression(left) && ['length', 'rowCount'].includes(left.getName())
  return right === '0' && isNumber && isPart(left.getExpression(), call)
}

/** A part of the result, or its length. */
function isPart(node: Node, call: CallExpression): boolean {
  const part = bare(node)
  if (Node.isPropertyAccessExpression(part) && part.getName() === 'length')
    return pathTo(part.getExpression(), call) !== null
  return pathTo(part, call) !== null
}

/** The way from a call's awaited result to an expression, through variables, patterns, properties and indexes. */
function pathTo(node: Node, call: CallExpression, depth = 0): readonly string[] | null {
  const value = bare(node)
  if (value === call) return []
  if (depth > 8) return null
  if (Node.isPropertyAccessExpression(value))
    return joined(pathTo(value.getExpression(), call, depth + 1), value.getName())
  if (Node.isElementAccessExpression(value)) {
    const index = value.getArgumentExpression()
    if (!Node.isNumericLiteral(index)) return null
    return joined(pathTo(value.getExpression(), call, depth + 1), index.getText())
  }
  return Node.isIdentifier(value) ? pathToName(value, call, depth) : null
}

function pathToName(name: Identifier, call: CallExpression, depth: number): readonly string[] | null {
  const [declaration, another] = symbolOf(name)?.getDeclarations() ?? []
  if (another) return null
  if (Node.isVariableDeclaration(declaration)) {
    const value = declaration.getInitializer()
    return value && declaration.getVariableStatement()?.getDeclarationKind() === VariableDeclarationKind.Const
      ? pathTo(value, call, depth + 1)
      : null
  }
  return Node.isBindingElement(declaration) ? pathToElement(declaration, call, depth) : null
}

function pathToElement(element: Node, call: CallExpression, depth: number): readonly string[] | null {
  if (!Node.isBindingElement(element) || element.getInitializer() || element.getDotDotDotToken()) return null
  const pattern = element.getParent()
  const owner = pattern.getParent()
  const step = Node.isArrayBindingPattern(pattern)
    ? String(pattern.getElements().findIndex((candidate) => candidate === element))
    : (element.getPropertyNameNode() ?? element.getNameNode()).getText()
  if (Node.isBindingElement(owner)) return joined(pathToElement(owner, call, depth + 1), step)
  const value = Node.isVariableDeclaration(owner) ? owner.getInitializer() : undefined
  return value ? joined(pathTo(value, call, depth + 1), step) : null
}

function joined(path: readonly string[] | null, step: string): readonly string[] | null {
  return path && [...path, step]
}
