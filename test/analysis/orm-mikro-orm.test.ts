import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readApp, withoutPlaces } from './orm-app.ts'

const entities = `import { Collection, Entity, Index, ManyToOne, OneToMany, PrimaryKey, Property, Unique } from '@mikro-orm/core'

abstract class Base {
  @PrimaryKey() id!: number
}

@Entity()
@Unique({ properties: ['tenant', 'name'] })
export class Author extends Base {
  @Property({ unique: true }) email!: string
  @Property() tenant!: string
  @Property({ index: true }) name!: string
  @OneToMany(() => Book, (book) => book.author) books = new Collection<Book>(this)
  rename() { return em.count(Book) }
}

@Entity()
export class Book extends Base {
  @Property() title!: string

  // Who wrote it
  @ManyToOne()
  author!: Author
}
`
const setup = `import { MikroORM } from '@mikro-orm/postgresql'
import { Author, Book } from './entities'
const orm = await MikroORM.init({})
export const em = orm.em.fork()`
const files = {
  'entities.ts': entities.replace('abstract class', "import { em } from './app'\nabstract class"),
}

test('entities give their tables', () => {
  const { facts } = readApp(setup, '', files)
  assert.deepEqual(facts.tables.map(withoutPlaces), [
    {
      name: 'Author',
      columns: ['id', 'email', 'tenant', 'name'],
      primaryKey: ['id'],
      unique: [['id'], ['tenant', 'name'], ['email']],
      indexes: [['name']],
      relations: ['books: Book[]'],
      indexesForeignKeys: false,
    },
    {
      name: 'Book',
      columns: ['id', 'title', 'author *'],
      primaryKey: ['id'],
      unique: [['id']],
      indexes: [],
      relations: ['author: Author by author'],
      indexesForeignKeys: false,
    },
  ])
})

test('defined entities give their tables', () => {
  const defined = `import { defineEntity, p } from '@mikro-orm/core'
export const Tag = defineEntity({
  name: 'Tag',
  properties: { id: p.integer().primary(), name: p.string().unique(), book: () => p.manyToOne(Book) },
})`
  const { facts } = readApp(
    "import { MikroORM } from '@mikro-orm/sqlite'\nimport { Tag } from './tag'\nconst orm = await MikroORM.init({})",
    'await orm.em.find(Tag, {})',
    { 'tag.ts': defined },
  )
  assert.deepEqual(withoutPlaces(facts.tables[0]), {
    name: 'Tag',
    columns: ['id', 'name', 'book *'],
    primaryKey: ['id'],
    unique: [['id'], ['name']],
    indexes: [],
    relations: ['book: Book by book'],
    indexesForeignKeys: true,
  })
  assert.equal(facts.queries[0]?.table, 'Tag')
})

test('conditions, relations, order and fields are read, and rows are followed', () => {
  const { facts } = readApp(
    setup,
    `await em.find(Book, { title: { $like: \`%\${req.query.q}%\` }, author: 3 }, { populate: ['author'], orderBy: { title: 'asc' }, fields: ['title'], offset: 5 })
const authors = await em.find(Author, {}, { limit: 3 })
for (const author of authors) { await author.books.init(); await author.rename() }
const fresh = em.create(Author, { email: 'a' })
await em.persist(fresh).flush()
await em.transactional(async (inner) => { await inner.removeAndFlush(authors[0]) })`,
    files,
  )
  const [find, ...others] = facts.queries
  assert.deepEqual(
    find?.filters.map(({ column, match, pattern }) => [column, match, pattern]),
    [
      ['title', 'other', 'leading-wildcard'],
      ['author', 'equals', undefined],
    ],
  )
  assert.deepEqual([find?.order, find?.columns, find?.skips], [['title'], ['title'], true])
  assert.deepEqual(
    find?.includes.map(({ relation, many }) => [relation, many]),
    [['author', false]],
  )
  assert.deepEqual(
    others.map(({ table, operation, inTransaction, loops }) => [
      table,
      operation,
      inTransaction,
      loops.length,
    ]),
    [
      ['Author', 'many', false, 0],
      ['Book', 'many', false, 1],
      ['Book', 'count', false, 1],
      ['Author', 'insert', false, 0],
      ['Author', 'delete', true, 0],
    ],
  )
})

test('methods of other libraries are no queries', () => {
  const { facts } = readApp(
    `${setup}\nimport axios from 'axios'\nconst stream = { flush() {} }`,
    'stream.flush(); new Map().clear(); await axios.create(); em.create(Book, {}); em.persist(em.create(Book, {})); req.session.flush()',
    files,
  )
  assert.deepEqual(facts.queries, [])
})

for (const [title, code, expected] of [
  [
    'no conditions',
    'res.json(await em.find(Book))',
    "em.find(Book, {}, { orderBy: { id: 'DESC' }, limit, offset })",
  ],
  [
    'a repository',
    'res.json(await em.getRepository(Book).findAll())',
    "findAll({ orderBy: { id: 'DESC' }, limit, offset })",
  ],
  [
    'a query builder',
    'res.json(await em.createQueryBuilder(Book).getResultList())',
    "em.createQueryBuilder(Book).orderBy({ id: 'DESC' }).limit(limit, offset).getResultList()",
  ],
] as const) {
  test(`pages: ${title}`, () => {
    const { facts, after } = readApp(setup, code, files)
    const queries = facts.queries.map(({ id }) => id)
    const text = after({
      kind: 'paginate',
      queries,
      page: { defaultLimit: 20, maximumLimit: 100 },
      by: 'offset',
    })
    assert.ok(text?.includes(expected), text ?? 'refused')
  })
}

test('a relation is added to what is brought along, an index to the relation that holds the column', () => {
  const { after } = readApp(setup, '', files)
  const text = after(
    { kind: 'add-index', orm: 'mikro-orm', table: 'Book', columns: ['author'] },
    'entities.ts',
  )
  assert.ok(text?.includes('  @Index()\n  @ManyToOne()\n  author!: Author'), text ?? 'refused')
})
