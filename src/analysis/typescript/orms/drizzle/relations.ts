import { Node, type CallExpression } from 'ts-morph'
import type { Relation } from '../../../facts.ts'
import { bare, calleeName, isFunction, returnedExpressions } from '../../functions.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { columnReference, tableName } from './names.ts'
import { propertyName } from '../reading/value-reader.ts'

/** The relations of all tables: `relations(posts, ({ one }) => …)` and `defineRelations(schema, (r) => …)`. */
export function relationsIn(program: Program, resolver: Resolver): ReadonlyMap<string, readonly Relation[]> {
  const found = new Map<string, Relation[]>()
  const add = (table: string | null, relations: readonly Relation[]): void => {
    if (table !== null) found.set(table, [...(found.get(table) ?? []), ...relations])
  }
  const isDrizzle = (call: CallExpression): boolean =>
    resolver.origin(call.getExpression())?.startsWith('"drizzle-orm') === true
  for (const call of program.callsNamed('relations').filter(isDrizzle)) {
    const [table] = call.getArguments()
    if (table)
      add(
        tableName(table, resolver),
        membersOf(call).flatMap((each) => relationOf(each, resolver) ?? []),
      )
  }
  for (const call of ['defineRelations', 'defineRelationsPart']
    .flatMap((name) => program.callsNamed(name))
    .filter(isDrizzle))
    for (const { name, value } of membersOf(call))
      if (Node.isObjectLiteralExpression(value))
        add(
          name,
          entriesOf(value).flatMap((each) => relationOf(each, resolver) ?? []),
        )
  return found
}

interface Member {
  readonly name: string
  readonly node: Node
  readonly value: Node
}

/** The properties of the object that a call's callback gives. */
function membersOf(call: CallExpression): Member[] {
  const callback = call.getArguments()[1]
  const returned = isFunction(callback) ? returnedExpressions(callback).map(bare)[0] : undefined
  return Node.isObjectLiteralExpression(returned) ? entriesOf(returned) : []
}

function entriesOf(object: Node): Member[] {
  if (!Node.isObjectLiteralExpression(object)) return []
  return object.getProperties().flatMap((node): Member[] => {
    const name = propertyName(node)
    const value = Node.isPropertyAssignment(node) ? node.getInitializer() : undefined
    return name !== null && value ? [{ name, node, value: bare(value) }] : []
  })
}

/** `one(users, { fields, references })`, `many(comments)`, `r.one.users({ from, to })`. */
function relationOf({ name, node, value }: Member, resolver: Resolver): Relation | null {
  if (!Node.isCallExpression(value)) return null
  const kind = /\bmany\b/.test(value.getExpression().getText()) ? 'many' : 'one'
  const [first, second] = value.getArguments()
  const isNew = Node.isPropertyAccessExpression(value.getExpression())
  const target = isNew ? calleeName(value) : first ? tableName(first, resolver) : null
  if (target === null) return null
  const options = isNew ? first : second
  return {
    name,
    target,
    many: kind === 'many',
    columns: [...columnsIn(options, 'fields'), ...(kind === 'one' ? columnsIn(options, 'from') : [])],
    references: [...columnsIn(options, 'references'), ...(kind === 'one' ? columnsIn(options, 'to') : [])],
    eager: false,
    span: spanOf(node),
  }
}

function columnsIn(options: Node | undefined, name: string): string[] {
  const property = Node.isObjectLiteralExpression(options) ? options.getProperty(name) : undefined
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  const nodes = Node.isArrayLiteralExpression(value) ? value.getElements() : value ? [value] : []
  return nodes.flatMap((each) => columnReference(each)?.column ?? [])
}
