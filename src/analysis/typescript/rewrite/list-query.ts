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
  const [holder, ofHolder] = keyPath(key)?.names ?? []
  const table = tableOf(list.facts, tables)
  const target = tableOf(lookup.facts, tables)
  const fits = ({ name, many, columns, references, target: referred }: Relation): boolean =>
    !many &&
    target !== undefined &&
    referred === target.name &&
    columns.length === 1 &&
    (ofHolder === undefined ? columns[0] === holder : name === holder && references[0] === ofHolder) &&
    references.length === 1 &&
    references[0] === column
  const [relation, another] = table?.relations.filter(fits) ?? []
  return relation && !another && list.facts.orm === lookup.facts.orm ? relation : null
}

/** What a key is read of: `post.authorId`, or `post.author.id` where the row holds a reference; null for anything else. */
export function keyPath(key: Node): { readonly item: Identifier; readonly names: readonly string[] } | null {
  const names: string[] = []
  let node = bare(key)
  while (Node.isPropertyAccessExpression(node) && !node.hasQuestionDotToken()) {
    names.unshift(node.getName())
    node = bare(node.getExpression())
  }
  return Node.isIdentifier(node) && (names.length === 1 || names.length === 2) ? { item: node, names } : null
}
