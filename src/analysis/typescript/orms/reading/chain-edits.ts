import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { fileOf } from '../../program.ts'
import { indentOf, lineLength, styleOf } from '../../rewrite/style.ts'
import { separatorBefore, type Link } from './builder-chain.ts'

/** Edits that add calls behind an expression of a chain, on lines of their own where the chain has such or gets too long. */
export function appendedSteps(at: Node, steps: readonly string[], last: Link | undefined): FileEdit {
  const style = styleOf(at.getSourceFile())
  const end = at.getEnd()
  const inLine = { file: fileOf(at), start: end, end, text: steps.join('') }
  const onLines = separatorBefore(last) || style.lineBreak + indentOf(at) + style.indent
  const isShort = separatorBefore(last) === '' && lineLength(at) + inLine.text.length <= 110
  return isShort ? inLine : { ...inLine, text: steps.map((step) => onLines + step).join('') }
}

/** Edits that add one call whose function is given as lines. */
export function appendedBlock(at: Node, lines: readonly string[], last: Link | undefined): FileEdit {
  const style = styleOf(at.getSourceFile())
  const end = at.getEnd()
  const onLines = separatorBefore(last) || style.lineBreak + indentOf(at) + style.indent
  return { file: fileOf(at), start: end, end, text: lines.map((line) => onLines + line).join('') }
}

/** Source text of an expression with some of the calls in its chain left out, and others written anew. */
export function chainText(
  outer: Node,
  links: readonly Link[],
  written: (link: Link) => string | null,
): string {
  const start = outer.getStart()
  const changes = links.flatMap((link) => {
    const text = written(link)
    const callee = link.call.getExpression()
    if (text === null || !Node.isPropertyAccessExpression(callee)) return []
    return [{ start: callee.getExpression().getEnd() - start, end: link.call.getEnd() - start, text }]
  })
  return changes
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (text, change) => text.slice(0, change.start) + change.text + text.slice(change.end),
      outer.getText(),
    )
}

/** Whether an expression holds a comment, which writing it anew could lose. */
export function holdsComment(node: Node): boolean {
  return /\/[/*]/.test(node.getText().replace(/(['"`])(?:\\.|(?!\1).)*\1/gs, ''))
}

/** Source text of an expression with one node in it replaced. */
export function textWith(outer: Node, part: Node, text: string): string {
  const start = outer.getStart()
  return (
    outer.getText().slice(0, part.getStart() - start) + text + outer.getText().slice(part.getEnd() - start)
  )
}

/** Whether a call is the whole of its chain: nothing is called on what it gives. */
export function isOutermost(call: CallExpression): boolean {
  const parent = call.getParent()
  return !(
    Node.isPropertyAccessExpression(parent) &&
    parent.getExpression() === call &&
    Node.isCallExpression(parent.getParent())
  )
}
