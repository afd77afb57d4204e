import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { BSON, ObjectId } from 'mongodb'
import { collectionNameOf } from '../../../src/analysis/typescript/orms/mongoose/collection-name.ts'
import { documentMaker } from '../../../src/factory/databases/mongodb/documents.ts'
import { DocumentKeys } from '../../../src/factory/databases/mongodb/keys.ts'
import { tablesOfModels } from '../../../src/factory/databases/mongodb/model-tables.ts'
import { modelOfValidator, withValidator } from '../../../src/factory/databases/mongodb/validators.ts'
import { planSeed } from '../../../src/factory/plan.ts'
import { RowValues } from '../../../src/factory/row-values.ts'
import type { DocumentField } from '../../../src/model/document-model.ts'
import { inRepository } from '../../../scripts/repository.ts'
import { projectOf } from '../../analysis/temporary-project.ts'
import { modelsIn, shopFiles } from './mongodb-shop.ts'

/** Fields in one line each: path, type, and what is said besides. */
function lines(fields: readonly DocumentField[]): readonly string[] {
  return fields.map(({ path, type, list, required, hasDefault, fields: inner, ...said }) =>
    [
      path,
      list ? `[${type}]` : type,
      ...(required ? ['required'] : []),
      ...(hasDefault ? ['default'] : []),
      ...Object.entries(said).map(([name, value]) => `${name}=${String(value)}`),
      ...(inner === undefined ? [] : [`{${lines(inner).join('; ')}}`]),
    ].join(' '),
  )
}

test('what schemas say of documents is read, through imports, options and other schemas', (t) => {
  const models = new Map(modelsIn(projectOf(t, shopFiles)).map((model) => [model.name, model]))
  assert.deepEqual([...models].map(([name, { collection }]) => `${name} ${collection}`).toSorted(), [
    'Category categories',
    'Order orders',
    'Product catalogue',
    'Review reviews',
    'User users',
  ])
  assert.deepEqual(lines(models.get('User')?.fields ?? []), [
    'name String required minLength=2 maxLength=60',
    'email String required match=^\\S+@\\S+\\.\\S+$',
    'role String default values=admin,customer',
    'code String match=^[A-Z]{2}-\\d{4}$',
    'age Number min=18 max=99',
    'active Boolean default',
    'address.street String required',
    'address.city String',
    'address.zip String maxLength=10',
    'tags [String]',
    'scores [Number]',
    'settings Map',
    'meta Mixed',
    'referrer ObjectId ref=User',
    'orders [ObjectId] ref=Order',
    'createdAt Date required',
    'updatedAt Date required',
  ])
  assert.deepEqual(lines(models.get('Order')?.fields ?? []), [
    'user ObjectId required ref=User',
    'items [Document] {product ObjectId required ref=Product; quantity Number min=1 max=20; _id ObjectId required}',
    'status String default values=pending,paid',
    'createdAt Date required',
    'updatedAt Date required',
  ])
  assert.deepEqual(lines(models.get('Product')?.fields ?? []).slice(-3), [
    'size.width Number',
    'size.height Number',
    'created_at Date required',
  ])
  assert.deepEqual(models.get('Product')?.uniques, [{ paths: ['sku'], partial: true }])
  assert.deepEqual(models.get('Review')?.uniques, [{ paths: ['product', 'user'], partial: false }])
})

test('classes with decorators of Nest and Typegoose are read as well', (t) => {
  const [cat] = modelsIn(
    projectOf(t, {
      'cat.ts': `import { Prop, Schema, SchemaFactory, MongooseModule } from '@nestjs/mongoose'
import mongoose from 'mongoose'
enum Mood { Calm = 'calm', Wild = 'wild' }
@Schema({ timestamps: true, collection: 'all_cats' })
export class Cat {
  @Prop({ required: true, maxlength: 30 }) name: string
  @Prop() age: number
  @Prop([String]) toys: string[]
  @Prop({ type: String, enum: Mood }) mood: Mood
  @Prop({ type: mongoose.Schema.Types.ObjectId, ref: 'Owner' }) owner: string
  @Prop() born: Date
}
export const CatSchema = SchemaFactory.createForClass(Cat)
MongooseModule.forFeature([{ name: Cat.name, schema: CatSchema }])
`,
    }),
  )
  assert.equal(cat?.collection, 'all_cats')
  assert.deepEqual(lines(cat?.fields ?? []), [
    'name String required maxLength=30',
    'age Number',
    'toys [String]',
    'mood String values=calm,wild',
    'owner ObjectId ref=Owner',
    'born Date',
    'createdAt Date required',
    'updatedAt Date required',
  ])
})

const pluralize = inRepository('test', 'orms', 'node_modules', 'mongoose', 'lib', 'helpers', 'pluralize.js')

test(
  'collections are named as Mongoose names them',
  { skip: !existsSync(pluralize) && 'no Mongoose here' },
  () => {
    const real: unknown = createRequire(import.meta.url)(pluralize)
    assert.ok(typeof real === 'function')
    const names =
      'User Person Category Box Status Media Woman Child Analysis Bus Hero Quiz News Leaf Wife Matrix Datum Goose Order2 BlogPost Address Day Ox Mouse Index Tomato Axis'
    for (const name of names.split(' '))
      assert.equal(collectionNameOf(name), Reflect.apply(real, null, [name]), name)
  },
)

