import { Node, type CallExpression } from 'ts-morph'
import { bare } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'

/** The name by which queries know the table that an expression stands for, or null. */
export function tableName(expression: Node, resolver: Resolver): string | null {
  const node = resolver.definition(expression)
  if (Node.isCallExpression(node)) {
    const [aliased] = node.getArguments()
    if (/(?:^|\.)alias$|^alias/.test(node.getExpression().getText()) && aliased)
      return tableName(aliased, resolver)
    return nameOfTable(node)
  }
  if (Node.isPropertyAccessExpression(node))
    return isModule(node.getExpression(), resolver) ? node.getName() : null
  if (Node.isImportSpecifier(node)) return node.getName()
  return Node.isIdentifier(node) && node === expression ? node.getText() : null
}

/** `schema.posts` of a module that isn't in the program, or of an object that can't be read. */
function isModule(owner: Node, resolver: Resolver): boolean {
  const node = resolver.definition(owner)
  return !Node.isCallExpression(node) && !Node.isPropertyAccessExpression(node)
}

/** The column that an expression names, `posts.id`, and the expression of its table; null for others. */
export function columnReference(node: Node): { readonly column: string; readonly table: Node } | null {
  const value = bare(node)
  if (!Node.isPropertyAccessExpression(value)) return null
  return { column: value.getName(), table: value.getExpression() }
}

/** The name of the constant that holds what a call declares, or null. */
export function nameOfTable(call: CallExpression): string | null {
  let node = call.getParent()
  while (Node.isAsExpression(node) || Node.isSatisfiesExpression(node)) node = node.getParent()
  return Node.isVariableDeclaration(node) ? node.getName() : null
}
