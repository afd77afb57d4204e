import type { OrmExample } from '../orm.ts'

/** Code that people write with Sequelize. */
export const sequelizeExamples: readonly OrmExample[] = [
  {
    setup: `import { DataTypes, Model, Op, Sequelize } from 'sequelize'
const sequelize = new Sequelize('sqlite::memory:')
class User extends Model { declare id: number; posts() { return Post.count({ where: { authorId: this.id } }) } }
User.init({ login: { type: DataTypes.STRING, unique: true } }, { sequelize })
const Post = sequelize.define('Post', { title: DataTypes.STRING })
User.hasMany(Post, { as: 'articles', foreignKey: 'authorId' })
Post.belongsTo(User, { as: 'author' })
async function page(model, options) { return model.findAll(options) }`,
    code: `await Post.findAll()
await Post.findAll({ where: { title: 'a' }, limit: 10 })
await Post.findAll({ where: { id: { [Op.in]: [1, 2] } } })
const ids = (await User.findAll({ attributes: ['id'] })).map((user) => user.id)
await Post.findAll({ where: { authorId: ids } })
await Post.findAndCountAll({ include: [{ model: User, as: 'author' }], limit: req.query.limit ? Number(req.query.limit) : undefined })
await User.findOne({ where: { login: 'a' } })
const user = await User.findByPk(1)
user.login = 'b'
await user.save()
await user.getArticles({ limit: 5 })
await user.countArticles()
await user.posts()
await user.destroy()
await Post.create({ title: 'a' })
await Post.bulkCreate([{ title: 'a' }])
await Post.update({ title: 'b' }, { where: { id: 1 } })
await Post.increment('views', { where: { id: 1 } })
await Post.destroy({ where: { title: 'a' } })
await Post.findAll({ attributes: ['authorId', [sequelize.fn('COUNT', '*'), 'n']], group: ['authorId'] })
await sequelize.query('SELECT * FROM posts')
await page(Post, { where: { title: 'a' } })
await page(User, { limit: 5 })
new Map().get('a')`,
    queries: [
      { table: 'Post', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: 'limit' },
      { table: 'Post', operation: 'many', bound: 'key-list' },
      { table: 'User', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: 'key-list' },
      { table: 'Post', operation: 'many', bound: 'optional-limit' },
      { table: 'User', operation: 'one', bound: 'unique-key' },
      { table: 'User', operation: 'one', bound: 'unique-key' },
      { table: 'User', operation: 'save', bound: null },
      { table: 'Post', operation: 'many', bound: 'limit' },
      { table: 'Post', operation: 'count', bound: null },
      { table: 'Post', operation: 'count', bound: null },
      { table: 'User', operation: 'delete', bound: 'unique-key' },
      { table: 'Post', operation: 'insert', bound: null },
      { table: 'Post', operation: 'insert', bound: null },
      { table: 'Post', operation: 'update', bound: 'unique-key' },
      { table: 'Post', operation: 'update', bound: 'unique-key' },
      { table: 'Post', operation: 'delete', bound: null },
      { table: 'Post', operation: 'aggregate', bound: null },
      { table: 'posts', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: null },
      { table: 'User', operation: 'many', bound: 'limit' },
    ],
  },
  {
    setup: `const db = require('./models')
const { Tag } = require('./models')`,
    code: `await db.Post.findAll()
await Tag.findAll()
await req.app.get('sequelize').models.Post.findOne()
await db.sequelize.models.Tag.count()
await db.Unknown.findAll()`,
    others: {
      'package.json': '{ "dependencies": { "sequelize": "^6.0.0" } }',
      'models/index.js': `const fs = require('fs')
const Sequelize = require('sequelize')
const db = {}
const sequelize = new Sequelize('sqlite::memory:')
fs.readdirSync(__dirname).forEach((file) => {
  const model = require(file)(sequelize, Sequelize.DataTypes)
  db[model.name] = model
})
db.sequelize = sequelize
module.exports = db`,
      'models/post.js': `module.exports = (sequelize, DataTypes) => {
  const Post = sequelize.define('Post', { title: DataTypes.STRING })
  Post.associate = (models) => { Post.hasMany(models.Tag) }
  return Post
}`,
      'models/tag.js': `'use strict'
const { Model } = require('sequelize')
module.exports = (sequelize, DataTypes) => {
  class Tag extends Model {}
  Tag.init({ name: DataTypes.STRING }, { sequelize, modelName: 'Tag' })
  return Tag
}`,
    },
    queries: [
      { table: 'Post', operation: 'many', bound: null },
      { table: 'Tag', operation: 'many', bound: null },
      { table: 'Post', operation: 'one', bound: 'limit' },
      { table: 'Tag', operation: 'count', bound: null },
    ],
  },
  {
    setup: `import { BelongsTo, Column, ForeignKey, HasMany, Model, Table } from 'sequelize-typescript'
@Table class Team extends Model { @Column name: string; @HasMany(() => Player) players: Player[] }
@Table class Player extends Model {
  @Column name: string
  @ForeignKey(() => Team) @Column teamId: number
  @BelongsTo(() => Team) team: Team
  static active() { return this.scope('active') }
  static top() { return this.findAll({ limit: 3 }) }
}`,
    code: `await Player.active().findAll({ where: { teamId: 1 } })
await Player.unscoped().findAll({ include: [Team] })
await Player.top()
const teams = await Team.findAll()
for (const team of teams) await team.$get('players')
await Promise.all(teams.map((team) => team.update({ name: 'a' })))`,
    queries: [
      { table: 'Player', operation: 'many', bound: null },
      { table: 'Player', operation: 'many', bound: null },
      { table: 'Player', operation: 'many', bound: 'limit' },
      { table: 'Team', operation: 'many', bound: null },
      { table: 'Player', operation: 'many', bound: null },
      { table: 'Team', operation: 'update', bound: 'unique-key' },
    ],
  },
]
