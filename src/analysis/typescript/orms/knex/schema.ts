import { Node, type CallExpression } from 'ts-morph'
import type { Column, Table } from '../../../facts.ts'
import { calleeName, isFunction } from '../../functions.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { textOf, textsOf } from '../reading/decorators.ts'

const keys = new Set(['increments', 'bigIncrements'])
const notColumns = new Set([
  'primary',
  'unique',
  'index',
  'foreign',
  'timestamps',
  'comment',
  'engine',
  'charset',
  'collate',
  'inherits',
  'specificType',
  'dropColumn',
  'check',
  'setNullable',
])

/** The tables that `schema.createTable('posts', (table) => …)` creates; `isSchema` tells the schema builder of Knex. */
export function knexTables(
  program: Program,
  resolver: Resolver,
  isSchema: (node: Node, resolver: Resolver) => boolean,
): Table[] {
  return ['createTable', 'createTableIfNotExists']
    .flatMap((name) => program.callsNamed(name))
    .flatMap((call): Table[] => {
      const [first, build] = call.getArguments()
      const name = textOf(first)
      const parameter = isFunction(build) ? build.getParameters()[0] : undefined
      if (name === null || !isFunction(build) || !parameter || !startsWithSchema(call, resolver, isSchema))
        return []
      const chains = build
        .forEachDescendantAsArray()
        .filter(Node.isCallExpression)
        .filter((each) => startOf(each)?.getText() === parameter.getName())
      return [tableOf(name, chains, call)]
    })
}

/** `db.schema.createTable(…)`, also as a later step of `db.schema.createTable(…).createTable(…)`. */
function startsWithSchema(
  call: CallExpression,
  resolver: Resolver,
  isSchema: (node: Node, resolver: Resolver) => boolean,
): boolean {
  let node: Node = call
  while (Node.isCallExpression(node) || Node.isPropertyAccessExpression(node)) {
    if (Node.isPropertyAccessExpression(node) && node.getName() === 'schema')
      return isSchema(node.getExpression(), resolver)
    node = node.getExpression()
  }
  return false
}

/** What the method of a column or constraint is called on: `table` of `table.string('title')`. */
function startOf(call: CallExpression): Node | undefined {
  const callee = call.getExpression()
  return Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
}

function tableOf(name: string, entries: readonly CallExpression[], place: Node): Table {
  const named = entries.filter((entry) => !notColumns.has(calleeName(entry) ?? ''))
  const columns = named.flatMap((entry): Column[] => {
    const column = columnOf(entry)
    return column === null
      ? []
      : [
          {
            name: column,
            type: calleeName(entry),
            foreignKey: follows(entry, 'references'),
            span: spanOf(entry),
          },
        ]
  })
  const times = entries
    .filter((entry) => calleeName(entry) === 'timestamps')
    .flatMap((entry) =>
      ['created_at', 'updated_at'].map((column): Column => ({
        name: column,
        type: 'timestamp',
        foreignKey: false,
        span: spanOf(entry),
      })),
    )
  const having = (step: string): string[][] =>
    named
      .filter((entry) => follows(entry, step))
      .flatMap((entry) => columnOf(entry) ?? [])
      .map((column) => [column])
  const sets = (step: string): string[][] =>
    entries.filter((entry) => calleeName(entry) === step).map((entry) => setOf(entry.getArguments()[0]))
  const increments = named
    .filter((entry) => keys.has(calleeName(entry) ?? ''))
    .map((entry) => columnOf(entry) ?? 'id')
  const primaryKey = sets('primary')[0] ?? having('primary')[0] ?? increments
  return {
    name,
    orm: 'knex',
    span: spanOf(place),
    columns: [...columns, ...times],
    primaryKey,
    unique: [...(primaryKey.length > 0 ? [primaryKey] : []), ...having('unique'), ...sets('unique')],
    indexes: [...having('index'), ...sets('index')],
    relations: [],
    indexesForeignKeys: null,
  }
}

function columnOf(entry: CallExpression): string | null {
  const [first] = entry.getArguments()
  return first ? textOf(first) : keys.has(calleeName(entry) ?? '') ? 'id' : null
}

function setOf(argument: Node | undefined): string[] {
  const one = textOf(argument)
  return one === null ? textsOf(argument) : [one]
}

/** Whether a step follows in the chain that a column starts. */
function follows(entry: CallExpression, step: string): boolean {
  let node: Node = entry
  for (let parent = node.getParent(); Node.isPropertyAccessExpression(parent); parent = node.getParent()) {
    if (parent.getName() === step) return true
    const call = parent.getParent()
    if (!Node.isCallExpression(call)) return false
    node = call
  }
  return false
}