test('documents are made from a plan alone: nested, with lists, types and references that lead somewhere', (t) => {
  const tables = tablesOfModels(modelsIn(projectOf(t, shopFiles)))
  const plan = planSeed({ dialect: 'mongodb', tables }, { rows: { users: 50, orders: 200 } })
  const reserved = plan.tables.map(({ table, rows }) => ({
    table: table.name,
    reserved: [{ firstIndex: 0, rows, firstKey: 1 }],
    sequenceStarts: {},
  }))
  const values = new RowValues(plan, reserved, new Map())
  const byName = new Map(tables.map((table) => [table.name, table]))
  const documentsOf = (name: string) => {
    const found = plan.tables.find(({ table }) => table.name === name)
    assert.ok(found)
    const make = documentMaker({
      table: found.table,
      columns: values.columnsOf(name),
      tables: byName,
      seed: 1,
    })
    return Array.from({ length: found.rows }, (_, index) => make(index))
  }
  const users = documentsOf('users')
  const products = new Set(documentsOf('catalogue').map(({ _id }) => String(_id)))
  assert.equal(new Set(users.map(({ _id }) => String(_id))).size, 50)
  assert.equal(new Set(users.map(({ email }) => String(email))).size, 50)
  for (const user of users) {
    assert.ok(user._id instanceof ObjectId)
    assert.ok(user['createdAt'] instanceof Date)
    assert.match(String(user['code']), /^[A-Z]{2}-\d{4}$/)
    assert.match(String(user['email']), /^\S+@\S+\.\S+$/)
    assert.ok(Number(user['age']) >= 18 && Number(user['age']) <= 99)
    assert.equal(typeof user['active'], 'boolean')
    assert.equal(typeof user['address'].street, 'string')
    assert.ok(Array.isArray(user['tags']) && Array.isArray(user['orders']))
  }
  const keys = new Set(users.map(({ _id }) => String(_id)))
  for (const order of documentsOf('orders')) {
    assert.ok(keys.has(String(order['user'])))
    assert.equal(order['items'].length, 2)
    for (const item of order['items']) {
      assert.ok(products.has(String(item.product)))
      assert.ok(item._id instanceof ObjectId)
      assert.ok(item.quantity >= 1 && item.quantity <= 20)
    }
  }
  const pairs = documentsOf('reviews').map(({ product, user }) => `${String(product)} ${String(user)}`)
  assert.equal(new Set(pairs).size, pairs.length)
})

test('what a validator of the database asks for is kept besides what the model says', () => {
  const schema = {
    bsonType: 'object',
    required: ['plan', 'name', 'visits'],
    properties: {
      name: { bsonType: 'string', maxLength: 8 },
      plan: { enum: ['free', 'paid'] },
      visits: { bsonType: 'int', minimum: 0, maximum: 9 },
      lines: {
        bsonType: 'array',
        items: { bsonType: 'object', properties: { text: { bsonType: 'string' } } },
      },
    },
  }
  const name: DocumentField = {
    path: 'name',
    type: 'String',
    list: false,
    required: false,
    hasDefault: false,
  }
  const model = { name: 'Account', collection: 'accounts', fields: [name], uniques: [] }
  assert.deepEqual(lines(withValidator(model, schema).fields), [
    'name String required maxLength=8',
    'plan String required values=free,paid',
    'visits Int32 required min=0 max=9',
  ])
  assert.deepEqual(
    lines(modelOfValidator('accounts', schema).fields).at(-1),
    'lines [Document] {text String}',
  )
})

test('keys are a range of their collection, whatever type they have', () => {
  const column = {
    name: '_id',
    type: 'integer',
    nullable: false,
    hasDefault: false,
    generated: false,
  } as const
  const keysOf = (declaredType: string, name = 'users') =>
    new DocumentKeys(7, {
      name,
      columns: [{ ...column, declaredType, maxLength: null, allowedValues: null }],
    })
  assert.equal(keysOf('Number').keyOf(5), 5)
  for (const type of ['ObjectId', 'String']) {
    const keys = keysOf(type)
    const texts = [1, 255, 256, 70_000, 4_294_967_295].map((number) => String(keys.keyOf(number)))
    assert.deepEqual(texts, texts.toSorted())
    assert.deepEqual(
      texts.map((text) => keys.numberOf(text)),
      [1, 255, 256, 70_000, 4_294_967_295],
    )
    assert.equal(keys.numberOf(keysOf(type, 'orders').keyOf(1)), null)
    assert.equal(keys.numberOf(new ObjectId()), null)
  }
})

/** A field without limits. */
function field(path: string, type: string): DocumentField {
  return { path, type, list: false, required: true, hasDefault: false }
}

test('values are stored as their fields say', () => {
  const fields = [
    field('price', 'Decimal128'),
    field('at', 'Date'),
    field('big', 'BigInt'),
    field('uid', 'UUID'),
    field('raw', 'Buffer'),
    field('ok', 'Boolean'),
  ]
  const [table] = tablesOfModels([{ name: 'Thing', collection: 'things', fields, uniques: [] }])
  assert.ok(table)
  const values: Readonly<Record<string, string | number | Uint8Array>> = {
    _id: 1,
    price: '12.50',
    at: 1_700_000_000_000,
    big: '9007199254740993',
    uid: '65920080-0000-4000-8000-000000000000',
    raw: new Uint8Array([1, 2]),
    ok: 1,
    __v: 0,
  }
  const columns = table.columns.map((column) => ({ column, valueOf: () => values[column.name] ?? null }))
  const made = documentMaker({ table, columns, tables: new Map(), seed: 1 })(0)
  const read = BSON.deserialize(BSON.serialize(made), { promoteLongs: false })
  assert.equal(String(read['price']), '12.50')
  assert.deepEqual(read['at'], new Date(1_700_000_000_000))
  assert.equal(String(read['big']), '9007199254740993')
  assert.equal(String(read['uid']), values['uid'])
  assert.deepEqual([...read['raw'].buffer.subarray(0, 2)], [1, 2])
  assert.equal(read['ok'], true)
})
