import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readApp, withoutPlaces } from './orm-app.ts'

const entities = `import { Column, Entity, Index, JoinColumn, ManyToOne, OneToMany, OneToOne, PrimaryGeneratedColumn, Unique } from 'typeorm'

abstract class Base {
  @PrimaryGeneratedColumn('uuid')
  id: string
}

@Entity()
@Unique(['tenant', 'login'])
@Index('by_age', ['age', 'tenant'])
export class User extends Base {
  @Column({ unique: true })
  email: string

  @Column() tenant: string
  @Column() login: string
  @Column() age: number

  @OneToMany(() => Post, (post) => post.author, { eager: true })
  posts: Post[]

  @OneToOne(() => Profile)
  @JoinColumn()
  profile: Profile

  greet() { return db.getRepository(Post).count() }
}

@Entity()
export class Post extends Base {
  @Column() title: string

  @Column({ name: 'author_id' })
  writer: string

  // Who wrote it
  @ManyToOne(() => User, (user) => user.posts)
  @JoinColumn({ name: 'author_id' })
  author: User
}

@Entity()
export class Profile extends Base {}
`
const setup = `import { DataSource, Like } from 'typeorm'
import { Post, User } from './entities'
export const db = new DataSource({ type: 'postgres' })
const posts = db.getRepository(Post)`
const files = {
  'entities.ts': entities.replace('abstract class', "import { db } from './app'\nabstract class"),
}

test('entities give their tables', () => {
  const { facts } = readApp(setup, '', files)
  assert.deepEqual(facts.tables.map(({ name }) => name).toSorted(), ['Post', 'Profile', 'User'])
  assert.deepEqual(withoutPlaces(facts.tables.find(({ name }) => name === 'User')), {
    name: 'User',
    columns: ['id', 'email', 'tenant', 'login', 'age', 'profileId *'],
    primaryKey: ['id'],
    unique: [['id'], ['tenant', 'login'], ['email'], ['profileId']],
    indexes: [['age', 'tenant']],
    relations: ['posts: Post[], eager', 'profile: Profile by profileId'],
    indexesForeignKeys: false,
  })
  assert.deepEqual(withoutPlaces(facts.tables.find(({ name }) => name === 'Post')), {
    name: 'Post',
    columns: ['id', 'title', 'writer *'],
    primaryKey: ['id'],
    unique: [['id']],
    indexes: [],
    relations: ['author: User by writer'],
    indexesForeignKeys: false,
  })
})

test('an EntitySchema gives its table', () => {
  const schema = `import { EntitySchema } from 'typeorm'
export const Tag = new EntitySchema({
  name: 'Tag',
  columns: { id: { primary: true, type: 'int' }, name: { type: 'varchar', unique: true } },
  relations: { post: { type: 'many-to-one', target: 'Post' } },
  indices: [{ columns: ['name', 'id'] }],
})`
  const { facts } = readApp(
    "import { getRepository } from 'typeorm'\nimport { Tag } from './tag'",
    'await getRepository(Tag).find()',
    { 'tag.ts': schema },
  )
  assert.deepEqual(withoutPlaces(facts.tables[0]), {
    name: 'Tag',
    columns: ['id', 'name', 'postId *'],
    primaryKey: ['id'],
    unique: [['id'], ['name']],
    indexes: [['name', 'id']],
    relations: ['post: Post by postId'],
    indexesForeignKeys: null,
  })
  assert.equal(facts.queries[0]?.table, 'Tag')
})

test('conditions, relations, order and columns are read', () => {
  const { facts } = readApp(
    setup,
    `const options: any = { where: { author: { id: 'a' } }, relations: { author: { posts: true } } }
options.order = { title: 'ASC' }
if (req.query.page) options.skip = 10
await posts.find({ ...options, select: { id: true, title: true } })
await posts.find({ where: { title: Like(\`%\${req.query.q}%\`) } })
await db.transaction(async (manager) => manager.save(Post, { id: 'a', title: 'b' }))`,
    files,
  )
  const [find, search, save] = facts.queries
  assert.deepEqual(find?.filters, [{ column: 'writer', match: 'equals' }])
  assert.deepEqual(
    find?.includes.map(({ relation, many }) => [relation, many]),
    [
      ['author', false],
      ['author.posts', true],
    ],
  )
  assert.deepEqual(find?.order, ['title'])
  assert.deepEqual(find?.columns, ['id', 'title'])
  assert.equal(find?.skips, true)
  assert.equal(search?.filters[0]?.pattern, 'leading-wildcard')
  assert.deepEqual([save?.operation, save?.inTransaction], ['save', true])
})

