import { Node } from 'ts-morph'
import type { Column, Relation, Table } from '../../../facts.ts'
import { isClass } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import {
  decoratorsOf,
  isTrue,
  lineage,
  objectsIn,
  propertyOf,
  textOf,
  textsOf,
} from '../reading/decorators.ts'
import { associationsOf, type Association } from './associations.ts'
import { keepsTimes, sequelizePackages, type Model } from './declarations.ts'
import { modelsOf } from './models.ts'
import { withForeignKeys } from '../reading/foreign-keys.ts'

/** An attribute of a model, and what its declaration says of it. */
interface Attribute {
  readonly name: string
  readonly type: string | null
  readonly isPrimary: boolean
  /** The name of the unique set it belongs to, itself where it is unique alone, or null. */
  readonly unique: string | null
  readonly isIndexed: boolean
  readonly refersTo: boolean
  readonly storedAs?: string
  readonly node: Node
}

const tables = new Topic<readonly Table[]>([])

/** The tables that models declare. */
export function modelTables(program: Program, resolver: Resolver): Table[] {
  const read = resolver.remember(tables, 'all', () => {
    const dialect = dialectIn(program)
    return [...new Set(modelsOf(resolver).byName.values())].map((model) => tableOf(model, dialect, resolver))
  })
  return [...read]
}

/** The table of a model by the model's name. */
export function modelTable(name: string, resolver: Resolver): Table | undefined {
  return modelTables(resolver.program, resolver).find((table) => table.name === name)
}

function tableOf(model: Model, dialect: string | null, resolver: Resolver): Table {
  const attributes = attributesOf(model, resolver)
  const own = associationsOf(resolver).get(model.name) ?? []
  const fromOthers = [...associationsOf(resolver).values()]
    .flat()
    .filter(({ target, holdsKey, foreignKey }) => target === model.name && !holdsKey && foreignKey !== null)
  const declared = attributes.filter(({ isPrimary }) => isPrimary).map(({ name }) => name)
  const primaryKey = declared.length > 0 ? declared : ['id']
  const sets = indexesIn(model)
  const unique = [
    primaryKey,
    ...uniqueSets(attributes),
    ...sets.filter((set) => set.unique).map(({ columns }) => columns),
  ]
  const columns = columnsOf(model, attributes, declared.length === 0)
  const relations = own.map((association) => relationOf(association))
  const keys = fromOthers.map((association): Relation => ({
    ...relationOf(association),
    columns: [association.foreignKey ?? ''],
  }))
  const storedAs = textOf(propertyOf(model.options, 'tableName'))
  return {
    name: model.name,
    ...(storedAs === null ? {} : { storedAs }),
    orm: 'sequelize',
    span: spanOf(model.node),
    columns: markReferences(withForeignKeys(columns, [...relations, ...keys]), attributes),
    primaryKey,
    unique,
    indexes: [
      ...sets.filter((set) => !set.unique).map(({ columns: indexed }) => indexed),
      ...attributes.filter(({ isIndexed }) => isIndexed).map(({ name }) => [name]),
    ],
    relations,
    indexesForeignKeys: dialect === null ? null : dialect === 'mysql' || dialect === 'mariadb',
  }
}

function relationOf({ as, target, many, foreignKey, holdsKey, node }: Association): Relation {
  return {
    name: as,
    target,
    many,
    columns: holdsKey && foreignKey !== null ? [foreignKey] : [],
    references: holdsKey ? ['id'] : [],
    eager: false,
    span: spanOf(node),
  }
}

function columnsOf(model: Model, attributes: readonly Attribute[], addsKey: boolean): Column[] {
  const span = spanOf(model.node)
  const added = [...(addsKey ? ['id'] : []), ...(keepsTimes(model) ? ['createdAt', 'updatedAt'] : [])]
    .filter((name) => !attributes.some((attribute) => attribute.name === name))
    .map((name): Column => ({ name, type: null, foreignKey: false, span }))
  const declared = attributes.map(({ name, storedAs, type, node }): Column => ({
    name,
    ...(storedAs === undefined ? {} : { storedAs }),
    type,
    foreignKey: false,
    span: spanOf(node),
  }))
  return [...declared, ...added]
}

function markReferences(columns: readonly Column[], attributes: readonly Attribute[]): Column[] {
  const references = new Set(attributes.filter(({ refersTo }) => refersTo).map(({ name }) => name))
  return columns.map((column) => (references.has(column.name) ? { ...column, foreignKey: true } : column))
}

