import type { OrmExample } from '../orm.ts'

/** Code in which Mongoose's queries must be recognised. */
export const mongooseExamples: readonly OrmExample[] = [
  {
    setup: `import mongoose, { Schema } from 'mongoose'
const userSchema = new Schema({ email: { type: String, unique: true }, posts: [{ type: Schema.Types.ObjectId, ref: 'Post' }] })
const User = mongoose.models.User || mongoose.model('User', userSchema)
const Post = mongoose.model<IPost>('Post', new Schema({ author: { type: Schema.Types.ObjectId, ref: 'User' }, handle: { type: String, unique: true } }))`,
    code: `await User.find({ active: true }).select('name').sort({ name: 1 }).populate('posts').lean().exec()
await User.findById(req.params.id)
await Post.findOne({ author: 1 })
await Post.find({ author: { $in: ids } }).sort('-createdAt').skip(10).limit(10)
await Post.countDocuments()
await Post.find({}).limit(0)
await Post.find({ handle: 'a' })
await Post.create({ title: 'a' })
await Post.insertMany([{ title: 'a' }])
await User.findByIdAndUpdate(1, { name: 'a' })
await User.findOneAndUpdate({ email: 'a' }, { name: 'b' }, { upsert: true })
await Post.deleteMany({ author: 1 })
await Post.aggregate([{ $match: { author: 1 } }, { $group: { _id: '$author', n: { $sum: 1 } } }])
await Post.aggregate([{ $match: { author: 1 } }, { $limit: 5 }])
await Post.aggregate([{ $match: { author: 1 } }])
for await (const post of Post.find()) res.write(post.title)
[1, 2].find((one) => one === 1)`,
    queries: [
      { table: 'User', operation: 'many', bound: null },
      { table: 'User', operation: 'one', bound: 'unique-key' },
      { table: 'Post', operation: 'one', bound: 'limit' },
      { table: 'Post', operation: 'many', bound: 'limit' },
      { table: 'Post', operation: 'count', bound: null },
      { table: 'Post', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: 'unique-key' },
      { table: 'Post', operation: 'insert', bound: null },
      { table: 'Post', operation: 'insert', bound: null },
      { table: 'User', operation: 'update', bound: 'unique-key' },
      { table: 'User', operation: 'upsert', bound: 'unique-key' },
      { table: 'Post', operation: 'delete', bound: null },
      { table: 'Post', operation: 'aggregate', bound: null },
      { table: 'Post', operation: 'many', bound: 'limit' },
      { table: 'Post', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: 'stream' },
    ],
  },
  {
    setup: `import { Order } from './models'
import { Features } from './features'`,
    code: `const order = await Order.findById(req.params.id).populate('user', 'name')
order.paid = true
await order.save()
await new Order({ total: 1 }).save()
const open = await Order.find({ open: true })
for (const each of open) await each.deleteOne()
let query = Order.find()
if (req.query.limit) query = query.limit(Number(req.query.limit))
res.json(await query)
const features = new Features(Order.find(), req.query).filter().paginate()
res.json(await features.query)
const session = await startSession()
await session.withTransaction(async () => { await Order.updateOne({ _id: 1 }, { paid: true }, { session }) })`,
    others: {
      'models.ts': `import { model, Schema } from 'mongoose'
export const Order = model('Order', new Schema({ user: { type: Schema.Types.ObjectId, ref: 'User' } }))`,
      'features.ts': `export class Features {
  constructor(query, params) { this.query = query; this.params = params }
  filter() { this.query = this.query.find(this.params); return this }
  paginate() { this.query = this.query.skip(0).limit(this.params.limit || 100); return this }
}`,
    },
    queries: [
      { table: 'Order', operation: 'one', bound: 'unique-key' },
      { table: 'Order', operation: 'save', bound: 'unique-key' },
      { table: 'Order', operation: 'insert', bound: null },
      { table: 'Order', operation: 'many', bound: null },
      { table: 'Order', operation: 'delete', bound: 'unique-key' },
      { table: 'Order', operation: 'many', bound: 'optional-limit' },
      { table: 'Order', operation: 'many', bound: 'limit' },
      { table: 'Order', operation: 'update', bound: 'unique-key' },
    ],
  },
  {
    setup: `import { Model } from 'mongoose'
import { InjectModel } from '@nestjs/mongoose'
import { getModelForClass, prop } from '@typegoose/typegoose'
class Cat { name: string }
class Dog { @prop() name: string }
const DogModel = getModelForClass(Dog)
class Cats {
  constructor(@InjectModel(Cat.name) private readonly cats: Model<CatDocument>, private other: Model<IBird>) {}
  all() { return this.cats.find().exec() }
  birds() { return this.other.find({}, null, { limit: 5 }) }
}
const cats = new Cats()`,
    code: `res.json(await cats.all())
await cats.birds()
await DogModel.find()`,
    queries: [
      { table: 'Cat', operation: 'many', bound: null },
      { table: 'Bird', operation: 'many', bound: 'limit' },
      { table: 'Dog', operation: 'many', bound: null },
    ],
  },
]
