import { Node, type ClassDeclaration, type PropertyDeclaration } from 'ts-morph'
import type { Column, Relation, Table } from '../../../facts.ts'
import { isClass, isFunction, returnedExpressions, type ClassNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
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
} from '../reading/decorators.ts'
import { mikroPackages } from './receivers.ts'
import { withForeignKeys } from '../reading/foreign-keys.ts'

const columnDecorators = new Set([
  'Property',
  'PrimaryKey',
  'SerializedPrimaryKey',
  'Enum',
  'Formula',
  'Embedded',
  'Version',
])
const relationDecorators = new Set(['ManyToOne', 'OneToOne', 'OneToMany', 'ManyToMany'])

/** The tables that classes with `@Entity`, `new EntitySchema(…)` and `defineEntity(…)` declare. */
export function mikroTables(program: Program, resolver: Resolver): Table[] {
  const indexesForeignKeys = indexesForeignKeysIn(program)
  const classes = decoratedClasses(program, mikroPackages, '@mikro-orm', resolver)
    .filter(({ decorators }) => decorators.some(({ name }) => name === 'Entity'))
    .flatMap(({ node }) => mikroTable(node, resolver) ?? [])
  return [...classes, ...definedTables(program, resolver)].map((table) => ({ ...table, indexesForeignKeys }))
}

const tables = new Topic<Table | null>(null)

/** The table that an entity's class declares; `indexesForeignKeys` is left open. */
export function mikroTable(owner: ClassNode, resolver: Resolver): Table | null {
  return resolver.remember(tables, owner, () => readTable(owner, resolver))
}

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
      .map((property): Member => ({ property, decorators: decoratorsOf(property, mikroPackages, resolver) })),
  )
  const relations = members.flatMap((member) => relationIn(member, resolver))
  const primaryKey = members.filter(isPrimary).map(({ property }) => property.getName())
  const onClass = classes.flatMap((part) => decoratorsOf(part, mikroPackages, resolver)).flatMap(setOf)
  const onMembers = members.flatMap(setsOn)
  const sets = [...onClass, ...onMembers]
  return {
    name,
    orm: 'mikro-orm',
    span: spanOf(owner.getNameNode() ?? owner),
    columns: withForeignKeys(members.flatMap(columnIn), relations),
    primaryKey,
    unique: [primaryKey, ...sets.filter(({ unique }) => unique).map(({ columns }) => columns)].filter(
      (set) => set.length > 0,
    ),
    indexes: sets
      .filter(({ unique, columns }) => !unique && columns.length > 0)
      .map(({ columns }) => columns),
    relations,
    indexesForeignKeys: null,
  }
}

function columnIn({ property, decorators }: Member): Column[] {
  const column = decorators.find(({ name }) => columnDecorators.has(name))
  if (!column) return []
  const type =
    textOf(propertyOf(objectsIn(column.args)[0], 'type')) ?? property.getTypeNode()?.getText() ?? null
  return [{ name: property.getName(), type, foreignKey: false, span: spanOf(property.getNameNode()) }]
}

function isPrimary({ decorators }: Member): boolean {
  return decorators.some(({ name, args }) => name === 'PrimaryKey' || isTrue(objectsIn(args)[0], 'primary'))
}

function relationIn({ property, decorators }: Member, resolver: Resolver): Relation[] {
  const relation = decorators.find(({ name }) => relationDecorators.has(name))
  if (!relation) return []
  const options = objectsIn(relation.args)[0]
  const named =
    relation.args.find((argument) => isFunction(argument) || Node.isStringLiteral(argument)) ??
    propertyOf(options, 'entity')
  const target = nameGivenBy(named, resolver) ?? targetOfType(property)
  if (target === null) return []
  const isInverse =
    propertyOf(options, 'mappedBy') !== undefined || relation.args.filter(isFunction).length > 1
  const holdsKey = relation.name === 'ManyToOne' || (relation.name === 'OneToOne' && !isInverse)
  return [
    {
      name: property.getName(),
      target,
      many: relation.name.endsWith('ToMany'),
      columns: holdsKey ? [property.getName()] : [],
      references: holdsKey ? [primaryKeyOf(classNamedBy(named, resolver), resolver)] : [],
      eager: isTrue(options, 'eager'),
      span: spanOf(property.getNameNode()),
    },
  ]
}

/** `author: User`, `author: Ref<User>`, `books = new Collection<Book>(this)` */
function targetOfType(property: PropertyDeclaration): string | null {
  const type = property.getTypeNode()?.getText() ?? property.getInitializer()?.getText() ?? ''
  return /(?:<\s*)?([A-Z]\w*)\s*(?:>|\||$)/.exec(type)?.[1] ?? null
}

function primaryKeyOf(owner: ClassNode | null, resolver: Resolver): string {
  const keys = owner
    ? lineage(owner, resolver)
        .flatMap((part) => part.getInstanceProperties().filter(Node.isPropertyDeclaration))
        .filter((property) =>
          isPrimary({ property, decorators: decoratorsOf(property, mikroPackages, resolver) }),
        )
    : []
  return keys[0]?.getName() ?? 'id'
}

interface ColumnSet {
  readonly columns: readonly string[]
  readonly unique: boolean
}

/** `@Index({ properties: ['a', 'b'] })`, `@Unique({ properties: […] })` on a class. */
function setOf({ name, args }: PackageDecorator): ColumnSet[] {
  if (name !== 'Index' && name !== 'Unique') return []
  return [{ columns: textsOf(propertyOf(objectsIn(args)[0], 'properties')), unique: name === 'Unique' }]
}

