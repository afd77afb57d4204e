import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readApp, withoutPlaces } from './orm-app.ts'

const setup = `import { DataTypes, Op, Sequelize } from 'sequelize'
const sequelize = new Sequelize({ dialect: 'postgres' })
const User = sequelize.define('User', {
  email: { type: DataTypes.STRING, unique: true },
  tenant: { type: DataTypes.STRING, unique: 'login' },
  name: { type: DataTypes.STRING, unique: 'login' },
}, { indexes: [{ fields: ['name', 'tenant'] }, { unique: true, fields: ['tenant', 'email'] }] })
const Post = sequelize.define('Post', { title: DataTypes.STRING }, { timestamps: false })
const Tag = sequelize.define('Tag', { key: { type: DataTypes.STRING, primaryKey: true } })
User.hasMany(Post, { as: 'articles', foreignKey: 'authorId' })
Post.belongsTo(User, { as: 'author' })
Post.belongsToMany(Tag, { through: 'PostTag' })
User.prototype.greet = async function () { return this.countArticles() }`

test('models give their tables', () => {
  const { facts } = readApp(setup, '')
  const [user, post, tag] = facts.tables.map(withoutPlaces)
  assert.deepEqual(user, {
    name: 'User',
    columns: ['email', 'tenant', 'name', 'id', 'createdAt', 'updatedAt'],
    primaryKey: ['id'],
    unique: [['id'], ['email'], ['tenant', 'name'], ['tenant', 'email']],
    indexes: [['name', 'tenant']],
    relations: ['articles: Post[]'],
    indexesForeignKeys: false,
  })
  assert.deepEqual(post, {
    name: 'Post',
    columns: ['title', 'id', 'authorId *'],
    primaryKey: ['id'],
    unique: [['id']],
    indexes: [],
    relations: ['author: User by authorId', 'Tags: Tag[]'],
    indexesForeignKeys: false,
  })
  assert.deepEqual((tag as { primaryKey: unknown }).primaryKey, ['key'])
})

test('decorated models give their tables', () => {
  const decorated = `import { BelongsTo, Column, DataType, ForeignKey, HasMany, Index, Model, PrimaryKey, Table, Unique } from 'sequelize-typescript'
class Base extends Model { @PrimaryKey @Column(DataType.UUID) id: string }
@Table({ indexes: [{ fields: ['name'] }], timestamps: false }) class Team extends Base { @Unique @Column name: string; @HasMany(() => Player) players: Player[] }
@Table({ timestamps: false }) class Player extends Base { @Index @Column nick: string; @ForeignKey(() => Team) @Column teamId: string; @BelongsTo(() => Team) team: Team }`
  const { facts } = readApp(decorated, '')
  assert.deepEqual(facts.tables.map(withoutPlaces), [
    {
      name: 'Team',
      columns: ['id', 'name'],
      primaryKey: ['id'],
      unique: [['id'], ['name']],
      indexes: [['name']],
      relations: ['players: Player[]'],
      indexesForeignKeys: null,
    },
    {
      name: 'Player',
      columns: ['id', 'nick', 'teamId *'],
      primaryKey: ['id'],
      unique: [['id']],
      indexes: [['nick']],
      relations: ['team: Team by teamId'],
      indexesForeignKeys: null,
    },
  ])
})

