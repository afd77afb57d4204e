import type { OrmExample } from '../orm.ts'

const entities = `import { BaseEntity, Column, Entity, Index, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm'
@Entity() export class User extends BaseEntity { @PrimaryGeneratedColumn() id: number; @Column({ unique: true }) login: string; @OneToMany(() => Post, (post) => post.author) posts: Post[] }
@Entity() export class Post { @PrimaryGeneratedColumn() id: number; @Column() title: string; @ManyToOne(() => User, (user) => user.posts, { eager: true }) author: User }
`

/** Code that people write with TypeORM. */
export const typeormExamples: readonly OrmExample[] = [
  {
    setup: `import { DataSource, In, Repository, getRepository } from 'typeorm'
import { Post, User } from './entities'
const dataSource = new DataSource({ type: 'postgres' })
const posts = dataSource.getRepository(Post)
class Posts { constructor(private readonly repository: Repository<Post>) {} all(options) { return this.repository.find(options) } }
const service = new Posts(posts)`,
    code: `await posts.find()
await posts.find({ where: { title: 'a' }, take: 10 })
await posts.findBy({ id: In([1, 2]) })
await posts.findOneBy({ id: 1 })
await posts.findOne({ where: { title: 'a' } })
await getRepository(User).findAndCount({ take: req.query.limit ? Number(req.query.limit) : undefined })
await dataSource.manager.find(User, { where: { login: 'a' } })
await posts.count()
await posts.save(posts.create({ title: 'a' }))
await posts.save([{ title: 'a' }, { title: 'b' }])
await posts.insert({ title: 'a' })
await posts.update(1, { title: 'b' })
await posts.increment({ id: 1 }, 'views', 1)
await posts.softDelete([1, 2])
await dataSource.transaction(async (manager) => { await manager.getRepository(Post).delete({ id: 1 }) })
await dataSource.query('SELECT * FROM post')
await service.all({ where: { title: 'a' } })
await service.all({ take: 5 })
posts.create({ title: 'a' })`,
    others: { 'entities.ts': entities },
    queries: [
      { table: 'Post', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: 'limit' },
      { table: 'Post', operation: 'many', bound: 'key-list' },
      { table: 'Post', operation: 'one', bound: 'unique-key' },
      { table: 'Post', operation: 'one', bound: 'limit' },
      { table: 'User', operation: 'many', bound: 'optional-limit' },
      { table: 'User', operation: 'many', bound: 'unique-key' },
      { table: 'Post', operation: 'count', bound: null },
      { table: 'Post', operation: 'insert', bound: null },
      { table: 'Post', operation: 'save', bound: null },
      { table: 'Post', operation: 'insert', bound: null },
      { table: 'Post', operation: 'update', bound: 'unique-key' },
      { table: 'Post', operation: 'update', bound: 'unique-key' },
      { table: 'Post', operation: 'delete', bound: 'key-list' },
      { table: 'Post', operation: 'delete', bound: 'unique-key' },
      { table: 'post', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: null },
      { table: 'Post', operation: 'many', bound: 'limit' },
    ],
  },
  {
    setup: `import { getRepository } from 'typeorm'
import { Post, User } from './entities'
const Users = getRepository(User).extend({ recent() { return this.find({ take: 10 }) } })
async function search(query) {
  const builder = getRepository(Post).createQueryBuilder('post').leftJoinAndSelect('post.author', 'author')
  builder.where('post.title = :title', { title: query.title })
  if ('limit' in query) builder.limit(query.limit)
  return builder.getMany()
}`,
    code: `await search(req.query)
await getRepository(Post).createQueryBuilder('post').where('post.id = :id', { id: 1 }).getOne()
await getRepository(Post).createQueryBuilder('post').take(10).skip(20).getManyAndCount()
await getRepository(Post).createQueryBuilder('post').select('COUNT(*)', 'n').getRawOne()
await getRepository(Post).createQueryBuilder().update().set({ title: 'b' }).where('id = :id', { id: 1 }).execute()
const users = await User.find()
const user = await User.findOneBy({ login: 'a' })
user.login = 'b'
await user.save()
await Users.recent()
new Map().delete('a')`,
    others: { 'entities.ts': entities },
    queries: [
      { table: 'Post', operation: 'many', bound: 'optional-limit' },
      { table: 'Post', operation: 'one', bound: 'unique-key' },
      { table: 'Post', operation: 'many', bound: 'limit' },
      { table: 'Post', operation: 'aggregate', bound: null },
      { table: 'Post', operation: 'update', bound: 'unique-key' },
      { table: 'User', operation: 'many', bound: null },
      { table: 'User', operation: 'one', bound: 'unique-key' },
      { table: 'User', operation: 'save', bound: null },
      { table: 'User', operation: 'many', bound: 'limit' },
    ],
  },
]
