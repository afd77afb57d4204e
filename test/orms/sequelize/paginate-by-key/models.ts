import {
  DataTypes,
  Model,
  Sequelize,
  type CreationOptional,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
} from 'sequelize'
import { servePostgres, type PostgresServer } from '../../postgres/server.ts'

let queries = 0

const port = 20_000 + (process.pid % 20_000)

export const sequelize = new Sequelize('postgres', 'postgres', 'postgres', {
  dialect: 'postgres',
  host: '127.0.0.1',
  port,
  pool: { max: 1 },
  logging: () => queries++,
})

export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>
  declare name: string
}

User.init(
  { id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true }, name: DataTypes.STRING },
  { sequelize, timestamps: false },
)

export class Post extends Model<InferAttributes<Post>, InferCreationAttributes<Post>> {
  declare id: CreationOptional<number>
  declare title: string
  declare published: CreationOptional<boolean>
  declare views: CreationOptional<number>
  declare authorId: ForeignKey<User['id']>
  declare author?: NonAttribute<User>
}

Post.init(
  {
    id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
    title: { type: DataTypes.STRING, allowNull: false },
    published: { type: DataTypes.BOOLEAN, defaultValue: true },
    views: { type: DataTypes.INTEGER, defaultValue: 0 },
  },
  { sequelize, timestamps: false, indexes: [{ fields: ['title'] }] },
)

User.hasMany(Post, { as: 'posts', foreignKey: 'authorId' })
// Who wrote it
Post.belongsTo(User, { as: 'author', foreignKey: 'authorId' })

let server: PostgresServer | undefined

export async function prepare(): Promise<void> {
  server = await servePostgres(port)
  await sequelize.sync()
  await User.bulkCreate(Array.from({ length: 8 }, (_, n) => ({ name: `User ${n}` })))
  await Post.bulkCreate(
    Array.from({ length: 120 }, (_, n) => ({
      title: `Post ${n}`,
      published: n % 3 !== 0,
      views: n % 5,
      authorId: (n % 8) + 1,
    })),
  )
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await sequelize.close()
  await server?.stop()
}
