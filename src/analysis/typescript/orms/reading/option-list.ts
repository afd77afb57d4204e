import { Node, type CallExpression, type VariableDeclaration } from 'ts-morph'
import { bare, returnedExpressions } from '../../functions.ts'
import {
  argumentFor,
  declarationOf,
  isConditional,
  maximumDepth,
  maybe,
  referencesBefore,
  type OptionContext,
  type OptionEntry,
} from './option-object.ts'

/** The items of a list as far as the code shows them: literals, spreads, and what is pushed onto a variable. */
export function readItems(node: Node | undefined, context: OptionContext, depth = 0): OptionEntry[] {
  if (!node || depth > maximumDepth) return []
  const value = bare(node)
  const read = (part: Node): OptionEntry[] => readItems(part, context, depth + 1)
  if (Node.isArrayLiteralExpression(value))
    return value.getElements().flatMap((element) => {
      if (Node.isSpreadElement(element)) return read(element.getExpression())
      const item = bare(element)
      if (Node.isBinaryExpression(item) && item.getOperatorToken().getText() === '&&')
        return [{ name: '', value: item.getRight(), certain: false }]
      return [{ name: '', value: element, certain: true }]
    })
  if (Node.isConditionalExpression(value))
    return [...read(value.getWhenTrue()), ...read(value.getWhenFalse())].map(maybe)
  if (Node.isBinaryExpression(value) && value.getOperatorToken().getText() === '&&')
    return read(value.getRight()).map(maybe)
  if (Node.isCallExpression(value)) return itemsOfCall(value, read, context)
  if (!Node.isIdentifier(value)) return []
  const declaration = declarationOf(value)
  if (Node.isVariableDeclaration(declaration))
    return [...read(declaration.getInitializer() ?? declaration), ...pushedTo(declaration, value)]
  if (!Node.isParameterDeclaration(declaration)) return read(context.resolver.definition(value))
  const given = argumentFor(declaration, context)
  return given ? readItems(given.argument, { ...context, callers: given.callers }, depth + 1) : []
}

/** `list.filter(Boolean)`, `list.concat(other)`, or what a function of this project returns. */
function itemsOfCall(
  call: CallExpression,
  read: (part: Node) => OptionEntry[],
  { resolver }: OptionContext,
): OptionEntry[] {
  const callee = call.getExpression()
  const name = Node.isPropertyAccessExpression(callee) ? callee.getName() : ''
  if (Node.isPropertyAccessExpression(callee) && name === 'filter') return read(callee.getExpression())
  if (Node.isPropertyAccessExpression(callee) && name === 'concat')
    return [callee.getExpression(), ...call.getArguments()].flatMap(read)
  return resolver.callees(call).flatMap(returnedExpressions).flatMap(read)
}

function pushedTo(declaration: VariableDeclaration, use: Node): OptionEntry[] {
  return referencesBefore(declaration, use).flatMap((reference) => {
    const access = reference.getParent()
    const call = access?.getParent()
    if (!Node.isPropertyAccessExpression(access) || !Node.isCallExpression(call)) return []
    if (access.getName() !== 'push' && access.getName() !== 'unshift') return []
    const certain = !isConditional(reference, use)
    return call.getArguments().map((value) => ({ name: '', value, certain }))
  })
}
