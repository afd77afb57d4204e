import { Node, type CallExpression } from 'ts-morph'
import type { UniquePaths } from '../../../../model/document-model.ts'
import type { Column, Relation, Table } from '../../../facts.ts'
import type { Program } from '../../program.ts'
import { fileOf, spanOf } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { isSupportFile } from '../../../source-tree.ts'
import {
  classNamedBy,
  decoratorsOf,
  isTrue,
  lineage,
  nameGivenBy,
  propertyOf,
  textOf,
} from '../reading/decorators.ts'
import { documentModel } from './document-model.ts'
import { modelOf, type Model } from './models.ts'
import { isMadeByClass, schemaNode } from './schema-node.ts'

const propPackages = /^(?:@nestjs\/mongoose|@typegoose\/typegoose)$/
const id: readonly string[] = ['_id']

/** What a schema says of its fields. */
interface Fields {
  readonly columns: Column[]
  readonly relations: Relation[]
  readonly unique: (readonly string[])[]
  readonly indexes: (readonly string[])[]
}

/** The collections that the models of a program declare, by the names of the models. */
export function mongooseTables(program: Program, resolver: Resolver): Table[] {
  const calls = ['model', 'getModelForClass', 'forFeature'].flatMap((name) =>
    program.applicationCallsNamed(name),
  )
  const tables = calls.flatMap((call) => tablesOf(call, program, resolver))
  return tables.filter(({ name }, index) => tables.findIndex((table) => table.name === name) === index)
}

/** The table of a model's fields, or null where its schema can't be read. */
function tablesOf(call: CallExpression, program: Program, resolver: Resolver): Table[] {
  const origin = resolver.origin(call.getExpression()) ?? ''
  if (origin === '"@nestjs/mongoose".MongooseModule.forFeature') return featureTables(call, program, resolver)
  const model = modelOf(call, resolver)
  if (model?.call !== call || model.name === null) return []
  const [first, second, third] = call.getArguments()
  const isTypegoose = origin.startsWith('"@typegoose')
  const table = isTypegoose
    ? classTable(model.name, classNamedBy(first, resolver), [], resolver)
    : second && schemaTable({ name: model.name, collection: third }, second, program, resolver)
  return table ? [table] : []
}

/** `MongooseModule.forFeature([{ name: User.name, schema: UserSchema }])` */
function featureTables(call: CallExpression, program: Program, resolver: Resolver): Table[] {
  const [list] = call.getArguments()
  const items = Node.isArrayLiteralExpression(list) ? list.getElements() : []
  return items.flatMap((item) => {
    const named = propertyOf(item, 'name')
    const schema = propertyOf(item, 'schema')
    const name = Node.isPropertyAccessExpression(named)
      ? nameGivenBy(named.getExpression(), resolver)
      : textOf(named)
    const collection = propertyOf(item, 'collection')
    const table =
      name !== null && schema ? schemaTable({ name, collection }, schema, program, resolver) : null
    return table ? [table] : []
  })
}

/** What a model is called, and its collection where that is said. */
interface Names {
  readonly name: string
  readonly collection: Node | undefined
}

function schemaTable(
  { name, collection }: Names,
  schema: Node,
  program: Program,
  resolver: Resolver,
): Table | null {
  const made = schemaNode(schema, resolver)
  if (!made) return null
  const indexes = schemaIndexes(made, program, resolver)
  const [first] = made.getArguments()
  if (isMadeByClass(made, resolver))
    return classTable(name, classNamedBy(first, resolver), indexes, resolver, collection)
  const definition = first && resolver.definition(first)
  if (!Node.isObjectLiteralExpression(definition)) return null
  const fields: Fields = { columns: [], relations: [], unique: [], indexes: [] }
  for (const property of definition.getProperties()) {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    if (Node.isPropertyAssignment(property) && value)
      addField(propertyText(property), value, property, fields, resolver)
  }
  if (/timestamps: ?true/.test(made.getArguments()[1]?.getText() ?? ''))
    for (const column of ['createdAt', 'updatedAt'])
      fields.columns.push({ name: column, type: 'Date', foreignKey: false, span: spanOf(made) })
  const options = made.getArguments()[1]
  const uniques = uniquePaths(indexes)
  const parts = { name, schema: made, owner: null, options, collection, uniques }
  return { ...tableFrom(name, made, fields, indexes), document: documentModel(parts, resolver) }
}

function classTable(
  name: string,
  owner: ReturnType<typeof classNamedBy>,
  indexes: readonly IndexCall[],
  resolver: Resolver,
  collection?: Node,
): Table | null {
  if (!owner) return null
  const fields: Fields = { columns: [], relations: [], unique: [], indexes: [] }
  for (const each of lineage(owner, resolver))
    for (const property of each.getInstanceProperties()) {
      const [prop] = decoratorsOf(property, propPackages, resolver).filter(({ name: own }) =>
        /^[Pp]rop$/.test(own),
      )
      if (!prop || !Node.isPropertyDeclaration(property)) continue
      const [options] = prop.args
      const isMany = /\[\]$|^(?:Types\.)?(?:Array|DocumentArray)</.test(
        property.getTypeNode()?.getText() ?? '',
      )
      addOptions(
        property.getName(),
        options,
        property,
        isMany || Node.isArrayLiteralExpression(options),
        fields,
        resolver,
      )
    }
  const all = [...indexes, ...decoratedIndexes(owner, resolver)]
  const parts = { name, schema: owner, owner, options: undefined, collection, uniques: uniquePaths(all) }
  return { ...tableFrom(name, owner, fields, all), document: documentModel(parts, resolver) }
}

