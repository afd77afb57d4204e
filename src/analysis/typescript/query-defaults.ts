import { Node, SyntaxKind, type BinaryExpression } from 'ts-morph'
import { isFunction } from './functions.ts'
import { Topic } from './memo.ts'
import type { Resolver } from './resolver.ts'

/** What middleware makes of a value of the query: it always has one, or one within a maximum. */
export type QueryDefault = 'present' | 'capped'

const defaults = new Topic<QueryDefault | null>(null)

/** What middleware makes of a value of the query before handlers read it: `req.query.limit = Number(…) || 20`. */
export function queryDefault(name: string, resolver: Resolver): QueryDefault | null {
  if (!/^\w+$/.test(name)) return null
  return resolver.remember(defaults, name, () => {
    const found = resolver.program
      .filesWith(new RegExp(`\\bquery\\.${name}\\s*=[^=]`))
      .flatMap((file) => file.getDescendantsOfKind(SyntaxKind.BinaryExpression))
      .filter((node) => isSetByMiddleware(node, name))
      .map((node) => node.getRight())
    if (found.some((value) => /\bMath\.min\(|\bclamp\w*\(/i.test(value.getText()))) return 'capped'
    return found.some(alwaysHasValue) ? 'present' : null
  })
}

function isSetByMiddleware(node: BinaryExpression, name: string): boolean {
  const target = node.getLeft()
  if (node.getOperatorToken().getText() !== '=' || !Node.isPropertyAccessExpression(target)) return false
  const owner = target.getExpression()
  const ownerName = Node.isPropertyAccessExpression(owner) ? owner.getName() : owner.getText()
  const parameters = node.getFirstAncestor(isFunction)?.getParameters() ?? []
  return (
    target.getName() === name &&
    ownerName === 'query' &&
    parameters.some((parameter) => parameter.getName() === 'next')
  )
}

/** `parse(value) || 20` */
function alwaysHasValue(value: Node): boolean {
  return Node.isBinaryExpression(value) && /^(?:\|\||\?\?)$/.test(value.getOperatorToken().getText())
}