function attributesOf(model: Model, resolver: Resolver): Attribute[] {
  const attributes = model.attributes ? resolver.definition(model.attributes) : undefined
  if (Node.isObjectLiteralExpression(attributes))
    return attributes.getProperties().flatMap((property) => {
      const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
      return Node.isPropertyAssignment(property) && value
        ? [attributeFrom(property.getName().replace(/^['"]|['"]$/g, ''), value, property)]
        : []
    })
  return isClass(model.node) ? decoratedAttributes(model, resolver) : []
}

function attributeFrom(name: string, value: Node, node: Node): Attribute {
  const unique = propertyOf(value, 'unique')
  const type = propertyOf(value, 'type') ?? (Node.isObjectLiteralExpression(value) ? undefined : value)
  const isUnique = unique !== undefined && unique.getText() !== 'false'
  const storedAs = textOf(propertyOf(value, 'field'))
  return {
    name,
    ...(storedAs === null ? {} : { storedAs }),
    type: type?.getText().replace(/^.*(?:DataTypes?|Sequelize)\./, '') ?? null,
    isPrimary: isTrue(value, 'primaryKey'),
    unique: isUnique ? (textOf(unique) ?? textOf(propertyOf(unique, 'name')) ?? name) : null,
    isIndexed: false,
    refersTo: propertyOf(value, 'references') !== undefined,
    node,
  }
}

/** Attributes as sequelize-typescript and Sequelize 7 declare them: `@Column`, `@PrimaryKey`, `@Unique`, `@Index`, `@ForeignKey`. */
function decoratedAttributes({ node }: Model, resolver: Resolver): Attribute[] {
  if (!isClass(node)) return []
  const properties = lineage(node, resolver).flatMap((owner) => owner.getInstanceProperties())
  return properties.flatMap((property): Attribute[] => {
    const decorators = decoratorsOf(property, sequelizePackages, resolver)
    const column = decorators.find(({ name }) =>
      ['Column', 'Attribute', 'CreatedAt', 'UpdatedAt', 'DeletedAt', 'ForeignKey'].includes(name),
    )
    if (!column) return []
    const options = objectsIn(
      decorators.flatMap(({ name, args }) => (name === 'Column' || name === 'Attribute' ? args : [])),
    )[0]
    const has = (name: string): boolean => decorators.some((decorator) => decorator.name === name)
    const uniqueName = textOf(decorators.find(({ name }) => name === 'Unique')?.args[0])
    const from = options ? attributeFrom(property.getName(), options, property) : null
    return [
      {
        name: property.getName(),
        type: from?.type ?? textOfType(property, column.args[0]),
        isPrimary: has('PrimaryKey') || (from?.isPrimary ?? false),
        unique: has('Unique') ? (uniqueName ?? property.getName()) : (from?.unique ?? null),
        isIndexed: has('Index'),
        refersTo: has('ForeignKey') || (from?.refersTo ?? false),
        node: Node.isPropertyDeclaration(property) ? property.getNameNode() : property,
      },
    ]
  })
}

function textOfType(property: Node, type: Node | undefined): string | null {
  if (type && !Node.isObjectLiteralExpression(type)) return type.getText().replace(/^.*DataTypes?\./, '')
  return Node.isTyped(property) ? (property.getTypeNode()?.getText() ?? null) : null
}

function uniqueSets(attributes: readonly Attribute[]): string[][] {
  const sets = new Map<string, string[]>()
  for (const { name, unique } of attributes)
    if (unique !== null) sets.set(unique, [...(sets.get(unique) ?? []), name])
  return [...sets.values()]
}

/** `indexes: [{ unique: true, fields: ['a', 'b'] }]` among a model's options. */
function indexesIn({ options }: Model): { readonly columns: readonly string[]; readonly unique: boolean }[] {
  const list = propertyOf(options, 'indexes')
  if (!Node.isArrayLiteralExpression(list)) return []
  return list
    .getElements()
    .map((item) => ({
      columns: textsOf(propertyOf(item, 'fields')),
      unique: isTrue(item, 'unique') || textOf(propertyOf(item, 'type')) === 'UNIQUE',
    }))
    .filter(({ columns }) => columns.length > 0)
}

function dialectIn(program: Program): string | null {
  for (const file of program.filesWith('dialect')) {
    const text = file.compilerNode.text
    const dialect = /\bdialect["']?\s*[:=]\s*['"`](mysql|mariadb|postgres|sqlite|mssql)['"`]/.exec(text)?.[1]
    if (dialect !== undefined) return dialect
  }
  return null
}