test('conditions, includes, order, columns and transactions are read', () => {
  const { facts } = readApp(
    setup,
    `const where: any = { tenant: 'a', [Op.or]: [{ name: 'b' }, { email: 'c' }] }
if (req.query.q) where.title = { [Op.iLike]: \`%\${req.query.q}%\` }
const include = [{ model: User, as: 'author', attributes: ['id'], include: ['articles'] }]
include.push({ model: Tag })
await Post.findAll({ where, include, order: [['title', 'ASC'], ['id', 'ASC']], attributes: ['id', 'title'], offset: 3 })
await User.findAndCountAll({ include: ['articles'], limit: 3 })
await User.findAndCountAll({ include: ['articles'], limit: 3, distinct: true })
await sequelize.transaction(async (transaction) => Post.create({ title: 'a' }, { transaction }))`,
  )
  const [find, counted, distinct, create] = facts.queries
  assert.deepEqual(
    find?.filters.map(({ column, match, pattern }) => [column, match, pattern]),
    [
      ['tenant', 'equals', undefined],
      ['name', 'other', undefined],
      ['email', 'other', undefined],
      ['title', 'other', 'leading-wildcard'],
    ],
  )
  assert.deepEqual(
    find?.includes.map(({ relation, many, columns }) => [relation, many, columns]),
    [
      ['author', false, ['id']],
      ['author.articles', true, null],
      ['Tags', true, null],
    ],
  )
  assert.deepEqual([find?.order, find?.columns, find?.skips], [['title', 'id'], ['id', 'title'], true])
  assert.deepEqual([counted?.countsJoinedRows, distinct?.countsJoinedRows], [true, false])
  assert.equal(create?.inTransaction, true)
})

test('rows are followed: mixins, methods of the prototype, relations of a request', () => {
  const { facts } = readApp(
    setup,
    `const { rows: users } = await User.findAndCountAll({ limit: 5 })
await Promise.all(users.map((user) => user.greet()))
const post = await Post.findByPk(1)
await post.getTags()
await post.addTags([1, 2])
const fresh = User.build({ name: 'a' })
await fresh.save()
await req.user.getArticles()
await req.client.getArticles()`,
  )
  assert.deepEqual(
    facts.queries.map(({ table, operation, bulk, bound, loops }) => [
      table,
      operation,
      bulk,
      bound,
      loops.length,
    ]),
    [
      ['User', 'many', false, 'limit', 0],
      ['Post', 'count', false, null, 1],
      ['Post', 'one', false, 'unique-key', 0],
      ['Tag', 'many', false, 'key-list', 0],
      ['Tag', 'insert', true, null, 0],
      ['User', 'insert', false, null, 0],
      ['Post', 'many', false, null, 0],
    ],
  )
})

test('methods of other libraries are no queries', () => {
  const { facts } = readApp(
    `${setup}\nimport axios from 'axios'\nclass Files { findAll() { return [] } }\nconst models = { User: new Map() }`,
    "await axios.create({}); new Files().findAll(); models.User.delete('a'); await req.files.update('a')",
  )
  assert.deepEqual(facts.queries, [])
})

test('pages: an unordered finder is ordered by the key, a count with joins counts rows once', () => {
  const { facts, after } = readApp(
    setup,
    "const { rows } = await User.findAndCountAll({ include: ['articles'] })\nres.json(rows)",
  )
  const queries = facts.queries.map(({ id }) => id)
  const text = after({
    kind: 'paginate',
    queries,
    page: { defaultLimit: 20, maximumLimit: 100 },
    by: 'offset',
  })
  const expected =
    "User.findAndCountAll({ include: ['articles'], distinct: true, order: [['id', 'DESC']], limit, offset })"
  assert.ok(text?.includes(expected), text ?? 'refused')
})

test('an index is added to the options of a model, however they are given', () => {
  const { after } = readApp(`${setup}\nconst Bare = sequelize.define('Bare', { key: DataTypes.STRING })`, '')
  const added = (table: string): string =>
    after({ kind: 'add-index', orm: 'sequelize', table, columns: ['key'] }) ?? 'refused'
  assert.ok(added('User').includes("fields: ['tenant', 'email'] }, { fields: ['key'] }] })"), added('User'))
  assert.ok(added('Post').includes("{ timestamps: false, indexes: [{ fields: ['key'] }] })"), added('Post'))
  assert.ok(
    added('Bare').includes("{ key: DataTypes.STRING }, { indexes: [{ fields: ['key'] }] })"),
    added('Bare'),
  )
})
