import { Node, type CallExpression, type Identifier } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { TracedCall } from '../call-graph.ts'
import { bare, isFunction } from '../functions.ts'
import type { Addition } from '../orms/orm.ts'
import { primaryKeyOf } from '../tables.ts'
import type { Context, TracedSite } from './context.ts'
import { hasComment, statementOf } from './placement.ts'
import { readsOf } from './rows.ts'

/** A change and the call that writes it. */
interface Written {
  readonly call: TracedCall
  readonly addition: Omit<Addition, 'primaryKey'>
}

/**
 * Lets the database add or subtract, in the words of the library at hand, where an update says the change itself
 * (`update({ stock: product.stock - 1 })`) or a row is saved of which nothing else was changed. What the row holds in
 * memory stays as it is, for the code that reads it.
 */
export function atomicUpdate({ site }: SiteIntention, context: Context): FileEdit[] | null {
  const traced = context.sites.get(site)
  if (traced?.facts.detail.kind !== 'read-modify-write') return null
  const { column } = traced.facts.detail
  const written = Node.isPropertyAssignment(traced.node)
    ? inUpdate(traced, column, context)
    : inSave(traced.node, column, context)
  if (!written) return null
  const { trace, facts } = written.call
  const query = trace.steps.at(-1)?.call
  if (!query || !Node.isCallExpression(query) || hasComment(query)) return null
  const addition = { ...written.addition, primaryKey: primaryKeyOf(facts, context.tables) }
  const edits = trace.orm.increment?.(query, addition, context.resolver) ?? null
  return edits && edits.length > 0 ? edits : null
}

/** `update({ stock: product.stock - amount })` */
function inUpdate({ node }: TracedSite, column: string, { calls }: Context): Written | null {
  const value = Node.isPropertyAssignment(node) ? node.getInitializer() : undefined
  const sum = value && sumOf(value)
  const read = sum ? bare(sum.left) : undefined
  if (!Node.isPropertyAssignment(node) || !sum || !Node.isPropertyAccessExpression(read)) return null
  if (read.getName() !== column) return null
  const call = [...calls.values()].find(({ trace }) => {
    const query = trace.steps.at(-1)?.call
    return query !== undefined && isWithin(node, query)
  })
  if (!call) return null
  const { operator, amount } = sum
  return { call, addition: { property: node, row: null, column, operator, amount } }
}

/** `product.stock -= amount`, and `product.save()` in the same block. */
function inSave(change: Node, column: string, { calls }: Context): Written | null {
  const statement = change.getParent()
  const found = changeInPlace(change)
  const row = found?.target
  if (!found || !row || !Node.isExpressionStatement(statement)) return null
  const saves = [...calls.values()].filter(({ trace }) => {
    const save = trace.query.operation === 'save' ? trace.steps.at(-1)?.call : undefined
    return (
      save !== undefined &&
      save.getStart() > change.getEnd() &&
      statementOf(save)?.getParent() === statement.getParent() &&
      namesIn(save).includes(row.getText())
    )
  })
  const [call] = saves
  const save = call?.trace.steps.at(-1)?.call
  const declaration = row.getSymbol()?.getValueDeclaration()
  if (!call || !save || saves.some(({ trace }) => trace.steps.at(-1)?.call !== save)) return null
  const name = Node.isVariableDeclaration(declaration) ? declaration.getNameNode() : undefined
  if (!Node.isIdentifier(name) || !readsOf(name).every((use) => isHarmless(use, change, save))) return null
  const { operator, amount } = found
  return { call, addition: { property: null, row: row.getText(), column, operator, amount } }
}

/** Whether a use of the row neither changes it nor hands it to code that could, before it is saved. */
function isHarmless(use: Identifier, change: Node, save: Node): boolean {
  const ancestors = use.getAncestors()
  if (ancestors.includes(change) || ancestors.includes(save)) return true
  const parent = use.getParent()
  if (Node.isPropertyAccessExpression(parent) && parent.getExpression() === use) {
    const outer = parent.getParent()
    if (Node.isCallExpression(outer) && outer.getExpression() === parent)
      return /^(?:toJSON|toObject|get)$/.test(parent.getName())
    const isWritten =
      Node.isPostfixUnaryExpression(outer) ||
      Node.isDeleteExpression(outer) ||
      (Node.isBinaryExpression(outer) &&
        outer.getLeft() === parent &&
        /^[^=!<>]*=$/.test(outer.getOperatorToken().getText()))
    return !isWritten
  }
  return (
    use.getStart() > save.getEnd() ||
    Node.isPrefixUnaryExpression(parent) ||
    Node.isIfStatement(parent) ||
    (Node.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.getOperatorToken().getText()))
  )
}

interface Change {
  readonly target: Identifier
  readonly operator: '+' | '-'
  readonly amount: string
}

/** What `row.x++`, `row.x += n` and `row.x = row.x + n` change. */
function changeInPlace(node: Node): Change | null {
  const operand =
    Node.isPostfixUnaryExpression(node) || Node.isPrefixUnaryExpression(node)
      ? node.getOperand()
      : Node.isBinaryExpression(node)
        ? node.getLeft()
        : undefined
  const target = Node.isPropertyAccessExpression(operand) ? operand.getExpression() : undefined
  if (!operand || !Node.isIdentifier(target)) return null
  if (!Node.isBinaryExpression(node))
    return { target, operator: node.getText().includes('++') ? '+' : '-', amount: '1' }
  const operator = node.getOperatorToken().getText()
  const right = node.getRight()
  if (operator === '+=') return { target, operator: '+', amount: termOf(right) }
  if (operator === '-=') return { target, operator: '-', amount: termOf(right) }
  const sum = operator === '=' ? sumOf(right) : null
  return sum && bare(sum.left).getText() === operand.getText()
    ? { target, operator: sum.operator, amount: sum.amount }
    : null
}

function sumOf(value: Node): { left: Node; operator: '+' | '-'; amount: string } | null {
  const sum = bare(value)
  if (!Node.isBinaryExpression(sum)) return null
  const operator = sum.getOperatorToken().getText()
  if (operator !== '+' && operator !== '-') return null
  return { left: sum.getLeft(), operator, amount: termOf(sum.getRight()) }
}

function termOf(node: Node): string {
  return bare(node).getText()
}

function namesIn(call: Node): string[] {
  return call
    .forEachDescendantAsArray()
    .filter(Node.isIdentifier)
    .map((name) => name.getText())
}

function isWithin(node: Node, outer: Node): outer is CallExpression {
  return (
    node.getAncestors().includes(outer) &&
    node.getFirstAncestor(isFunction) === outer.getFirstAncestor(isFunction)
  )
}
