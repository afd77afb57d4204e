import { Node, SyntaxKind } from 'ts-morph'
import type { Bound } from '../../../facts.ts'
import type { Link } from './builder-chain.ts'
import { limitOf, type LimitContext } from './limit-value.ts'

/** The innermost condition under which a statement runs, of those that don't hold for the declaration too. */
export function conditionAround(node: Node, declaration: Node): Node | null {
  const shared = new Set(declaration.getAncestors())
  const branch = node
    .getAncestors()
    .find(
      (ancestor) =>
        !shared.has(ancestor) && (Node.isIfStatement(ancestor) || Node.isConditionalExpression(ancestor)),
    )
  if (Node.isIfStatement(branch)) return branch.getExpression()
  return Node.isConditionalExpression(branch) ? branch.getCondition() : null
}

/** Whether a condition may fail: none of the names in it has a default value. */
export function isWithoutDefault(condition: Node): boolean {
  const names =
    condition.getKind() === SyntaxKind.Identifier
      ? [condition]
      : condition.getDescendantsOfKind(SyntaxKind.Identifier)
  return !names.some((name) => {
    const declaration = name.getSymbol()?.getValueDeclaration()
    const initializer =
      Node.isVariableDeclaration(declaration) ||
      Node.isBindingElement(declaration) ||
      Node.isParameterDeclaration(declaration)
        ? declaration.getInitializer()
        : undefined
    if (Node.isBindingElement(declaration) || Node.isParameterDeclaration(declaration))
      return initializer !== undefined
    return initializer !== undefined && /\|\||\?\?|Math\.(?:min|max)|^\d+$/.test(initializer.getText())
  })
}

/**
 * What the calls that limit a builder do: they limit it, only if the client asks for it, or not at all. `start` is where
 * the builder is made; `zeroIsNone` tells that the library takes zero as no limit.
 */
export function limitBound(
  links: readonly Link[],
  start: Node,
  context: LimitContext,
  zeroIsNone = false,
): Extract<Bound, 'limit' | 'optional-limit'> | null {
  let bound: 'limit' | 'optional-limit' | null = null
  for (const { call, args } of links) {
    const [value] = args
    if (value && zeroIsNone && value.getText() === '0') continue
    const condition = conditionAround(call, start)
    const kind = value ? limitOf(context.reader.here(value), context) : 'limit'
    if (kind === 'limit' && !(condition && isWithoutDefault(condition))) return 'limit'
    if (kind !== null) bound = 'optional-limit'
  }
  return bound
}
