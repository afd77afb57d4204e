import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { insertion, lineEnd } from './placement.ts'
import { indentOf, styleOf } from './style.ts'

/** Adds a `return` on the line after an answer that ends a block. */
export function returnAfterResponse({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const statement = sites.get(site)?.node.getParent()
  if (!Node.isExpressionStatement(statement) || !Node.isBlock(statement.getParent())) return null
  const { end, lineBreak } = styleOf(statement.getSourceFile())
  return [insertion(statement, lineEnd(statement), `${lineBreak}${indentOf(statement)}return${end}`)]
}
