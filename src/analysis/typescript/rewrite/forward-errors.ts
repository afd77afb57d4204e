import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { fileOf } from '../program.ts'
import type { Context } from './context.ts'
import { isUsed } from './names.ts'
import { insertion } from './placement.ts'
import { indentOf, styleOf } from './style.ts'

/** Puts the body of an Express handler into a `try` whose `catch` hands the error to `next`, which it gets as a parameter. */
export function forwardErrors({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const fn = sites.get(site)?.fn
  const body = fn?.getBody()
  if (!fn || !Node.isBlock(body) || body.getStatements().length === 0) return null
  const parameters = fn.getParameters()
  const [request, response, next] = parameters
  if (!request || !response || parameters.length > 3) return null
  if (!next && (isUsed('next', fn) || response.getTypeNode())) return null
  const name = next?.getName() ?? 'next'
  const { indent, end, lineBreak } = styleOf(fn.getSourceFile())
  const outer = indentOf(body)
  const text = body.getSourceFile().getFullText()
  const inside = text.slice(body.getStart() + 1, body.getEnd() - 1)
  if (/`/.test(inside) || !/^[ \t]*\r?\n/.test(inside)) return null
  const indented = inside.replace(/\n(?=[^\r\n])/g, `\n${indent}`).trimEnd()
  const wrapped = [
    `{${lineBreak}${outer}${indent}try {${indented}`,
    `${outer}${indent}} catch (error) {`,
    `${outer}${indent}${indent}${name}(error)${end}`,
    `${outer}${indent}}`,
    `${outer}}`,
  ].join(lineBreak)
  const edit = { file: fileOf(fn), start: body.getStart(), end: body.getEnd(), text: wrapped }
  return next ? [edit] : [insertion(fn, response.getEnd(), ', next'), edit]
}
