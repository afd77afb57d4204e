import { Node, VariableDeclarationKind, type Identifier } from 'ts-morph'
import type { Relation, Table } from '../../facts.ts'
import type { TracedCall } from '../call-graph.ts'
import { bare, symbolOf } from '../functions.ts'
import { tableOf } from '../tables.ts'
import type { LoopShape } from './batch-loop.ts'
import type { Context } from './context.ts'

/** The query in the same function that read the items of a loop into a variable, with that variable's name. */
export interface ListQuery {
  readonly call: TracedCall
  readonly name: Identifier
}

/** Finds the query whose rows a loop walks over, by the variable that holds them; null where they come from elsewhere. */
export function listQueryOf({ items }: LoopShape, context: Context): ListQuery | null {
  const [declaration, another] = Node.isIdentifier(items) ? (symbolOf(items)?.getDeclarations() ?? []) : []
  if (!Node.isVariableDeclaration(declaration) || another || declaration.getTypeNode()) return null
  const name = declaration.getNameNode()
  const initializer = declaration.getInitializer()
  const isConstant =
    declaration.getVariableStatement()?.getDeclarationKind() === VariableDeclarationKind.Const
  if (!Node.isIdentifier(name) || !initializer || !isConstant) return null
  const value = bare(initializer)
  const call = [...context.calls.values()].find(({ trace: { query } }) => query.value === value)
  return call?.facts.operation === 'many' ? { call, name } : null
}

/** The to-one relation of the items' table whose foreign key is the key of a loop's look-up, or null. */
export function relationOf(
  { call: list }: ListQuery,
  { key }: LoopShape,
  lookup: TracedCall,
  column: string,
  tables: readonly Table[],
): Relation | null {
  const foreignKey = Node.isPropertyAccessExpression(key)
    ? key.getName()
    : Node.isNonNullExpression(key)
      ? (/\.(\w+)!$/.exec(key.getText())?.[1] ?? null)
      : null
  const table = tableOf(list.facts, tables)
  const target = tableOf(lookup.facts, tables)
  const fits = ({ many, columns, references, target: name }: Relation): boolean =>
    !many &&
    target !== undefined &&
    name === target.name &&
    columns.length === 1 &&
    columns[0] === foreignKey &&
    references.length === 1 &&
    references[0] === column
  const [relation, another] = table?.relations.filter(fits) ?? []
  return relation && !another && list.facts.orm === lookup.facts.orm ? relation : null
}
