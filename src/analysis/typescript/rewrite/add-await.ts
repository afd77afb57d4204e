import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { insertion } from './placement.ts'

/** Puts `await` before a query, in a function that is asynchronous already. */
export function addAwait({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const found = sites.get(site)
  if (!found?.fn?.isAsync() || !Node.isCallExpression(found.node)) return null
  const parent = found.node.getParent()
  const stands = Node.isExpressionStatement(parent) || Node.isVariableDeclaration(parent)
  return stands ? [insertion(found.node, found.node.getStart(), 'await ')] : null
}
