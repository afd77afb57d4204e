import { Node, type ObjectLiteralExpression } from 'ts-morph'
import type { Column, Relation, Table } from '../../../facts.ts'
import { spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { isTrue, propertyOf, textOf, textsOf } from '../reading/decorators.ts'
import { withForeignKeys } from '../reading/foreign-keys.ts'

interface ColumnSet {
  readonly columns: readonly string[]
  readonly unique: boolean
}

/** `new EntitySchema({ name: 'User', columns: {…}, relations: {…} })` */
export function schemaTables(program: Program, resolver: Resolver): Table[] {
  return program
    .filesWith('EntitySchema')
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
  const relations = propertiesOf(propertyOf(options, 'relations')).map(({ key, value }) =>
    schemaRelation(key, value),
  )
  const sets = ['uniques', 'indices'].flatMap((list) => setsIn(propertyOf(options, list), list === 'uniques'))
  const uniqueColumns = properties.filter(({ value }) => isTrue(value, 'unique')).map(({ key }) => [key])
  return {
    name,
    orm: 'typeorm',
    span: spanOf(options),
    columns: withForeignKeys(columns, relations),
    primaryKey,
    unique: [
      primaryKey,
      ...uniqueColumns,
      ...sets.filter(({ unique }) => unique).map((set) => set.columns),
    ].filter((set) => set.length > 0),
    indexes: sets
      .filter(({ unique }) => !unique)
      .map((set) => set.columns)
      .filter((set) => set.length > 0),
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

function propertiesOf(
  object: Node | undefined,
): { readonly key: string; readonly value: ObjectLiteralExpression }[] {
  if (!Node.isObjectLiteralExpression(object)) return []
  return object.getProperties().flatMap((property) => {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isPropertyAssignment(property) && Node.isObjectLiteralExpression(value)
      ? [{ key: property.getName(), value }]
      : []
  })
}