function setsOn({ property, decorators }: Member): ColumnSet[] {
  const columns = [property.getName()]
  return decorators.flatMap(({ name, args }): ColumnSet[] => {
    const options = objectsIn(args)[0]
    const has = (key: string): boolean => {
      const value = propertyOf(options, key)
      return value !== undefined && value.getText() !== 'false'
    }
    if (name === 'Index' || name === 'Unique') return [{ columns, unique: name === 'Unique' }]
    if (!columnDecorators.has(name) && !relationDecorators.has(name)) return []
    if (has('unique') || (name === 'OneToOne' && !has('mappedBy'))) return [{ columns, unique: true }]
    return has('index') ? [{ columns, unique: false }] : []
  })
}

/** `new EntitySchema({ name: 'User', properties: {…} })`, `defineEntity({ name: 'User', properties: {…} })` */
function definedTables(program: Program, resolver: Resolver): Table[] {
  const schemas = program
    .filesWith('EntitySchema')
    .filter((file) => mentions(file, '@mikro-orm'))
    .flatMap((file) => file.forEachDescendantAsArray().filter(Node.isNewExpression))
    .filter((node) =>
      /^"@mikro-orm\/[\w-]+"\.EntitySchema$/.test(resolver.origin(node.getExpression()) ?? ''),
    )
  const defined = program
    .callsNamed('defineEntity')
    .filter((call) =>
      /^"@mikro-orm\/[\w-]+"\.defineEntity$/.test(resolver.origin(call.getExpression()) ?? ''),
    )
  return [...schemas, ...defined].flatMap((node) => definedTable(node.getArguments()[0], resolver) ?? [])
}

function definedTable(options: Node | undefined, resolver: Resolver): Table | null {
  const owner = classNamedBy(propertyOf(options, 'class'), resolver)
  const name = textOf(propertyOf(options, 'name')) ?? owner?.getName() ?? null
  const given = propertyOf(options, 'properties')
  const made = given && isFunction(given) ? returnedExpressions(given)[0] : given
  const properties = Node.isParenthesizedExpression(made) ? made.getExpression() : made
  if (name === null || !options || !Node.isObjectLiteralExpression(properties)) return null
  const members = properties.getProperties().flatMap((property) => {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isPropertyAssignment(property) && value
      ? [{ name: property.getName(), text: value.getText(), node: property.getNameNode() }]
      : []
  })
  const relations = members.flatMap(({ name: relation, text, node }): Relation[] => {
    const [, kind, target] =
      /(?:kind:\s*['"](\w+:\w+|\w+)['"]|\.(manyToOne|oneToMany|oneToOne|manyToMany)\()/.exec(text) ?? []
    const named =
      /(?:entity:\s*(?:\(\)\s*=>\s*)?['"]?|(?:manyToOne|oneToMany|oneToOne|manyToMany)\(\s*(?:\(\)\s*=>\s*)?)(\w+)/.exec(
        text,
      )?.[1]
    const form = kind ?? target
    if (form === undefined || named === undefined) return []
    const many = /^(?:1:m|m:n|oneToMany|manyToMany)$/.test(form)
    const holdsKey = /^(?:m:1|manyToOne)$/.test(form) || (!many && !/mappedBy/.test(text))
    const columns = holdsKey ? [relation] : []
    return [
      {
        name: relation,
        target: named,
        many,
        columns,
        references: holdsKey ? ['id'] : [],
        eager: /eager(?:\(|:\s*true)/.test(text),
        span: spanOf(node),
      },
    ]
  })
  const columns = members
    .filter(({ name: column }) => !relations.some((relation) => relation.name === column))
    .map(({ name: column, node }): Column => ({
      name: column,
      type: null,
      foreignKey: false,
      span: spanOf(node),
    }))
  const marked = (pattern: RegExp): string[] =>
    members.filter(({ text }) => pattern.test(text)).map((member) => member.name)
  const primaryKey = marked(/\bprimary(?:\(|:\s*true)/)
  return {
    name,
    orm: 'mikro-orm',
    span: spanOf(options),
    columns: withForeignKeys(columns, relations),
    primaryKey,
    unique: [primaryKey, ...marked(/\bunique(?:\(|:\s*true)/).map((column) => [column])].filter(
      (set) => set.length > 0,
    ),
    indexes: marked(/\bindex(?:\(|:\s*true)/).map((column) => [column]),
    relations,
    indexesForeignKeys: null,
  }
}

/** MikroORM's schema indexes foreign keys except on PostgreSQL. */
function indexesForeignKeysIn(program: Program): boolean | null {
  const files = program.filesWith('@mikro-orm/')
  const uses = (pattern: RegExp): boolean => files.some((file) => pattern.test(file.compilerNode.text))
  if (uses(/@mikro-orm\/postgresql|type:\s*['"]postgresql['"]/)) return false
  return uses(
    /@mikro-orm\/(?:sqlite|better-sqlite|libsql|mysql|mariadb|mssql)\b|type:\s*['"](?:sqlite|mysql|mariadb|better-sqlite)['"]/,
  )
    ? true
    : null
}

/** The declaration of an entity by its class's name, for edits of the schema. */
export function mikroEntityNamed(
  name: string,
  program: Program,
  resolver: Resolver,
): ClassDeclaration | null {
  const found = decoratedClasses(program, mikroPackages, '@mikro-orm', resolver).find(
    ({ node }) => node.getName() === name,
  )
  return found && isClass(found.node) ? found.node : null
}
