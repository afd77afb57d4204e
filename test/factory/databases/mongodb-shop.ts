import { after } from 'node:test'
import { Inspection } from '../../../src/analysis/inspection.ts'
import type { Database } from '../../../src/factory/databases/database.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { planSeed, type PlanOptions } from '../../../src/factory/plan.ts'
import { resumeSeed, seedDatabase } from '../../../src/factory/seed.ts'
import { undoSeed } from '../../../src/factory/undo.ts'
import type { DocumentModel } from '../../../src/model/document-model.ts'
import type { SeedPlan, SeedResult } from '../../../src/model/seed-plan.ts'
import { type MongodbServer, startMongodb } from '../../servers/mongodb.ts'
import { skipReason } from '../../servers/server.ts'

/** Why this machine can't run tests with MongoDB's protocol; false where it can. */
export const skip = skipReason('mongodb')

/** A shop as people write it with Mongoose. */
export const shopFiles = {
  'models/user.js': `import mongoose from 'mongoose'
const { Schema } = mongoose
export const Role = Object.freeze({ ADMIN: 'admin', CUSTOMER: 'customer' })
const addressSchema = new Schema({ street: { type: String, required: true }, city: String, zip: { type: String, maxlength: 10 } }, { _id: false })
const userSchema = new Schema(
  {
    name: { type: String, required: [true, 'a name'], minlength: 2, maxlength: [60, 'shorter'] },
    email: { type: String, required: true, unique: true, lowercase: true, match: /^\\S+@\\S+\\.\\S+$/ },
    role: { type: String, enum: Object.values(Role), default: Role.CUSTOMER },
    code: { type: String, match: [/^[A-Z]{2}-\\d{4}$/, 'a code'] },
    age: { type: Number, min: 18, max: 99 },
    active: { type: Boolean, default: true },
    address: addressSchema,
    tags: [String],
    scores: [{ type: Number }],
    settings: { type: Map, of: String },
    meta: Schema.Types.Mixed,
    referrer: { type: Schema.Types.ObjectId, ref: 'User' },
    orders: [{ type: Schema.Types.ObjectId, ref: 'Order' }],
  },
  { timestamps: true },
)
export const User = mongoose.model('User', userSchema)
`,
  'models/shop.js': `import { Schema, model } from 'mongoose'
import { User } from './user.js'
const { ObjectId } = Schema.Types
const categorySchema = new Schema({ name: { type: String, required: true, unique: true } })
export const Category = model('Category', categorySchema)
const productSchema = new Schema({
  title: { type: String, required: true },
  sku: { type: String, unique: true, sparse: true },
  price: { type: Number, required: true },
  category: { type: ObjectId, ref: Category, required: true },
  size: { width: Number, height: Number },
}, { timestamps: { createdAt: 'created_at', updatedAt: false } })
export const Product = model('Product', productSchema, 'catalogue')
const orderSchema = new Schema({
  user: { type: ObjectId, ref: 'User', required: true },
  items: [{ product: { type: ObjectId, ref: 'Product', required: true }, quantity: { type: Number, min: 1, max: 20 } }],
  status: { type: String, enum: { values: ['pending', 'paid'], message: 'no' }, default: 'pending' },
}, { timestamps: true })
export const Order = model('Order', orderSchema)
const reviewSchema = new Schema({ product: { type: ObjectId, ref: 'Product', required: true }, user: { type: ObjectId, ref: 'User', required: true }, stars: { type: Number, min: 1, max: 5, required: true } })
reviewSchema.index({ product: 1, user: 1 }, { unique: true })
export const Review = model('Review', reviewSchema)
`,
} as const

/** What the code in a folder says of its documents. */
export function modelsIn(root: string): readonly DocumentModel[] {
  return new Inspection(root).tables().flatMap(({ document }) => document ?? [])
}

/** A server for all tests of a file. Gives a function for the URL of a database of a test's own. */
export function mongodbForFile(): () => Promise<string> {
  let starting: Promise<MongodbServer> | null = null
  after(async () => (await starting)?.stop())
  return async () => (await (starting ??= startMongodb())).createDatabase()
}

/** A database as the factory sees it, with what it can do. */
export class Shop {
  readonly url: string
  readonly models: readonly DocumentModel[]

  constructor(url: string, models: readonly DocumentModel[]) {
    this.url = url
    this.models = models
  }

  async opened<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await openDatabase(this.url, '/', this.models)
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }

  plan(options: PlanOptions): Promise<SeedPlan> {
    return this.opened(async (database) => planSeed(await database.readSchema(), options))
  }

  seed(options: PlanOptions, change: (database: Database) => Database = (same) => same): Promise<SeedResult> {
    return this.opened(async (database) => {
      const plan = planSeed(await database.readSchema(), options)
      return seedDatabase(change(database), plan, () => {}, new AbortController().signal)
    })
  }

  resume(): Promise<SeedResult> {
    return this.opened((database) => resumeSeed(database, () => {}, new AbortController().signal))
  }

  undo(atMost?: Readonly<Record<string, number>>): Promise<SeedResult> {
    return this.opened((database) => undoSeed(database, () => {}, new AbortController().signal, atMost))
  }
}
