import { Node, type Expression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import type { TracedCall } from '../call-graph.ts'
import { argumentsOf, bare, isFunction, symbolOf } from '../functions.ts'
import type { Context } from './context.ts'
import { hasComment, replacement } from './placement.ts'
import { outermost, readsOf } from './rows.ts'

/** Calls that make a number of text. */
const conversions = /^(?:Number|(?:Number\.)?parse(?:Int|Float)|Math\.\w+)$/

/**
 * Keeps the page size that a client asks for below a maximum, where the text of the request becomes a number. Refuses where
 * that can't be found, or where the number may be missing.
 */
export function capLimit(
  { queries, page }: Extract<Intention, { kind: 'cap-limit' }>,
  { calls }: Context,
): FileEdit[] | null {
  const edits = queries.map((id) => {
    const call = calls.get(id)
    const limit = call?.trace.query.limit
    const source = call && limit ? sourceOf(limit, call, call.trace.steps.length - 1) : null
    return (
      source &&
      alike(source).map((each) => replacement(each, `Math.min(${each.getText()}, ${page.maximumLimit})`))
    )
  })
  return edits.some((edit) => edit === null) ? null : edits.flatMap((edit) => edit ?? [])
}

/** The same number wherever its function makes it anew, as for the rows to skip; once where a variable holds it. */
function alike(source: Node): Node[] {
  const fn = source.getFirstAncestor(isFunction)
  if (!fn || Node.isVariableDeclaration(outermost(source).getParent())) return [source]
  const text = source.getText()
  return fn.forEachDescendantAsArray().filter((node) => node.getText() === text && isNumber(node))
}

/** The expression that first has the number: in the function of a step, or where that is called. */
function sourceOf(limit: Node, call: TracedCall, index: number, depth = 0): Node | null {
  const value = bare(limit)
  if (depth > 8 || hasComment(value)) return null
  if (isNumber(value)) return value
  if (Node.isPropertyAccessExpression(value)) {
    const owner = propertyOf(value.getExpression(), value.getName())
    return owner && sourceOf(owner, call, index, depth + 1)
  }
  if (!Node.isIdentifier(value)) return null
  const [declaration, another] = symbolOf(value)?.getDeclarations() ?? []
  if (another || !declaration) return null
  if (Node.isVariableDeclaration(declaration)) {
    const initializer = declaration.getInitializer()
    return initializer && !isReassigned(declaration) ? sourceOf(initializer, call, index, depth + 1) : null
  }
  return Node.isParameterDeclaration(declaration) ? argumentOf(declaration, call, index, depth) : null
}

/** What the caller gives for a parameter, followed on in the caller. */
function argumentOf(parameter: Node, call: TracedCall, index: number, depth: number): Node | null {
  const step = call.trace.steps[index]
  const from = call.trace.steps[index - 1]
  if (!Node.isParameterDeclaration(parameter) || !step || !from) return null
  const position = step.fn.getParameters().findIndex((candidate) => candidate === parameter)
  const argument = argumentsOf(from.call)[position]
  if (position < 0 || !argument || Node.isSpreadElement(argument)) return null
  return sourceOf(argument, call, index - 1, depth + 1)
}

/** The value that an object literal held by a constant gives a property. */
function propertyOf(owner: Expression, name: string): Node | null {
  const declaration = Node.isIdentifier(owner) ? symbolOf(owner)?.getValueDeclaration() : undefined
  const value = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  if (!Node.isObjectLiteralExpression(value)) return null
  const property = value.getProperty(name)
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  return Node.isPropertyAssignment(property) ? (property.getInitializer() ?? null) : null
}

/** Whether an expression is sure to be a number, whatever the client sends. */
function isNumber(node: Node): boolean {
  const value = bare(node)
  if (Node.isNumericLiteral(value)) return true
  if (Node.isCallExpression(value)) return conversions.test(value.getExpression().getText())
  if (Node.isPrefixUnaryExpression(value)) return value.getText().startsWith('+')
  if (Node.isConditionalExpression(value))
    return isNumber(value.getWhenTrue()) && isNumber(value.getWhenFalse())
  if (!Node.isBinaryExpression(value)) return false
  const operator = value.getOperatorToken().getText()
  if (['||', '??'].includes(operator)) return isNumber(value.getLeft()) && isNumber(value.getRight())
  return ['*', '-', '/', '%', '**'].includes(operator)
}

function isReassigned(declaration: Node): boolean {
  const name = Node.isVariableDeclaration(declaration) ? declaration.getNameNode() : undefined
  if (!Node.isIdentifier(name)) return true
  return readsOf(name).some((use) => {
    const parent = use.getParent()
    return (
      Node.isBinaryExpression(parent) &&
      parent.getLeft() === use &&
      /^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
    )
  })
}
