import { Node } from 'ts-morph'
import { bare } from '../../functions.ts'
import { declarationOf } from './option-object.ts'

/** Whether a text pattern starts with a wildcard: `'%a'`, `` `%${name}%` ``, `'%' + name`, or a variable that holds one. */
export function isLeadingWildcard(pattern: Node, depth = 0): boolean {
  const value = bare(pattern)
  if (Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value))
    return value.getLiteralText().startsWith('%')
  if (Node.isTemplateExpression(value)) return value.getHead().getLiteralText().startsWith('%')
  if (Node.isBinaryExpression(value)) return isLeadingWildcard(value.getLeft(), depth + 1)
  const declaration = depth < 3 ? declarationOf(value) : undefined
  const initializer = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  return initializer !== undefined && isLeadingWildcard(initializer, depth + 1)
}
