import { Node, ts, type ParameterDeclaration } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import type { FunctionNode } from '../../functions.ts'
import { fileOf } from '../../program.ts'
import type { RequestQuery } from '../framework.ts'

/** How a handler reaches something of its request. */
export interface Reach {
  /** The index of the parameter that it is a part of. */
  readonly position: number
  /** What that parameter is usually called. */
  readonly name: string
  /** What follows the parameter: `query` of `req.query`; also what a pattern takes out of it. */
  readonly property: string
  /** Whether the parameter may be added to a handler without any. */
  readonly add: boolean
}

/** Source text by which a handler reaches a property of one of its parameters, and edits that make it usable. */
export function parameterText(fn: FunctionNode, reach: Reach): RequestQuery | null {
  const parameter = fn.getParameters()[reach.position]
  if (!parameter) return reach.add && fn.getParameters().length === 0 ? added(fn, reach) : null
  const name = parameter.getNameNode()
  if (Node.isObjectBindingPattern(name)) return unpacked(parameter, fn, reach)
  if (!Node.isIdentifier(name)) return null
  const text = name.getText()
  const plain = text.replace(/^_+/, '') || reach.name
  const isUnused = !fn.getBodyText()?.match(new RegExp(`\\b(?:${text}|${plain})\\b`))
  if (text === plain || !isUnused) return { text: `${text}.${reach.property}`, edits: [] }
  return { text: `${plain}.${reach.property}`, edits: [edit(fn, name.getStart(), name.getEnd(), plain)] }
}

/** `({ body }, res)` gets `query` beside `body`. */
function unpacked(parameter: ParameterDeclaration, fn: FunctionNode, reach: Reach): RequestQuery | null {
  const pattern = parameter.getNameNode()
  if (!Node.isObjectBindingPattern(pattern) || !/^\w+$/.test(reach.property)) return null
  const elements = pattern.getElements()
  const taken = elements.find(
    (element) => (element.getPropertyNameNode() ?? element.getNameNode()).getText() === reach.property,
  )
  if (taken) {
    const local = taken.getNameNode()
    return Node.isIdentifier(local) ? { text: local.getText(), edits: [] } : null
  }
  const last = elements.at(-1)
  const isFree = !new RegExp(`\\b${reach.property}\\b`).test(fn.getText())
  if (!last || last.getDotDotDotToken() || !isFree || parameter.getTypeNode()) return null
  return { text: reach.property, edits: [edit(fn, last.getEnd(), last.getEnd(), `, ${reach.property}`)] }
}

/** A handler without parameters gets one, where its type follows from where the handler stands. */
function added(fn: FunctionNode, reach: Reach): RequestQuery | null {
  const open = fn.getFirstChildByKind(ts.SyntaxKind.OpenParenToken)
  const isTyped = /\.[cm]?tsx?$/.test(fileOf(fn))
  const isFree = !new RegExp(`\\b${reach.name}\\b`).test(fn.getText())
  if (!open || !isFree || (isTyped && !Node.isCallExpression(fn.getParent()))) return null
  return {
    text: `${reach.name}.${reach.property}`,
    edits: [edit(fn, open.getEnd(), open.getEnd(), reach.name)],
  }
}

function edit(fn: FunctionNode, start: number, end: number, text: string): FileEdit {
  return { file: fileOf(fn), start, end, text }
}
