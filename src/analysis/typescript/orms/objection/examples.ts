import type { OrmExample } from '../orm.ts'

/** Code in which Objection's queries must be recognised. */
export const objectionExamples: readonly OrmExample[] = [
  {
    setup: `import { Model, transaction } from 'objection'
class Base extends Model {}
class Post extends Base {
  static tableName = 'posts'
}
class User extends Base {
  static get tableName() { return 'users' }
  static get relationMappings() {
    return { posts: { relation: Model.HasManyRelation, modelClass: Post, join: { from: 'users.id', to: 'posts.user_id' } } }
  }
  static active() { return this.query().where('active', true) }
}`,
    code: `await User.query().where('name', 'like', '%a%').withGraphFetched('posts')
await User.query().findById(1)
await User.query().page(0, 20)
await Post.query().where({ user_id: 1 }).orderBy('id').limit(5)
await User.query().findOne({ name: 'a' })
await User.query().insert({ name: 'a' })
await User.query().patch({ name: 'a' }).where('id', 1)
await User.query().deleteById(1)
await User.query().resultSize()
const user = await User.query().findById(1)
await user.$query().patch({ name: 'b' })
await user.$relatedQuery('posts')
await User.active()
await User.transaction(async (trx) => { await Post.query(trx).insert({ title: 'a' }) })
await User.query().findByIds([1, 2])`,
    queries: [
      { table: 'users', operation: 'many', bound: null },
      { table: 'users', operation: 'one', bound: 'unique-key' },
      { table: 'users', operation: 'many', bound: 'limit' },
      { table: 'posts', operation: 'many', bound: 'limit' },
      { table: 'users', operation: 'one', bound: 'limit' },
      { table: 'users', operation: 'insert', bound: null },
      { table: 'users', operation: 'update', bound: 'unique-key' },
      { table: 'users', operation: 'delete', bound: 'unique-key' },
      { table: 'users', operation: 'count', bound: null },
      { table: 'users', operation: 'one', bound: 'unique-key' },
      { table: 'users', operation: 'update', bound: 'unique-key' },
      { table: 'posts', operation: 'many', bound: null },
      { table: 'users', operation: 'many', bound: null },
      { table: 'posts', operation: 'insert', bound: null },
      { table: 'users', operation: 'many', bound: 'key-list' },
    ],
  },
]
