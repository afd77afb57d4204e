import { Node, SyntaxKind, type BinaryExpression } from 'ts-morph'
import { symbolOf } from './functions.ts'
import { identifiersIn, isInside } from './loops.ts'
import type { Way } from './ways.ts'

/**
 * Whether a loop over rows keeps one of them, or a value of one, in a variable outside of it: `last = row.time`; not where
 * the variable gathers them, or is put into a list inside the loop.
 */
export function isPickedUp(target: Node, assignment: BinaryExpression, { walk }: Way): boolean {
  if (!walk || !Node.isIdentifier(target) || assignment.getOperatorToken().getText() !== '=') return false
  const symbol = symbolOf(target)
  const declaration = symbol?.getValueDeclaration()
  if (!declaration || isInside(declaration, walk)) return false
  return identifiersIn(walk)
    .filter((use) => use.getText() === target.getText() && symbolOf(use) === symbol)
    .every((use) => isOnlyCompared(use, walk))
}

/** A use of a variable that hands it to nobody: it is assigned, compared or calculated with. */
function isOnlyCompared(use: Node, walk: Node): boolean {
  for (let inner = use, at = use.getParent(); at && at !== walk; inner = at, at = at.getParent()) {
    if (Node.isPropertyAccessExpression(at)) {
      if (/^(?:push|unshift|concat|add|set)$/.test(at.getName())) return false
      continue
    }
    if (Node.isCallExpression(at) && at.getExpression() === inner) continue
    if (Node.isBinaryExpression(at) && at.getLeft() === inner && at.getOperatorToken().getText() === '=')
      return true
    if (
      Node.isBinaryExpression(at) ||
      Node.isPrefixUnaryExpression(at) ||
      Node.isParenthesizedExpression(at)
    ) {
      if (isComparison(at)) return true
      continue
    }
    return Node.isIfStatement(at) || Node.isConditionalExpression(at)
  }
  return false
}

const calculating = new Set(['-', '*', '/', '===', '!==', '==', '!=', '<', '>', '<=', '>='])

function isComparison(node: Node): boolean {
  if (Node.isPrefixUnaryExpression(node)) return node.getOperatorToken() === SyntaxKind.ExclamationToken
  return Node.isBinaryExpression(node) && calculating.has(node.getOperatorToken().getText())
}

/** Whether a value is what items are counted under: `counts[row.status]++`, `counts.set(key, (counts.get(key) ?? 0) + 1)`. */
export function isCountedUp(access: Node): boolean {
  const parent = access.getParent()
  if (Node.isCallExpression(access)) return addsOne(access.getArguments()[1], '.get(')
  if (Node.isPostfixUnaryExpression(parent) || Node.isPrefixUnaryExpression(parent)) {
    const operator = parent.getOperatorToken()
    return operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken
  }
  if (!Node.isBinaryExpression(parent) || parent.getLeft() !== access) return false
  const operator = parent.getOperatorToken().getText()
  const added = parent.getRight()
  if (operator === '+=') return Node.isNumericLiteral(added)
  return operator === '=' && addsOne(added, access.getText())
}

/** `(counts.get(key) ?? 0) + 1`, of what is written in it. */
function addsOne(value: Node | undefined, counted: string): boolean {
  return (
    Node.isBinaryExpression(value) &&
    value.getOperatorToken().getText() === '+' &&
    Node.isNumericLiteral(value.getRight()) &&
    value.getLeft().getText().includes(counted)
  )
}

/**
 * Whether a node is the start of a tally by group, to which each row of the group adds: `{ name: row.name, total: 0 }` in
 * `groups.set(row.groupId, …)` or `groups[row.groupId] = …`. Not where the key is that of the rows.
 */
export function isTally(node: Node): boolean {
  if (!Node.isObjectLiteralExpression(node)) return false
  const values = node
    .getProperties()
    .map((each) => (Node.isPropertyAssignment(each) ? each.getInitializer() : undefined))
  if (
    values.some(
      (value) => value === undefined || Node.isArrayLiteralExpression(value) || Node.isIdentifier(value),
    )
  )
    return false
  return values.some((value) => Node.isNumericLiteral(value)) && isKeptByGroup(node)
}

function isKeptByGroup(tally: Node): boolean {
  const parent = tally.getParent()
  if (Node.isCallExpression(parent)) {
    const callee = parent.getExpression()
    const [key, value] = parent.getArguments()
    const isSet = Node.isPropertyAccessExpression(callee) && callee.getName() === 'set' && value === tally
    return isSet && key !== undefined && !isOwnKey(key)
  }
  if (!Node.isBinaryExpression(parent) || parent.getRight() !== tally) return false
  const holder = parent.getLeft()
  const key = Node.isElementAccessExpression(holder)
    ? holder.getArgumentExpression()
    : Node.isCallExpression(holder) && holder.getExpression().getText().endsWith('.get')
      ? holder.getArguments()[0]
      : undefined
  return key !== undefined && !isOwnKey(key)
}

function isOwnKey(key: Node): boolean {
  return /(?:\.|^)_?id\b\W*(?:toString\W*)?$/.test(key.getText())
}