test('query builders are read: what is built in steps, joins that multiply rows, alternatives', () => {
  const { facts } = readApp(
    `${setup}
function withAuthor(builder) { builder.leftJoinAndSelect('user.posts', 'post') }
const base = () => db.getRepository(User).createQueryBuilder('user').where('user.id = :id', { id: 1 })`,
    `const builder = db.getRepository(User).createQueryBuilder('user')
withAuthor(builder)
builder.limit(10)
await builder.getMany()
await base().orWhere('user.age > 3').getMany()
await base().getMany()
await db.createQueryBuilder().select('user').from(User, 'user').where('user.email LIKE :q', { q: '%a' }).getMany()`,
    files,
  )
  const [paged, either, one, search] = facts.queries
  assert.deepEqual(
    [paged?.bound, paged?.countsJoinedRows, paged?.includes.map(({ relation, many }) => [relation, many])],
    ['limit', true, [['posts', true]]],
  )
  assert.deepEqual([either?.bound, one?.bound], [null, 'unique-key'])
  assert.deepEqual([search?.table, search?.filters[0]?.pattern], ['User', 'leading-wildcard'])
})

test('methods of entities are followed', () => {
  const { facts } = readApp(
    setup,
    "const user = await db.getRepository(User).findOneBy({ email: 'a' }); await user.greet()",
    files,
  )
  assert.deepEqual(
    facts.queries.map(({ table, operation }) => [table, operation]),
    [
      ['User', 'one'],
      ['Post', 'count'],
    ],
  )
})

test('methods of other libraries are no queries', () => {
  const { facts } = readApp(
    `${setup}\nimport axios from 'axios'\nconst cache = new Map()\nclass Files { find() { return [] } }\nconst files = new Files()`,
    "cache.delete('a'); await axios.delete('/a'); files.find(); [1].find((n) => n > 0); posts.create({ title: 'a' })",
    files,
  )
  assert.deepEqual(facts.queries, [])
})

const page = { defaultLimit: 20, maximumLimit: 100 }

for (const [title, code, expected] of [
  [
    'conditions alone become options',
    "res.json(await posts.findBy({ title: 'a' }))",
    "posts.find({ where: { title: 'a' }, order: { id: 'DESC' }, take: limit, skip: offset })",
  ],
  [
    'options in a variable are spread',
    "const options = { where: { title: 'a' } }\nres.json(await posts.find(options))",
    "posts.find({ ...options, order: { id: 'DESC' }, take: limit, skip: offset })",
  ],
  [
    'a manager keeps its entity',
    'res.json(await db.manager.find(Post))',
    "db.manager.find(Post, { order: { id: 'DESC' }, take: limit, skip: offset })",
  ],
] as const) {
  test(`pages: ${title}`, () => {
    const { facts, after } = readApp(setup, code, files)
    const queries = facts.queries.map(({ id }) => id)
    const text = after({ kind: 'paginate', queries, page, by: 'offset' })
    assert.ok(text?.includes(expected), text ?? 'refused')
  })
}

test('pages of a builder whose limit the client chooses are refused', () => {
  const { facts, after } = readApp(
    setup,
    "const builder = posts.createQueryBuilder('post')\nif (req.query.limit) builder.limit(Number(req.query.limit))\nres.json(await builder.getMany())",
    files,
  )
  const queries = facts.queries.map(({ id }) => id)
  assert.equal(facts.queries[0]?.bound, 'optional-limit')
  assert.equal(after({ kind: 'paginate', queries, page, by: 'offset' }), null)
})

test('an index is put on the relation that holds the column, or on the class', () => {
  const { after } = readApp(setup, '', files)
  const one = after(
    { kind: 'add-index', orm: 'typeorm', table: 'User', columns: ['profileId'] },
    'entities.ts',
  )
  assert.ok(one?.includes('  @Index()\n  @OneToOne(() => Profile)'), one ?? 'refused')
  const two = after(
    { kind: 'add-index', orm: 'typeorm', table: 'Post', columns: ['writer', 'title'] },
    'entities.ts',
  )
  assert.ok(two?.includes("@Index(['writer', 'title'])\n@Entity()\nexport class Post"), two ?? 'refused')
})