interface IndexCall {
  readonly columns: readonly string[]
  readonly unique: boolean
  /** Whether it holds for a part of the documents only. */
  readonly partial: boolean
}

function uniquePaths(indexes: readonly IndexCall[]): UniquePaths[] {
  return indexes.filter(({ unique }) => unique).map(({ columns, partial }) => ({ paths: columns, partial }))
}

/** `schema.index({ a: 1 }, { unique: true })` of a schema. */
function schemaIndexes(schema: Node, program: Program, resolver: Resolver): IndexCall[] {
  return program.callsNamed('index').flatMap((call): IndexCall[] => {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee) || resolver.instance(callee.getExpression()) !== schema)
      return []
    return [indexIn(call.getArguments())]
  })
}

function decoratedIndexes(owner: Node, resolver: Resolver): IndexCall[] {
  const decorators = decoratorsOf(owner, propPackages, resolver)
  return decorators.filter(({ name }) => name === 'index').map(({ args }) => indexIn(args))
}

function indexIn([columns, options]: readonly Node[]): IndexCall {
  const names = Node.isObjectLiteralExpression(columns)
    ? columns
        .getProperties()
        .flatMap((property) => (Node.isPropertyAssignment(property) ? [propertyText(property)] : []))
    : []
  const partial = isTrue(options, 'sparse') || propertyOf(options, 'partialFilterExpression') !== undefined
  return { columns: names, unique: isTrue(options, 'unique'), partial }
}

/** One field of a schema: `String`, `{ type: String, unique: true }`, `[{ type: ObjectId, ref: 'Post' }]`. */
function addField(name: string, value: Node, at: Node, fields: Fields, resolver: Resolver): void {
  if (Node.isArrayLiteralExpression(value))
    return addOptions(name, value.getElements()[0], at, true, fields, resolver)
  addOptions(name, value, at, false, fields, resolver)
}

function addOptions(
  name: string,
  given: Node | undefined,
  at: Node,
  isList: boolean,
  fields: Fields,
  resolver: Resolver,
): void {
  const options = Node.isArrayLiteralExpression(given) ? given.getElements()[0] : given
  const type = propertyOf(options, 'type')
  const element = Node.isArrayLiteralExpression(type) ? type.getElements()[0] : undefined
  const ref = propertyOf(options, 'ref') ?? propertyOf(element, 'ref')
  const target = ref && refName(ref, resolver)
  const many = isList || element !== undefined
  const span = spanOf(at)
  const typeText = Node.isObjectLiteralExpression(options)
    ? (type?.getText() ?? null)
    : (options?.getText() ?? null)
  fields.columns.push({ name, type: typeText, foreignKey: target !== undefined, span })
  if (target)
    fields.relations.push({ name, target, many, columns: [name], references: id, eager: false, span })
  if (isTrue(options, 'unique')) fields.unique.push([name])
  else if (isTrue(options, 'index') || isTrue(element, 'index')) fields.indexes.push([name])
}

function refName(ref: Node, resolver: Resolver): string | undefined {
  const name = Node.isPropertyAccessExpression(ref) && ref.getName() === 'name' ? ref.getExpression() : ref
  return textOf(resolver.definition(name)) ?? nameGivenBy(name, resolver) ?? undefined
}

function tableFrom(name: string, at: Node, fields: Fields, indexes: readonly IndexCall[]): Table {
  return {
    name,
    orm: 'mongoose',
    span: spanOf(at),
    columns: [{ name: '_id', type: 'ObjectId', foreignKey: false, span: spanOf(at) }, ...fields.columns],
    primaryKey: id,
    unique: [id, ...fields.unique, ...indexes.filter(({ unique }) => unique).map(({ columns }) => columns)],
    indexes: [...fields.indexes, ...indexes.filter(({ unique }) => !unique).map(({ columns }) => columns)],
    relations: fields.relations,
    indexesForeignKeys: false,
  }
}

function propertyText(property: Node): string {
  return Node.isPropertyAssignment(property) ? property.getName().replace(/^['"`]|['"`]$/g, '') : ''
}

/** Whether a field of a model refers to several documents, or null where its schema can't be read. */
export function isManyField(model: Model, field: string, resolver: Resolver): boolean | null {
  const value = fieldOf(model, field, resolver)
  if (!value) return null
  return Node.isArrayLiteralExpression(value) || Node.isArrayLiteralExpression(propertyOf(value, 'type'))
}

/** The model to whose document a field refers, or null. */
export function referredModel(model: Model, field: string, resolver: Resolver): string | null {
  return nameGivenBy(propertyOf(fieldOf(model, field, resolver), 'ref'), resolver)
}

function fieldOf({ call }: Model, field: string, resolver: Resolver): Node | undefined {
  const schema = call?.getArguments()[1]
  const made = schema && schemaNode(schema, resolver)
  const [first] = made?.getArguments() ?? []
  return propertyOf(first && resolver.definition(first), field)
}

/** The variable that holds the schema of a model, for adding to it. */
export function schemaVariable(model: string, program: Program, resolver: Resolver): Node | null {
  for (const call of ['model', 'forFeature'].flatMap((name) => program.applicationCallsNamed(name))) {
    const own = modelOf(call, resolver)
    const second = own?.call === call && own.name === model ? call.getArguments()[1] : undefined
    const schema = second && schemaNode(second, resolver)
    const declaration = schema?.getParent()
    if (Node.isVariableDeclaration(declaration) && !isSupportFile(fileOf(declaration))) return declaration
  }
  return null
}
