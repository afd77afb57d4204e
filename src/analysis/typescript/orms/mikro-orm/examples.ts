import type { OrmExample } from '../orm.ts'

const entities = `import { Collection, Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/core'
@Entity() export class Author { @PrimaryKey() id!: number; @Property({ unique: true }) login!: string; @OneToMany(() => Book, (book) => book.author) books = new Collection<Book>(this) }
@Entity() export class Book { @PrimaryKey() id!: number; @Property() title!: string; @ManyToOne(() => Author) author!: Author }
`

/** Code that people write with MikroORM. */
export const mikroExamples: readonly OrmExample[] = [
  {
    setup: `import { EntityManager, EntityRepository, MikroORM } from '@mikro-orm/postgresql'
import { Author, Book } from './entities'
const orm = await MikroORM.init({})
const DI = {} as { books: EntityRepository<Book> }
class Books { constructor(private readonly em: EntityManager) {} all(options) { return this.em.find(Book, {}, options) } }
const service = new Books(orm.em)`,
    code: `const em = orm.em.fork()
await em.find(Book, {})
await em.find(Book, { title: 'a' }, { limit: 10, orderBy: { title: 'asc' } })
await em.find(Book, { id: { $in: [1, 2] } })
await em.findOne(Author, 1)
await em.findOne(Author, { login: 'a' })
await DI.books.findAll({ populate: ['author'] })
await DI.books.findAndCount({}, { limit: req.query.limit ? Number(req.query.limit) : undefined })
await em.count(Book, { author: 1 })
const author = await em.findOneOrFail(Author, { login: 'b' })
author.login = 'c'
await author.books.loadItems()
await em.persist(author).flush()
await em.nativeUpdate(Book, { id: 1 }, { title: 'b' })
await em.insertMany(Book, [{ title: 'a' }])
await em.transactional(async (inner) => { await inner.nativeDelete(Book, { title: 'a' }) })
await em.createQueryBuilder(Book, 'b').select('*').where({ title: 'a' }).limit(5).getResultList()
await em.getConnection().execute('select * from book')
await service.all({ limit: 5 })
await service.all({})
em.create(Book, { title: 'a' })
new Map().clear()`,
    others: { 'entities.ts': entities },
    queries: [
      { table: 'Book', operation: 'many', bound: null },
      { table: 'Book', operation: 'many', bound: 'limit' },
      { table: 'Book', operation: 'many', bound: 'key-list' },
      { table: 'Author', operation: 'one', bound: 'unique-key' },
      { table: 'Author', operation: 'one', bound: 'unique-key' },
      { table: 'Book', operation: 'many', bound: null },
      { table: 'Book', operation: 'many', bound: 'optional-limit' },
      { table: 'Book', operation: 'count', bound: null },
      { table: 'Author', operation: 'one', bound: 'unique-key' },
      { table: 'Book', operation: 'many', bound: null },
      { table: 'Author', operation: 'save', bound: null },
      { table: 'Book', operation: 'update', bound: 'unique-key' },
      { table: 'Book', operation: 'insert', bound: null },
      { table: 'Book', operation: 'delete', bound: null },
      { table: 'Book', operation: 'many', bound: 'limit' },
      { table: 'book', operation: 'many', bound: null },
      { table: 'Book', operation: 'many', bound: 'limit' },
      { table: 'Book', operation: 'many', bound: null },
    ],
  },
]
