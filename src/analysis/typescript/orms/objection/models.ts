import { Node } from 'ts-morph'
import type { Column, Relation, Table } from '../../../facts.ts'
import { isSupportFile } from '../../../source-tree.ts'
import { baseOf } from '../../classes.ts'
import { bare, isClass, returnedExpressions, isFunction, type ClassNode } from '../../functions.ts'
import { fileOf, spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { classNamedBy, lineage, propertyOf, textOf } from '../reading/decorators.ts'

/** Whether a class is a model of Objection, also through classes and mixins in between. */
export function isModelClass(owner: ClassNode, resolver: Resolver, depth = 0): boolean {
  const extended = owner.getExtends()?.getExpression()
  if (!extended || depth > 5) return false
  if (isBaseModel(extended, resolver)) return true
  const base = baseOf(owner, resolver)
  return base !== null && isModelClass(base, resolver, depth + 1)
}

/** `Model`, or a mixin around it: `SoftDelete(Model)`, `mixin(Model, [Password])`. */
function isBaseModel(extended: Node, resolver: Resolver): boolean {
  const value = bare(extended)
  if (/^"objection"(?:\.default)?\.Model$/.test(resolver.origin(value) ?? '')) return true
  if (!Node.isCallExpression(value)) return false
  return value.getArguments().some((argument) => {
    const given = resolver.definition(argument)
    return isBaseModel(argument, resolver) || (isClass(given) && isModelClass(given, resolver, 1))
  })
}

/** Whether a class extends Objection's own model, with nothing mixed in. */
export function isDirectModel(owner: ClassNode, resolver: Resolver): boolean {
  const extended = owner.getExtends()?.getExpression()
  return extended !== undefined && /^"objection"(?:\.default)?\.Model$/.test(resolver.origin(extended) ?? '')
}

/** The plain type of a model's column, `number` or `string`; null where it isn't declared as such. */
export function objectionColumnType(owner: ClassNode, column: string, resolver: Resolver): string | null {
  const members = lineage(owner, resolver).flatMap((each) => each.getInstanceProperties())
  const member = members.findLast((each) => each.getName() === column)
  const type = Node.isPropertyDeclaration(member) ? member.getTypeNode()?.getText() : undefined
  return type === 'number' || type === 'string' ? type : null
}

/** The model class that an expression stands for: the class itself, `this` in one, or what a `ModelClass<User>` holds. */
export function modelClassOf(expression: Node, resolver: Resolver): ClassNode | null {
  const node = resolver.instance(expression)
  if (isClass(node)) return isModelClass(node, resolver) ? node : null
  if (Node.isThisExpression(node)) {
    const owner = node.getFirstAncestor(isClass)
    return owner && isModelClass(owner, resolver) ? owner : null
  }
  if (!/^<"objection"\.(?:ModelClass|ModelConstructor)>$/.test(resolver.origin(node) ?? '')) return null
  const type = Node.isTyped(node) ? node.getTypeNode() : undefined
  const argument = Node.isTypeReference(type) ? type.getTypeArguments()[0] : undefined
  const named = Node.isTypeReference(argument) ? classNamedBy(argument.getTypeName(), resolver) : null
  return named && isModelClass(named, resolver) ? named : null
}

/** The table of a model class: its `tableName`, or its own name. */
export function tableNameOf(owner: ClassNode, resolver: Resolver): string | null {
  return textOf(staticValue(owner, 'tableName', resolver)) ?? owner.getName() ?? null
}

/** The value of a static property or getter, of a class or of one it extends. */
function staticValue(owner: ClassNode, name: string, resolver: Resolver): Node | undefined {
  for (const each of lineage(owner, resolver).toReversed()) {
    const member = each.getStaticMember(name)
    const value = Node.isPropertyDeclaration(member)
      ? member.getInitializer()
      : Node.isGetAccessorDeclaration(member) || Node.isMethodDeclaration(member)
        ? returnedIn(member)
        : undefined
    const found = value && isFunction(value) ? returnedExpressions(value)[0] : value
    if (found) return resolver.definition(bare(found))
  }
  return undefined
}

function returnedIn(member: Node): Node | undefined {
  const statement = member.getDescendants().find((node) => Node.isReturnStatement(node))
  return Node.isReturnStatement(statement) ? statement.getExpression() : undefined
}

/** How a model's class says that it refers to others. */
export function relationsOf(owner: ClassNode, resolver: Resolver): Relation[] {
  const mappings = staticValue(owner, 'relationMappings', resolver)
  if (!Node.isObjectLiteralExpression(mappings)) return []
  return mappings.getProperties().flatMap((property): Relation[] => {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    if (!Node.isPropertyAssignment(property) || !value) return []
    const kind = propertyOf(value, 'relation')?.getText() ?? ''
    const target = classNamedBy(propertyOf(value, 'modelClass'), resolver)
    const join = propertyOf(value, 'join')
    const [from, to] = ['from', 'to'].map((name) => textOf(propertyOf(join, name))?.split('.').at(-1) ?? null)
    const holdsKey = /BelongsToOne/.test(kind)
    return [
      {
        name: property.getName().replace(/['"`]/g, ''),
        target: (target && tableNameOf(target, resolver)) ?? '',
        many: /HasMany|ManyToMany/.test(kind),
        columns: holdsKey && from ? [from] : [],
        references: to && !/ManyToMany/.test(kind) ? [to] : [],
        eager: false,
        span: spanOf(property),
      },
    ]
  })
}

/** The tables that Objection's models declare. Their indexes are in migrations, and so not known. */
export function objectionTables(program: Program, resolver: Resolver): Table[] {
  return program
    .filesWith('tableName')
    .filter((file) => !isSupportFile(fileOf(file)))
    .flatMap((file) => file.getClasses())
    .filter((owner) => isModelClass(owner, resolver))
    .flatMap((owner): Table[] => {
      const name = tableNameOf(owner, resolver)
      return name === null ? [] : [tableOf(name, owner, resolver)]
    })
}

function tableOf(name: string, owner: ClassNode, resolver: Resolver): Table {
  const relations = relationsOf(owner, resolver)
  const key = staticValue(owner, 'idColumn', resolver)
  const keys = Node.isArrayLiteralExpression(key) ? key.getElements() : key ? [key] : []
  const named = keys.flatMap((element) => textOf(element) ?? [])
  const primaryKey = named.length > 0 ? named : ['id']
  const relationNames = new Set(relations.map((relation) => relation.name))
  const properties = propertyOf(staticValue(owner, 'jsonSchema', resolver), 'properties')
  const fromSchema = Node.isObjectLiteralExpression(properties) ? properties.getProperties() : []
  const members = [...fromSchema, ...owner.getInstanceProperties()]
  const columns = new Map<string, Column>()
  for (const member of members) {
    const column =
      Node.isPropertyAssignment(member) || Node.isPropertyDeclaration(member) ? member.getName() : null
    if (column === null || relationNames.has(column) || columns.has(column)) continue
    const foreignKey = relations.some((relation) => relation.columns.includes(column))
    columns.set(column, { name: column, type: columnType(member), foreignKey, span: spanOf(member) })
  }
  return {
    name,
    orm: 'objection',
    span: spanOf(owner),
    columns: [...columns.values()],
    primaryKey,
    unique: [primaryKey],
    indexes: [],
    relations,
    indexesForeignKeys: null,
  }
}

/** The type of a column: of its property, or in the JSON schema. */
function columnType(member: Node): string | null {
  if (Node.isPropertyDeclaration(member)) return member.getTypeNode()?.getText() ?? null
  const schema = Node.isPropertyAssignment(member) ? member.getInitializer() : undefined
  return textOf(propertyOf(schema, 'type'))
}
