import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import type { Resolver } from '../../resolver.ts'
import { insertion } from '../../rewrite/placement.ts'
import { databaseChain, linkNamed } from './chain.ts'
import { relationalCall } from './relational.ts'
import { inLiteral, objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import type { Query, Rewritten, SingleWrite } from '../orm.ts'
import { argumentOf, has } from '../reading/written-options.ts'
import { ValueReader } from '../reading/value-reader.ts'

const countable = new Set(['select', 'from', 'where', 'orderBy', 'all', 'execute'])
const insertLinks = new Set(['insert', 'values', 'onConflictDoNothing', 'returning', 'run', 'execute'])

/** `insert(t).values(row)` as one of a list of rows. */
export function singleWrite(call: CallExpression, query: Query, resolver: Resolver): SingleWrite | null {
  const chain = databaseChain(call, resolver)
  const row = chain && linkNamed(chain.links, 'values')?.args[0]
  if (!chain || !row || query.operation !== 'insert' || query.bulk) return null
  if (chain.links.some(({ name }) => !insertLinks.has(name)) || Node.isArrayLiteralExpression(row))
    return null
  const start = row.getStart() - call.getStart()
  const text = call.getText()
  return {
    row,
    forRows: (rows) => text.slice(0, start) + rows + text.slice(start + row.getText().length),
  }
}

/** `db.$count(t, where)` for what a select reads. */
export function count(call: CallExpression, resolver: Resolver): Rewritten | null {
  const chain = databaseChain(call, resolver)
  const table = chain && linkNamed(chain.links, 'from')?.args[0]
  if (!chain || !table || chain.links.some(({ name }) => !countable.has(name))) return null
  const where = linkNamed(chain.links, 'where')?.args[0]
  const args = where ? [table, where] : [table]
  return { text: `${chain.start.getText()}.$count(${args.map((arg) => arg.getText()).join(', ')})` }
}

/** Restricts a select, or a relational query, to some columns. */
export function selectColumns(
  call: CallExpression,
  columns: readonly string[],
  resolver: Resolver,
): FileEdit[] | null {
  if (columns.length === 0) return null
  if (isRelational(call, resolver)) {
    const given = argumentOf(call)
    if (given === null || has(given, ['columns'])) return null
    const text = objectText(columns.map((name) => ({ name, text: 'true' })))
    return withEntries(call, 0, [{ name: 'columns', text }])
  }
  const chain = databaseChain(call, resolver)
  const table = chain && linkNamed(chain.links, 'from')?.args[0]
  const select = chain?.links.find(({ name }) => name === 'select' || name === 'selectDistinct')
  if (!chain || !table || !select || select.args.length > 0) return null
  if (chain.links.some(({ name }) => /join/i.test(name))) return null
  const entries = columns.map((name) => ({ name, text: `${table.getText()}.${name}` }))
  return [insertion(select.call, select.call.getEnd() - 1, objectText(entries))]
}

/** Adds a relation to what a relational query brings along. */
export function include(
  call: CallExpression,
  query: Query,
  relation: string,
  resolver: Resolver,
): FileEdit[] | null {
  const given = argumentOf(call)
  if (!isRelational(call, resolver) || given === null) return null
  if (query.includes.some((included) => included.relation === relation)) return null
  const entry: NewEntry = { name: relation, text: 'true' }
  const property = given?.getProperty('with')
  if (!property) return withEntries(call, 0, [{ name: 'with', text: objectText([entry]) }])
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  return Node.isObjectLiteralExpression(value) ? inLiteral(value, [entry]) : null
}

function isRelational(call: CallExpression, resolver: Resolver): boolean {
  return relationalCall(call, resolver, new ValueReader(resolver, [])) !== null
}
