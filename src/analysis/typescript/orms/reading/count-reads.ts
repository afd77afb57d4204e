import { Node, VariableDeclarationKind, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { hasComment, replacement } from '../../rewrite/placement.ts'
import type { CountReads } from '../orm.ts'
import { usesOfName } from './first-row.ts'

/** The way from what a count gives to the number: `['0', 'count']`; null for a property that goes by any name. */
export type CountPath = readonly (string | null)[]

/** What is read of a count, and what the property that holds the number is called. */
export interface FoundReads {
  readonly reads: CountReads
  readonly property: string
}

/** A value on the way to the number, and what of the way is left. */
interface Position {
  readonly node: Node
  readonly rest: CountPath
  readonly property: string | null
}

/**
 * Finds the places where what an awaited count gives is read as a number: `Number(rows[0].count)`. Null where it is used
 * in any other way, which could tell the text that some drivers give from the number; `isNumber` where none does. What
 * `isSynchronous` calls give isn't awaited.
 */
export function countReads(
  call: CallExpression,
  path: CountPath,
  isNumber: boolean,
  isSynchronous = false,
): FoundReads | null {
  const awaited = isSynchronous ? call : call.getParent()
  if (!awaited || (!isSynchronous && !Node.isAwaitExpression(awaited))) return null
  const at = along({ node: awaited, rest: path, property: null })
  const owner = at.node.getParent()
  if (!Node.isVariableDeclaration(owner)) {
    const read = numberAt(at, isNumber)
    const isCommented =
      read &&
      (hasComment(read, read.getStart(), call.getStart()) || hasComment(read, call.getEnd(), read.getEnd()))
    return read && !isCommented && at.property !== null
      ? { reads: { place: read, numbers: [read], edits: [] }, property: at.property }
      : null
  }
  const isConstant = owner.getVariableStatement()?.getDeclarationKind() === VariableDeclarationKind.Const
  const declared = isConstant && !owner.getTypeNode() ? named(owner.getNameNode(), at) : null
  if (!declared) return null
  const uses = usesOfName(declared.node).map((node) => along({ ...declared, node }))
  const numbers = uses.map((use) => numberAt(use, isNumber))
  const [property, ...others] = new Set(uses.map((use) => use.property))
  if (property === undefined || property === null || others.length > 0) return null
  const name = declared.node.getText()
  const edits = numbers.flatMap((read): FileEdit[] => (read ? editTo(name, read) : []))
  if (!numbers.every(isOnOneLine) || hasComment(owner.getNameNode())) return null
  const isRenamed = owner.getNameNode() !== declared.node
  return {
    reads: {
      place: at.node,
      numbers: numbers.filter((read) => read !== null),
      edits: [...(isRenamed ? [replacement(owner.getNameNode(), name)] : []), ...edits],
    },
    property,
  }
}

function isOnOneLine(read: Node | null): boolean {
  return read !== null && !read.getText().includes('\n') && !hasComment(read)
}

/** Follows properties and indexes outwards as far as they lead to the number. */
function along(from: Position): Position {
  const outer = wrapped(from.node)
  const parent = outer.getParent()
  const [step, ...rest] = from.rest
  const name = step === undefined ? null : memberName(parent, outer)
  if (name === null || !parent || (step !== null && step !== name)) return { ...from, node: outer }
  return along({ node: parent, rest, property: rest.length === 0 ? name : from.property })
}

/** The name or index by which a node reads a part of an object. */
function memberName(node: Node | undefined, object: Node): string | null {
  if (Node.isPropertyAccessExpression(node) && node.getExpression() === object) return node.getName()
  if (!Node.isElementAccessExpression(node) || node.getExpression() !== object) return null
  const index = node.getArgumentExpression()
  if (Node.isNumericLiteral(index)) return index.getText()
  return Node.isStringLiteral(index) ? index.getLiteralValue() : null
}

/** The only name in a pattern that follows the way to the number: `count` of `[{ count }]`. */
function named(pattern: Node, at: Position): Position | null {
  if (Node.isIdentifier(pattern)) return { ...at, node: pattern }
  const [step, ...rest] = at.rest
  const isArray = Node.isArrayBindingPattern(pattern)
  if (step === undefined || (!isArray && !Node.isObjectBindingPattern(pattern))) return null
  const [element, ...others] = pattern.getElements()
  if (!Node.isBindingElement(element) || others.length > 0) return null
  if (element.getInitializer() || element.getDotDotDotToken()) return null
  const key = element.getPropertyNameNode() ?? element.getNameNode()
  const name = isArray ? '0' : Node.isStringLiteral(key) ? key.getLiteralValue() : key.getText()
  if (step !== null && step !== name) return null
  return named(element.getNameNode(), { ...at, rest, property: rest.length === 0 ? name : at.property })
}

/** The expression that makes a number of what stands at the end of the way. */
function numberAt({ node, rest }: Position, isNumber: boolean): Node | null {
  if (rest.length > 0) return null
  const value = withFallback(node)
  const parent = value.getParent()
  if (Node.isPrefixUnaryExpression(parent)) return parent.getText().startsWith('+') ? parent : null
  if (Node.isCallExpression(parent) && parent.getArguments()[0] === value && isConversion(parent))
    return parent
  return isNumber && !Node.isVariableDeclaration(parent) ? value : null
}

function isConversion(call: CallExpression): boolean {
  const [, radix, ...others] = call.getArguments()
  if (others.length > 0 || (radix && radix.getText() !== '10')) return false
  return /^(?:Number|(?:Number\.)?parseInt)$/.test(call.getExpression().getText())
}

/** A value with the zero that stands in for it where there is none. */
function withFallback(node: Node): Node {
  const outer = wrapped(node)
  const parent = outer.getParent()
  const isFallback =
    Node.isBinaryExpression(parent) &&
    parent.getLeft() === outer &&
    /^(?:\?\?|\|\|)$/.test(parent.getOperatorToken().getText()) &&
    /^(?:0n?|['"]0['"])$/.test(parent.getRight().getText())
  return isFallback ? withFallback(parent) : outer
}

/** A node with the parentheses and type assertions around it. */
function wrapped(node: Node): Node {
  const parent = node.getParent()
  const isWrapper =
    Node.isParenthesizedExpression(parent) ||
    Node.isAsExpression(parent) ||
    Node.isSatisfiesExpression(parent) ||
    Node.isNonNullExpression(parent)
  return isWrapper ? wrapped(parent) : node
}

/** The name instead of the expression that read the number, without saying it twice. */
function editTo(name: string, read: Node): FileEdit[] {
  const property = read.getParent()
  if (read.getText() === name) return []
  return Node.isPropertyAssignment(property) && property.getName() === name
    ? [replacement(property, name)]
    : [replacement(read, name)]
}
