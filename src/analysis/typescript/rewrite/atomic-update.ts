import { Node, type CallExpression, type PropertyAssignment } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { bare, calleeName, isFunction } from '../functions.ts'
import { fileOf } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import type { Context, TracedSite } from './context.ts'
import { styleOf } from './style.ts'

/** A change that an update writes: `stock: product.stock - amount`. */
interface Change {
  readonly property: PropertyAssignment
  readonly column: string
  readonly operator: '+' | '-'
  readonly amount: string
}

/**
 * Lets the database add or subtract in an update that says the change itself, in the words of the library at hand: Prisma
 * and Knex. Null for rows that are changed and saved, and for other libraries.
 */
export function atomicUpdate(
  { site }: SiteIntention,
  { sites, calls, resolver }: Context,
): FileEdit[] | null {
  const traced = sites.get(site)
  const change = traced && changeOf(traced)
  const update = change?.property.getFirstAncestor(Node.isCallExpression)
  if (!change || !update) return null
  const call = [...calls.values()].find(({ trace }) => {
    const query = trace.steps.at(-1)?.call
    return query !== undefined && (query === update || isWithin(update, query))
  })
  const text = call && textFor(call.trace.orm.id, change, update, resolver)
  if (!text) return null
  const value = change.property.getInitializerOrThrow()
  return [{ file: fileOf(value), start: value.getStart(), end: value.getEnd(), text }]
}

function isWithin(node: Node, outer: Node): boolean {
  return (
    node.getAncestors().includes(outer) &&
    node.getFirstAncestor(isFunction) === outer.getFirstAncestor(isFunction)
  )
}

function changeOf({ node, facts }: TracedSite): Change | null {
  if (facts.detail.kind !== 'read-modify-write' || !Node.isPropertyAssignment(node)) return null
  const value = node.getInitializer()
  const sum = value && bare(value)
  if (!Node.isBinaryExpression(sum)) return null
  const operator = sum.getOperatorToken().getText()
  const read = bare(sum.getLeft())
  const { column } = facts.detail
  if ((operator !== '+' && operator !== '-') || !Node.isPropertyAccessExpression(read)) return null
  if (read.getName() !== column) return null
  return { property: node, column, operator, amount: sum.getRight().getText() }
}

function textFor(
  orm: string,
  { property, column, operator, amount }: Change,
  update: CallExpression,
  resolver: Resolver,
): string | null {
  const holder = property.getParent()?.getParent()
  if (orm === 'prisma') {
    const isData = Node.isPropertyAssignment(holder) && holder.getName() === 'data'
    return isData ? `{ ${operator === '+' ? 'increment' : 'decrement'}: ${amount} }` : null
  }
  if (orm !== 'knex' || calleeName(update) !== 'update' || holder !== update) return null
  const client = clientOf(update, resolver)
  const { quote } = styleOf(update.getSourceFile())
  return client && `${client}.raw(${quote(`?? ${operator} ?`)}, [${quote(column)}, ${amount}])`
}

/** The name of the Knex instance that a chain starts with. */
function clientOf(update: CallExpression, resolver: Resolver): string | null {
  let node: Node = update
  while (Node.isCallExpression(node) || Node.isPropertyAccessExpression(node)) node = node.getExpression()
  return Node.isIdentifier(node) && resolver.origin(node) !== null ? node.getText() : null
}
