import { Node, type ClassDeclaration, type ObjectLiteralExpression, type PropertyDeclaration } from 'ts-morph'
import type { Column, Relation, Table } from '../../facts.ts'
import { isClass, type ClassNode } from '../functions.ts'
import { spanOf, type Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import {
  classNamedBy,
  decoratedClasses,
  decoratorsOf,
  isTrue,
  lineage,
  mentions,
  nameGivenBy,
  objectsIn,
  propertyOf,
  textOf,
  textsOf,
  type PackageDecorator,
} from './decorators.ts'

const typeorm = /^typeorm$/
const entities = new Set(['Entity', 'ViewEntity', 'ChildEntity'])
const columnDecorators = new Set([
  'Column',
  'PrimaryColumn',
  'PrimaryGeneratedColumn',
  'ObjectIdColumn',
  'CreateDateColumn',
  'UpdateDateColumn',
  'DeleteDateColumn',
  'VersionColumn',
  'ViewColumn',
])
const primaryDecorators = new Set(['PrimaryColumn', 'PrimaryGeneratedColumn', 'ObjectIdColumn'])
const relationDecorators = new Set(['ManyToOne', 'OneToOne', 'OneToMany', 'ManyToMany'])
/** Databases that index foreign keys by themselves. */
const indexing = new Set(['mysql', 'mariadb', 'aurora-mysql'])

/** The tables that classes with `@Entity` and `new EntitySchema(…)` declare. */
export function entityTables(program: Program, resolver: Resolver): Table[] {
  const indexesForeignKeys = indexesForeignKeysIn(program)
  const classes = decoratedClasses(program, typeorm, 'typeorm', resolver)
    .filter(({ decorators }) => decorators.some(({ name }) => entities.has(name)))
    .flatMap(({ node }) => entityTable(node, resolver) ?? [])
  return [...classes, ...schemaTables(program, resolver)].map((table) => ({ ...table, indexesForeignKeys }))
}

const tables = new WeakMap<Resolver, Map<ClassNode, Table | null>>()

/** The table that an entity's class declares; `indexesForeignKeys` is left open. */
export function entityTable(owner: ClassNode, resolver: Resolver): Table | null {
  const known = tables.get(resolver) ?? new Map<ClassNode, Table | null>()
  tables.set(resolver, known)
  const table = known.get(owner)
  if (table !== undefined) return table
  known.set(owner, null)
  const read = readTable(owner, resolver)
  known.set(owner, read)
  return read
}

/** A property of an entity with its decorators. */
interface Member {
  readonly property: PropertyDeclaration
  readonly decorators: readonly PackageDecorator[]
}

function readTable(owner: ClassNode, resolver: Resolver): Table | null {
  const name = owner.getName()
  if (name === undefined) return null
  const classes = lineage(owner, resolver)
  const members = classes.flatMap((part) =>
    part.getInstanceProperties().filter(Node.isPropertyDeclaration).map((property): Member => ({
      property,
      decorators: decoratorsOf(property, typeorm, resolver),
    })),
  )
  const columns = members.flatMap(columnIn)
  const primaryKey = members.filter((member) => isPrimary(member)).map(({ property }) => property.getName())
  const relations = members.flatMap((member) => relationIn(member, columns, members, resolver))
  const onClass = classes.flatMap((part) => decoratorsOf(part, typeorm, resolver)).map(setOf)
  const onMembers = members.flatMap((member) => setsOn(member, relations))
  const sets = [...onClass, ...onMembers].filter((set) => set !== null)
  return {
    name,
    orm: 'typeorm',
    span: spanOf(owner.getNameNode() ?? owner),
    columns: withForeignKeys(columns, relations),
    primaryKey,
    unique: [primaryKey, ...sets.filter(({ unique }) => unique).map((set) => set.columns)].filter(isFilled),
    indexes: sets.filter(({ unique }) => !unique).map((set) => set.columns).filter(isFilled),
    relations,
    indexesForeignKeys: null,
  }
}

function columnIn({ property, decorators }: Member): Column[] {
  const column = decorators.find(({ name }) => columnDecorators.has(name))
  if (!column) return []
  const type = textOf(column.args[0]) ?? textOf(propertyOf(objectsIn(column.args)[0], 'type'))
  return [
    {
      name: property.getName(),
      type: type ?? property.getTypeNode()?.getText() ?? null,
      foreignKey: false,
      span: spanOf(property.getNameNode()),
    },
  ]
}

function isPrimary({ decorators }: Member): boolean {
  return decorators.some(({ name, args }) => primaryDecorators.has(name) || isTrue(objectsIn(args)[0], 'primary'))
}

function relationIn(
  { property, decorators }: Member,
  columns: readonly Column[],
  members: readonly Member[],
  resolver: Resolver,
): Relation[] {
  const relation = decorators.find(({ name }) => relationDecorators.has(name))
  const target = relation && nameGivenBy(relation.args[0], resolver)
  if (!relation || !target) return []
  const join = decorators.find(({ name }) => name === 'JoinColumn')
  const holdsKey = relation.name === 'ManyToOne' || (relation.name === 'OneToOne' && join !== undefined)
  const owner = classNamedBy(relation.args[0], resolver)
  const key = (owner && primaryKeyIn(owner, resolver)) ?? 'id'
  const options = objectsIn(join?.args ?? [])[0]
  const named = textOf(propertyOf(options, 'name')) ?? `${property.getName()}${key.charAt(0).toUpperCase()}${key.slice(1)}`
  return [
    {
      name: property.getName(),
      target,
      many: relation.name.endsWith('ToMany'),
      columns: holdsKey ? [propertyFor(named, columns, members)] : [],
      references: holdsKey ? [textOf(propertyOf(options, 'referencedColumnName')) ?? key] : [],
      eager: isTrue(objectsIn(relation.args)[0], 'eager'),
      span: spanOf(property.getNameNode()),
    },
  ]
}

/** The property under which queries name a database column: the one that declares it, if there is one. */
function propertyFor(column: string, columns: readonly Column[], members: readonly Member[]): string {
  const declared = members.find(({ decorators }) =>
    decorators.some(
      ({ name, args }) => columnDecorators.has(name) && textOf(propertyOf(objectsIn(args)[0], 'name')) === column,
    ),
  )
  if (declared) return declared.property.getName()
  return columns.find(({ name }) => name === column)?.name ?? column
}

/** The primary key of an entity, read without its relations, which may lead back here. */
function primaryKeyIn(owner: ClassNode, resolver: Resolver): string | null {
  const keys = lineage(owner, resolver)
    .flatMap((part) => part.getInstanceProperties().filter(Node.isPropertyDeclaration))
    .filter((property) => isPrimary({ property, decorators: decoratorsOf(property, typeorm, resolver) }))
  const [only, ...others] = keys
  return only && others.length === 0 ? only.getName() : null
}

interface ColumnSet {
  readonly columns: readonly string[]
  readonly unique: boolean
}

/** `@Index(['a', 'b'], { unique: true })`, `@Unique('name', ['a', 'b'])` on a class. */
function setOf({ name, args }: PackageDecorator): ColumnSet | null {
  if (name !== 'Index' && name !== 'Unique') return null
  const list = args.find((argument) => !Node.isStringLiteral(argument) && !Node.isObjectLiteralExpression(argument))
  return { columns: textsOf(list), unique: name === 'Unique' || isTrue(objectsIn(args)[0], 'unique') }
}

/** What decorators of one property make unique or index. */
function setsOn({ property, decorators }: Member, relations: readonly Relation[]): ColumnSet[] {
  const relation = relations.find(({ name }) => name === property.getName())
  const own = relation ? relation.columns : [property.getName()]
  const sets = decorators.flatMap(({ name, args }): ColumnSet[] => {
    const unique = isTrue(objectsIn(args)[0], 'unique')
    if (name === 'Index') return [{ columns: own, unique }]
    if (name === 'Unique') return [{ columns: args.length > 0 ? textsOf(args.find(Node.isArrayLiteralExpression)) : own, unique: true }]
    return columnDecorators.has(name) && unique ? [{ columns: own, unique }] : []
  })
  const isOneToOne = decorators.some(({ name }) => name === 'OneToOne') && own.length > 0
  return isOneToOne ? [...sets, { columns: own, unique: true }] : sets
}

/** The declared columns, those that hold keys of other tables marked, and the ones that only a relation declares. */
export function withForeignKeys(columns: readonly Column[], relations: readonly Relation[]): Column[] {
  const keys = relations.flatMap(({ columns: held, span }) => held.map((name) => ({ name, span })))
  const marked = columns.map((column) => ({ ...column, foreignKey: keys.some(({ name }) => name === column.name) }))
  const added = keys
    .filter(({ name }, index) => !columns.some((column) => column.name === name) && keys.findIndex((key) => key.name === name) === index)
    .map(({ name, span }) => ({ name, type: null, foreignKey: true, span }))
  return [...marked, ...added]
}

function isFilled(columns: readonly string[]): boolean {
  return columns.length > 0
}

/** `new EntitySchema({ name: 'User', columns: {…}, relations: {…} })` */
function schemaTables(program: Program, resolver: Resolver): Table[] {
  return program
    .sourceFiles()
    .filter((file) => mentions(file, 'EntitySchema'))
    .flatMap((file) => file.forEachDescendantAsArray().filter(Node.isNewExpression))
    .filter((node) => resolver.origin(node.getExpression()) === '"typeorm".EntitySchema')
    .flatMap((node) => schemaTable(node.getArguments()[0]) ?? [])
}

function schemaTable(options: Node | undefined): Table | null {
  const name = textOf(propertyOf(options, 'name'))
  if (!Node.isObjectLiteralExpression(options) || name === null) return null
  const properties = propertiesOf(propertyOf(options, 'columns'))
  const columns = properties.map(({ key, value }): Column => ({
    name: key,
    type: textOf(propertyOf(value, 'type')),
    foreignKey: false,
    span: spanOf(value),
  }))
  const primaryKey = properties.filter(({ value }) => isTrue(value, 'primary')).map(({ key }) => key)
  const relations = propertiesOf(propertyOf(options, 'relations')).map(({ key, value }) => schemaRelation(key, value))
  const sets = ['uniques', 'indices'].flatMap((list) => setsIn(propertyOf(options, list), list === 'uniques'))
  const uniqueColumns = properties.filter(({ value }) => isTrue(value, 'unique')).map(({ key }) => [key])
  return {
    name,
    orm: 'typeorm',
    span: spanOf(options),
    columns: withForeignKeys(columns, relations),
    primaryKey,
    unique: [primaryKey, ...uniqueColumns, ...sets.filter(({ unique }) => unique).map((set) => set.columns)].filter(isFilled),
    indexes: sets.filter(({ unique }) => !unique).map((set) => set.columns).filter(isFilled),
    relations,
    indexesForeignKeys: null,
  }
}

function schemaRelation(name: string, value: ObjectLiteralExpression): Relation {
  const type = textOf(propertyOf(value, 'type')) ?? ''
  const join = propertyOf(value, 'joinColumn')
  const holdsKey = type === 'many-to-one' || (type === 'one-to-one' && join !== undefined)
  return {
    name,
    target: textOf(propertyOf(value, 'target')) ?? '',
    many: type.endsWith('-to-many'),
    columns: holdsKey ? [textOf(propertyOf(join, 'name')) ?? `${name}Id`] : [],
    references: holdsKey ? ['id'] : [],
    eager: isTrue(value, 'eager'),
    span: spanOf(value),
  }
}

function setsIn(list: Node | undefined, unique: boolean): ColumnSet[] {
  if (!Node.isArrayLiteralExpression(list)) return []
  return list.getElements().map((item) => ({
    columns: textsOf(propertyOf(item, 'columns')),
    unique: unique || isTrue(item, 'unique'),
  }))
}

function propertiesOf(object: Node | undefined): { readonly key: string; readonly value: ObjectLiteralExpression }[] {
  if (!Node.isObjectLiteralExpression(object)) return []
  return object.getProperties().flatMap((property) => {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isPropertyAssignment(property) && Node.isObjectLiteralExpression(value) ? [{ key: property.getName(), value }] : []
  })
}

function indexesForeignKeysIn(program: Program): boolean | null {
  for (const file of program.sourceFiles()) {
    if (!mentions(file, 'typeorm') && !mentions(file, 'TypeOrm')) continue
    const type = /\btype:\s*['"`](mysql|mariadb|aurora-mysql|postgres|cockroachdb|sqlite|better-sqlite3|mssql|oracle)['"`]/.exec(file.getFullText())?.[1]
    if (type !== undefined) return indexing.has(type)
  }
  return null
}

/** The declaration of an entity by its class's name, for edits of the schema. */
export function entityNamed(name: string, program: Program, resolver: Resolver): ClassDeclaration | null {
  const found = decoratedClasses(program, typeorm, 'typeorm', resolver).find(({ node }) => node.getName() === name)
  return found && isClass(found.node) ? found.node : null
}
