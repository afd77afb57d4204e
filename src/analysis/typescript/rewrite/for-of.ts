import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { isFunction } from '../functions.ts'
import type { Context } from './context.ts'
import { returnsOf } from './returns.ts'

/**
 * Makes `items.forEach(async (item) => { … })` a `for (const item of items) { … }` that waits. Null where the callback
 * takes more than the item, leaves early, or the function around it can't wait.
 */
export function forOf({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const call = sites.get(site)?.node
  if (!Node.isCallExpression(call) || !Node.isExpressionStatement(call.getParent())) return null
  const callee = call.getExpression()
  const [callback, ...others] = call.getArguments()
  if (!Node.isPropertyAccessExpression(callee) || callee.hasQuestionDotToken() || others.length > 0)
    return null
  if (!Node.isArrowFunction(callback) || !call.getFirstAncestor(isFunction)?.isAsync()) return null
  const [item, ...more] = callback.getParameters()
  const body = callback.getBody()
  if (!item || more.length > 0 || item.getInitializer() || !Node.isBlock(body)) return null
  if (returnsOf(callback).length > 0) return null
  const file = call.getSourceFile().getFilePath().slice(1)
  const head = `for (const ${item.getNameNode().getText()} of ${callee.getExpression().getText()}) `
  const between = call.getSourceFile().getFullText().slice(call.getStart(), body.getStart())
  if (/\/[/*]/.test(between)) return null
  return [
    { file, start: call.getStart(), end: body.getStart(), text: head },
    { file, start: body.getEnd(), end: call.getParentOrThrow().getEnd(), text: '' },
  ]
}
