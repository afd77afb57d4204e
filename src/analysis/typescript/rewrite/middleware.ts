import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { insertion } from './placement.ts'
import { addSnippet, type Snippet } from './snippet.ts'
import { indentOf, styleOf } from './style.ts'

/** Adds a middleware to a file and puts it directly before the handler of a route's registration. */
export function addMiddleware(
  { site }: SiteIntention,
  snippet: Snippet,
  { sites }: Context,
): FileEdit[] | null {
  const registration = sites.get(site)?.node.getParent()
  if (!Node.isCallExpression(registration)) return null
  const args = registration.getArguments()
  const handler = args.at(-1)
  if (!handler || args.some((argument) => Node.isSpreadElement(argument))) return null
  const added = addSnippet(registration, snippet)
  if (!added) return null
  const { lineBreak } = styleOf(registration.getSourceFile())
  const previous = args.at(-2)
  const gap = handler.getSourceFile().getFullText().slice(previous?.getEnd(), handler.getStart())
  const isOnOwnLine = previous !== undefined && gap.includes('\n')
  const separator = isOnOwnLine ? `,${lineBreak}${indentOf(handler)}` : ', '
  return [...added, insertion(handler, handler.getStart(), snippet.names[0] + separator)]
}
