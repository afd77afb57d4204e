import { pathToFileURL } from 'node:url'
import { db } from './db.ts'
import { hashPassword } from './passwords.ts'

/** Creates the tables that are missing and, on an empty database, adds a few rows to play with. */
export async function migrate(): Promise<void> {
  await createTables()
  const firstUser = await db('users').first('id')
  if (!firstUser) {
    await insertSampleData()
  }
}

async function createTables(): Promise<void> {
  if (!(await db.schema.hasTable('users'))) {
    await db.schema.createTable('users', (table) => {
      table.increments('id')
      table.string('name', 100).notNullable()
      table.string('email', 255).notNullable().unique()
      table.string('password_hash', 255).notNullable()
      table.text('bio')
      table.timestamp('created_at').notNullable().defaultTo(db.fn.now())
    })
  }

  if (!(await db.schema.hasTable('authors'))) {
    await db.schema.createTable('authors', (table) => {
      table.increments('id')
      table.string('name', 100).notNullable()
      table.string('email', 255).notNullable().unique()
      table.text('bio')
      table.timestamp('created_at').notNullable().defaultTo(db.fn.now())
    })
  }

  if (!(await db.schema.hasTable('posts'))) {
    await db.schema.createTable('posts', (table) => {
      table.increments('id')
      table.integer('author_id').unsigned().notNullable().index()
      table.string('title', 200).notNullable()
      table.text('body').notNullable()
      table.timestamp('created_at').notNullable().defaultTo(db.fn.now())
      table.foreign('author_id').references('id').inTable('authors').onDelete('CASCADE')
    })
  }

  if (!(await db.schema.hasTable('activities'))) {
    await db.schema.createTable('activities', (table) => {
      table.increments('id')
      table.integer('user_id').unsigned().notNullable().index()
      table.integer('post_id').unsigned().notNullable().index()
      table.string('type', 20).notNullable()
      table.timestamp('created_at').notNullable().defaultTo(db.fn.now())
      table.foreign('user_id').references('id').inTable('users').onDelete('CASCADE')
      table.foreign('post_id').references('id').inTable('posts').onDelete('CASCADE')
    })
  }

  if (!(await db.schema.hasTable('tags'))) {
    await db.schema.createTable('tags', (table) => {
      table.increments('id')
      table.string('name', 50).notNullable().unique()
    })
  }

  if (!(await db.schema.hasTable('post_tags'))) {
    await db.schema.createTable('post_tags', (table) => {
      table.integer('post_id').unsigned().notNullable()
      table.integer('tag_id').unsigned().notNullable().index()
      table.primary(['post_id', 'tag_id'])
      table.foreign('post_id').references('id').inTable('posts').onDelete('CASCADE')
      table.foreign('tag_id').references('id').inTable('tags').onDelete('CASCADE')
    })
  }
}

async function insertSampleData(): Promise<void> {
  const password_hash = await hashPassword('password123')

  await db.transaction(async (trx) => {
    const userIds = await insertAndGetIds(
      'users',
      ['Alice Johnson', 'Bob Smith', 'Carol Davis', 'David Lee', 'Emma Wilson'].map((name) => ({
        name,
        email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
        password_hash,
        bio: `Hi, I am ${name}.`,
      })),
    )
    const authorIds = await insertAndGetIds('authors', [
      { name: 'Grace Miller', email: 'grace@example.com', bio: 'Writes about databases.' },
      { name: 'Henry Clark', email: 'henry@example.com', bio: 'Writes about the web.' },
      { name: 'Isabel Moore', email: 'isabel@example.com', bio: null },
    ])
    const tagIds = await insertAndGetIds('tags', [
      { name: 'databases' },
      { name: 'performance' },
      { name: 'typescript' },
      { name: 'web' },
    ])
    const postIds = await insertAndGetIds(
      'posts',
      [
        'Getting started with SQL',
        'Understanding indexes',
        'Ten tips for TypeScript',
        'Designing a REST API',
        'What happens in an event loop',
        'Writing tests that help',
      ].map((title, index) => ({
        author_id: pick(authorIds, index),
        title,
        body: `${title}: everything you need to know, step by step.`,
      })),
    )
    await trx('post_tags').insert(
      postIds.flatMap((post_id, index) => [
        { post_id, tag_id: pick(tagIds, index) },
        { post_id, tag_id: pick(tagIds, index + 1) },
      ]),
    )
    await trx('activities').insert(
      userIds.flatMap((user_id, index) =>
        ['viewed', 'liked', 'commented', 'shared'].map((type, offset) => ({
          user_id,
          post_id: pick(postIds, index + offset),
          type,
        })),
      ),
    )

    async function insertAndGetIds(table: string, rows: object[]): Promise<number[]> {
      const inserted: { id: number }[] = await trx(table).insert(rows).returning('id')
      return inserted.map((row) => row.id)
    }
  })
}

function pick(ids: number[], index: number): number {
  const id = ids[index % ids.length]
  if (id === undefined) {
    throw new Error('Cannot pick from an empty list of ids')
  }
  return id
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await migrate()
  await db.destroy()
  console.log('Database is up to date')
}
