import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { Column, Relation, Table } from '../../../facts.ts'
import { bare, isFunction, returnedExpressions } from '../../functions.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { columnReference, nameOfTable } from './names.ts'
import { relationsIn } from './relations.ts'
import { propertyName } from '../reading/value-reader.ts'

/** A table and the call that declares it. */
export interface DeclaredTable {
  readonly table: Table
  readonly call: CallExpression
}

const tableMaker =
  /^"drizzle-orm\/(pg|mysql|sqlite|singlestore|gel|cockroach|mssql)-core"\.\w+?(?:Table(?:\.withRLS)?|TableCreator\(\)|Schema\(\)\.table)$/
const makers = ['pgTable', 'mysqlTable', 'sqliteTable', 'singlestoreTable', 'gelTable', 'table', 'withRLS']
const creators = ['pgTableCreator', 'mysqlTableCreator', 'sqliteTableCreator', 'singlestoreTableCreator']

/** One call of a chain of calls, the innermost first: `integer()`, `.notNull()`, `.references(…)`. */
interface ChainedCall {
  readonly name: string
  readonly call: CallExpression
}

/** All tables of a program, by the names of the constants that hold them. */
export function declaredTables(program: Program, resolver: Resolver): ReadonlyMap<string, DeclaredTable> {
  const own = creators
    .flatMap((name) => program.callsNamed(name))
    .flatMap((call) => {
      const variable = call.getParent()
      return Node.isVariableDeclaration(variable) ? [variable.getName()] : []
    })
  const tables = new Map<string, DeclaredTable>()
  const relations = relationsIn(program, resolver)
  for (const call of [...new Set([...makers, ...own])].flatMap((name) => program.callsNamed(name))) {
    const name = nameOfTable(call)
    const dialect = tableMaker.exec(resolver.origin(call.getExpression()) ?? '')?.[1]
    if (name === null || dialect === undefined || tables.has(name)) continue
    tables.set(name, { call, table: readTable(name, call, dialect, relations.get(name) ?? [], resolver) })
  }
  return tables
}

/** The object that declares a table's columns. */
export function columnsOf(call: CallExpression, resolver: Resolver): ObjectLiteralExpression | null {
  const columns = call.getArguments()[1]
  const value = columns && resolver.definition(columns)
  const literal = isFunction(value) ? returnedExpressions(value).map(bare)[0] : value
  return Node.isObjectLiteralExpression(literal) ? literal : null
}

/** The indexes and keys that a table's last argument declares. */
export function extrasOf(call: CallExpression): {
  readonly list: Node | null
  readonly items: readonly Node[]
} {
  const extras = call.getArguments()[2]
  const list = isFunction(extras) ? returnedExpressions(extras).map(bare)[0] : extras
  if (Node.isArrayLiteralExpression(list)) return { list, items: list.getElements() }
  if (!Node.isObjectLiteralExpression(list)) return { list: null, items: [] }
  const items = list
    .getProperties()
    .flatMap((property) => (Node.isPropertyAssignment(property) ? (property.getInitializer() ?? []) : []))
  return { list, items }
}

function readTable(
  name: string,
  call: CallExpression,
  dialect: string,
  relations: readonly Relation[],
  resolver: Resolver,
): Table {
  const literal = columnsOf(call, resolver)
  const declared = literal ? columnProperties(literal, resolver) : []
  const extras = extrasOf(call).items.map(readExtra)
  const named = (kind: string): string[][] =>
    extras.flatMap(({ kind: own, columns }) => (own === kind && columns.length > 0 ? [columns] : []))
  const foreign = new Set([...named('foreignKey').flat(), ...relations.flatMap(({ columns }) => columns)])
  const columns = declared.map(({ name: column, node, chain }): Column => ({
    name: column,
    ...storedName(chain[0]?.call, column),
    type: chain[0]?.name ?? null,
    foreignKey: foreign.has(column) || chain.some((link) => link.name === 'references'),
    span: spanOf(node),
  }))
  const marked = (mark: string): string[] =>
    declared.filter(({ chain }) => chain.some((link) => link.name === mark)).map((column) => column.name)
  const primaryKey = named('primaryKey')[0] ?? marked('primaryKey')
  return {
    name,
    ...storedName(call, name),
    orm: 'drizzle',
    span: spanOf(call),
    columns,
    primaryKey,
    unique: [
      ...(primaryKey.length > 0 ? [primaryKey] : []),
      ...marked('unique').map((column) => [column]),
      ...named('unique'),
      ...named('uniqueIndex'),
    ],
    indexes: named('index'),
    relations,
    indexesForeignKeys: dialect === 'mysql',
  }
}

/** What the first argument names in the database, where that is another name. */
function storedName(call: CallExpression | undefined, name: string): { readonly storedAs?: string } {
  const [first] = call?.getArguments() ?? []
  const storedAs = Node.isStringLiteral(first) ? first.getLiteralText() : name
  return storedAs === name ? {} : { storedAs }
}

interface DeclaredColumn {
  readonly name: string
  readonly node: Node
  readonly chain: readonly ChainedCall[]
}

function columnProperties(literal: ObjectLiteralExpression, resolver: Resolver, depth = 0): DeclaredColumn[] {
  return literal.getProperties().flatMap((property): DeclaredColumn[] => {
    if (Node.isSpreadAssignment(property)) {
      const value = resolver.instance(property.getExpression())
      return Node.isObjectLiteralExpression(value) && depth < 4
        ? columnProperties(value, resolver, depth + 1)
        : []
    }
    const name = propertyName(property)
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    if (name === null) return []
    return [{ name, node: property, chain: value ? chainOf(resolver.instance(value)) : [] }]
  })
}

function chainOf(node: Node): ChainedCall[] {
  const value = bare(node)
  if (!Node.isCallExpression(value)) return []
  const callee = value.getExpression()
  if (Node.isPropertyAccessExpression(callee))
    return [...chainOf(callee.getExpression()), { name: callee.getName(), call: value }]
  return [{ name: callee.getText(), call: value }]
}

/** `index('x').on(t.a, t.b)`, `primaryKey({ columns: [t.a, t.b] })`, `unique().on(t.a)`. */
function readExtra(node: Node): { kind: string; columns: string[] } {
  const chain = chainOf(node)
  const kind = chain[0]?.name.replace(/^.*\./, '') ?? ''
  const [options] = chain[0]?.call.getArguments() ?? []
  if (Node.isObjectLiteralExpression(options)) {
    const columns = options.getProperty('columns')
    const list = Node.isPropertyAssignment(columns) ? columns.getInitializer() : undefined
    return { kind, columns: Node.isArrayLiteralExpression(list) ? list.getElements().flatMap(columnIn) : [] }
  }
  const listing = chain.find(({ name }) => ['on', 'onOnly', 'using'].includes(name)) ?? chain[0]
  return { kind, columns: (listing?.call.getArguments() ?? []).flatMap(columnIn) }
}

/** The column of `t.a` or `t.a.desc()`. */
function columnIn(node: Node): string[] {
  const value = bare(node)
  if (Node.isCallExpression(value) && Node.isPropertyAccessExpression(value.getExpression())) {
    const callee = value.getExpression()
    return Node.isPropertyAccessExpression(callee) ? columnIn(callee.getExpression()) : []
  }
  const found = columnReference(value)
  return found ? [found.column] : []
}
