import { Node, type ClassDeclaration, type PropertyDeclaration } from 'ts-morph'
import type { Column, Relation, Table } from '../../../facts.ts'
import { isClass, type ClassNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import {
  classNamedBy,
  decoratedClasses,
  decoratorsOf,
  isTrue,
  lineage,
  nameGivenBy,
  objectsIn,
  propertyOf,
  textOf,
  textsOf,
  type PackageDecorator,
} from '../reading/decorators.ts'
import { withForeignKeys } from '../reading/foreign-keys.ts'
import { schemaTables } from './entity-schema.ts'

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

const tables = new Topic<Table | null>(null)

/** The table that an entity's class declares; `indexesForeignKeys` is left open. */
export function entityTable(owner: ClassNode, resolver: Resolver): Table | null {
  return resolver.remember(tables, owner, () => readTable(owner, resolver))
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
    part
      .getInstanceProperties()
      .filter(Node.isPropertyDeclaration)
      .map((property): Member => ({
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
  const entity = classes
    .flatMap((part) => decoratorsOf(part, typeorm, resolver))
    .find((decorator) => entities.has(decorator.name))
  return {
    name,
    ...storedName(entity, name),
    orm: 'typeorm',
    span: spanOf(owner.getNameNode() ?? owner),
    columns: withForeignKeys(columns, relations),
    primaryKey,
    unique: [primaryKey, ...sets.filter(({ unique }) => unique).map((set) => set.columns)].filter(
      (set) => set.length > 0,
    ),
    indexes: sets
      .filter(({ unique }) => !unique)
      .map((set) => set.columns)
      .filter((set) => set.length > 0),
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
      ...storedName(
        { ...column, args: column.args.filter((each) => !Node.isStringLiteral(each)) },
        property.getName(),
      ),
      type: type ?? property.getTypeNode()?.getText() ?? null,
      foreignKey: false,
      span: spanOf(property.getNameNode()),
    },
  ]
}

/** The `name` that a decorator's options or its first text give, where it is another one. */
function storedName(
  decorator: Pick<PackageDecorator, 'args'> | undefined,
  name: string,
): { readonly storedAs?: string } {
  const args = decorator?.args ?? []
  const storedAs = textOf(args[0]) ?? textOf(propertyOf(objectsIn(args)[0], 'name')) ?? name
  return storedAs === name ? {} : { storedAs }
}

function isPrimary({ decorators }: Member): boolean {
  return decorators.some(
    ({ name, args }) => primaryDecorators.has(name) || isTrue(objectsIn(args)[0], 'primary'),
  )
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
  const named =
    textOf(propertyOf(options, 'name')) ??
    `${property.getName()}${key.charAt(0).toUpperCase()}${key.slice(1)}`
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
      ({ name, args }) =>
        columnDecorators.has(name) && textOf(propertyOf(objectsIn(args)[0], 'name')) === column,
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
  const list = args.find(
    (argument) => !Node.isStringLiteral(argument) && !Node.isObjectLiteralExpression(argument),
  )
  return { columns: textsOf(list), unique: name === 'Unique' || isTrue(objectsIn(args)[0], 'unique') }
}

/** What decorators of one property make unique or index. */
function setsOn({ property, decorators }: Member, relations: readonly Relation[]): ColumnSet[] {
  const relation = relations.find(({ name }) => name === property.getName())
  const own = relation ? relation.columns : [property.getName()]
  const sets = decorators.flatMap(({ name, args }): ColumnSet[] => {
    const unique = isTrue(objectsIn(args)[0], 'unique')
    if (name === 'Index') return [{ columns: own, unique }]
    if (name === 'Unique')
      return [
        { columns: args.length > 0 ? textsOf(args.find(Node.isArrayLiteralExpression)) : own, unique: true },
      ]
    return columnDecorators.has(name) && unique ? [{ columns: own, unique }] : []
  })
  const isOneToOne = decorators.some(({ name }) => name === 'OneToOne') && own.length > 0
  return isOneToOne ? [...sets, { columns: own, unique: true }] : sets
}

function indexesForeignKeysIn(program: Program): boolean | null {
  for (const file of program.filesWith(/typeorm|TypeOrm/)) {
    const type =
      /\btype:\s*['"`](mysql|mariadb|aurora-mysql|postgres|cockroachdb|sqlite|better-sqlite3|mssql|oracle)['"`]/.exec(
        file.getFullText(),
      )?.[1]
    if (type !== undefined) return indexing.has(type)
  }
  return null
}

/** The declaration of an entity by its class's name, for edits of the schema. */
export function entityNamed(name: string, program: Program, resolver: Resolver): ClassDeclaration | null {
  const found = decoratedClasses(program, typeorm, 'typeorm', resolver).find(
    ({ node }) => node.getName() === name,
  )
  return found && isClass(found.node) ? found.node : null
}
