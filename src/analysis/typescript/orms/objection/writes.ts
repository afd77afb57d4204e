import { Node, type CallExpression } from 'ts-morph'
import { fileOf } from '../../program.ts'
import { calleeName, type ClassNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import type { Link } from '../reading/builder-chain.ts'
import { textWith } from '../reading/chain-edits.ts'
import { lineage } from '../reading/decorators.ts'
import { isDirectModel, relationsOf } from './models.ts'
import type { SingleWrite } from '../orm.ts'

/** Drivers of databases that Objection inserts only one row at a time into. */
const oneRowDrivers = ['sqlite3', 'better-sqlite3', 'mysql', 'mysql2', 'oracledb']
/** Static members that say nothing of how a row is written. */
const plainStatics = new Set(['tableName', 'idColumn', 'relationMappings', 'modifiers', 'modelPaths'])

/**
 * `Tag.query().insert(row)` as a write of many rows: by Objection itself on PostgreSQL, else by Knex, past the model, where
 * the model does nothing with a row on its way to the database.
 */
export function singleInsertOfModel(
  call: CallExpression,
  start: CallExpression,
  model: ClassNode | null,
  [insert, ...others]: readonly Link[],
  resolver: Resolver,
): SingleWrite | null {
  const [row, ...more] = insert?.args ?? []
  if (insert?.name !== 'insert' || others.length > 0 || !row || more.length > 0) return null
  if (calleeName(start) !== 'query' || Node.isArrayLiteralExpression(row)) return null
  if (isPostgres(call, resolver))
    return { row, forRows: (rows) => textWith(call, row, rows), givesRows: true }
  const callee = start.getExpression()
  const transaction = transactionOf(start, resolver)
  if (!model || transaction === null || !Node.isPropertyAccessExpression(callee)) return null
  if (!writesAsGiven(model, resolver) || !isPlainRow(row, model, resolver)) return null
  const query = `${callee.getExpression().getText()}.knexQuery()${transaction}`
  return { row, forRows: (rows) => `${query}.insert(${rows})` }
}

function isPostgres(call: CallExpression, resolver: Resolver): boolean {
  const has = (name: string): boolean => resolver.program.dependencyVersion(fileOf(call), name) !== null
  return has('pg') && !oneRowDrivers.some(has)
}

/** `.transacting(trx)` for `query(trx)`, nothing for `query()`; null where something else is given. */
function transactionOf(start: CallExpression, resolver: Resolver): string | null {
  const [given, ...others] = start.getArguments()
  if (!given) return ''
  const isTransaction = /transaction|Transaction/.test(resolver.origin(given) ?? '')
  return isTransaction && others.length === 0 ? `.transacting(${given.getText()})` : null
}

/** Whether a model has no hooks, validation, mappers or initial values that a row passes on its way to the database. */
function writesAsGiven(model: ClassNode, resolver: Resolver): boolean {
  const classes = lineage(model, resolver)
  const [top] = classes
  if (!top || !isDirectModel(top, resolver)) return false
  return classes.every(
    (each) =>
      each.getConstructors().length === 0 &&
      each
        .getInstanceMembers()
        .every((member) => !isInitialized(member) && !member.getName()?.startsWith('$')) &&
      each
        .getStaticMembers()
        .every((member) =>
          Node.isMethodDeclaration(member)
            ? !/^(?:\w*Insert|query|knexQuery|from\w*|createValidator|ensure\w*)$/.test(member.getName())
            : plainStatics.has(member.getName()),
        ),
  )
}

function isInitialized(member: Node): boolean {
  return Node.isPropertyDeclaration(member) && member.getInitializer() !== undefined
}

/** Whether a row holds nothing that a model would leave out: rows of relations. */
function isPlainRow(row: Node, model: ClassNode, resolver: Resolver): boolean {
  const relations = relationsOf(model, resolver)
  if (relations.length === 0) return true
  return (
    Node.isObjectLiteralExpression(row) &&
    row
      .getProperties()
      .every(
        (property) =>
          (Node.isPropertyAssignment(property) || Node.isShorthandPropertyAssignment(property)) &&
          !relations.some(({ name }) => name === property.getName()),
      )
  )
}
