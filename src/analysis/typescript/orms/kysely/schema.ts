import { Node, type SourceFile, type ts, type TypeNode } from 'ts-morph'
import type { Column, Table } from '../../../facts.ts'
import { isSupportFile } from '../../../source-tree.ts'
import { fileOf, spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'

/** The tables of the type that databases are made with: `new Kysely<Database>()`. Indexes and foreign keys are in migrations. */
export function kyselyTables(program: Program, resolver: Resolver): Table[] {
  const types = program
    .filesWith('kysely')
    .filter((file) => !isSupportFile(fileOf(file)))
    .flatMap(mentionsIn)
    .flatMap((node) => databaseType(node, resolver) ?? [])
  const tables = [...new Set(types)].flatMap((type) => tablesOf(type))
  return tables.filter(({ name }, index) => tables.findIndex((table) => table.name === name) === index)
}

const found = new WeakMap<ts.SourceFile, readonly Node[]>()

/** The places in a file that may name the type of a database, for each state of the file. */
function mentionsIn(file: SourceFile): readonly Node[] {
  const known = found.get(file.compilerNode)
  if (known) return known
  const named = file.forEachDescendantAsArray().filter((node) => {
    const name = Node.isNewExpression(node)
      ? node.getExpression()
      : Node.isTypeReference(node)
        ? node.getTypeName()
        : undefined
    return name?.getText() === 'Kysely'
  })
  found.set(file.compilerNode, named)
  return named
}

/** The declaration of `Database` in `new Kysely<Database>(…)` and `Kysely<Database>`. */
function databaseType(node: Node, resolver: Resolver): Node | null {
  const isMade = Node.isNewExpression(node)
  if (!isMade && !Node.isTypeReference(node)) return null
  const name = isMade ? node.getExpression() : node.getTypeName()
  const [argument] = node.getTypeArguments()
  if (!Node.isIdentifier(name) || !argument || resolver.origin(name) !== '"kysely".Kysely') return null
  return declarationOf(argument)
}

/** The interface or literal type that a type stands for. */
function declarationOf(type: TypeNode): Node | null {
  if (Node.isTypeLiteral(type)) return type
  if (!Node.isTypeReference(type)) return null
  const symbol = type.getTypeName().getSymbol()
  const declaration = (symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol)?.getDeclarations()[0]
  if (Node.isInterfaceDeclaration(declaration)) return declaration
  const aliased = Node.isTypeAliasDeclaration(declaration) ? declaration.getTypeNode() : undefined
  return aliased ? declarationOf(aliased) : null
}

function tablesOf(database: Node): Table[] {
  return membersOf(database).flatMap((member): Table[] => {
    const type = member.getTypeNode()
    const row = type && declarationOf(type)
    if (!row) return []
    const columns = membersOf(row).map((column): Column => ({
      name: nameOf(column),
      type: columnType(column.getTypeNode()),
      foreignKey: false,
      span: spanOf(column),
    }))
    const primaryKey = columns.some(({ name }) => name === 'id') ? ['id'] : []
    return [
      {
        name: nameOf(member).split('.').at(-1) ?? '',
        orm: 'kysely',
        span: spanOf(member),
        columns,
        primaryKey,
        unique: primaryKey.length > 0 ? [primaryKey] : [],
        indexes: [],
        relations: [],
        indexesForeignKeys: null,
      },
    ]
  })
}

function membersOf(type: Node) {
  return Node.isInterfaceDeclaration(type) || Node.isTypeLiteral(type) ? type.getProperties() : []
}

function nameOf(member: { getName(): string }): string {
  return member.getName().replace(/^['"`]|['"`]$/g, '')
}

/** `number` of `Generated<number>` and `ColumnType<number, …>`. */
function columnType(type: TypeNode | undefined): string | null {
  const inner = Node.isTypeReference(type) ? type.getTypeArguments()[0] : undefined
  return inner ? columnType(inner) : (type?.getText() ?? null)
}
