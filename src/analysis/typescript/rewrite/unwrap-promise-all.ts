import { Node, SyntaxKind, type CallExpression, type SourceFile } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { fileOf } from '../program.ts'
import { bare, isFunction, returnedExpressions } from '../functions.ts'
import { indentOf } from './style.ts'

/**
 * Makes `await Promise.all(items.map(async (item) => …))` a plain `items.map((item) => …)` once its last `await`, the
 * given one, is gone with the expression that it is in. Nothing happens where the callback may still give a promise, or a
 * comment would be lost.
 */
export function unwrapPromiseAll(map: CallExpression, lastAwait: Node, replaced = lastAwait): FileEdit[] {
  const outer = map.getParent()?.getParent()
  const callback = map.getArguments()[0]
  const file = map.getSourceFile()
  if (!Node.isAwaitExpression(outer) || !isFunction(callback) || !callback.isAsync()) return []
  const awaits = callback.getDescendantsOfKind(SyntaxKind.AwaitExpression)
  const returnsValues = returnedExpressions(callback).every((value) =>
    Node.isObjectLiteralExpression(bare(value)),
  )
  if (awaits.length !== 1 || awaits[0] !== lastAwait || !returnsValues) return []
  const asyncKeyword = callback.getAsyncKeywordOrThrow()
  const removed = [
    { start: outer.getStart(), end: map.getStart() },
    { start: asyncKeyword.getStart(), end: asyncKeyword.getEnd() + 1 },
    { start: map.getEnd(), end: outer.getEnd() },
  ]
  const text = file.getFullText()
  if (removed.some(({ start, end }) => /\/[/*]/.test(text.slice(start, end)))) return []
  const isKept = ({ start, end }: { start: number; end: number }): boolean =>
    end <= replaced.getStart() || start >= replaced.getEnd()
  return [...removed, ...indentation(map, outer, file).filter(isKept)].map((range) => ({
    file: fileOf(map),
    ...range,
    text: '',
  }))
}

/** The white space by which the lines of a call stand further in than what it was wrapped in. */
function indentation(map: Node, outer: Node, file: SourceFile): { start: number; end: number }[] {
  const depth = indentOf(map).length - indentOf(outer).length
  const texts = map
    .forEachDescendantAsArray()
    .filter((node) => Node.isNoSubstitutionTemplateLiteral(node) || Node.isTemplateExpression(node))
  if (depth <= 0 || texts.some(isOnManyLines)) return []
  const text = file.getFullText()
  const lines = [...text.slice(map.getStart(), map.getEnd()).matchAll(/\n([ \t]*)/g)]
  return lines.flatMap(({ index, 1: white = '' }) => {
    const start = map.getStart() + index + 1
    return white === '' ? [] : [{ start, end: start + Math.min(depth, white.length) }]
  })
}

function isOnManyLines(node: Node): boolean {
  return node.getText().includes('\n')
}
