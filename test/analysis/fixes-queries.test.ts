import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { apply, projectOf } from './temporary-project.ts'

const schema = `generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
}

model User {
  id    Int    @id @default(autoincrement())
  name  String
  posts Post[]
}

model Post {
  id       Int       @id @default(autoincrement())
  title    String
  authorId Int
  author   User      @relation(fields: [authorId], references: [id])
  comments Comment[]

  @@index([authorId])
}

model Comment {
  id     Int    @id @default(autoincrement())
  text   String
  postId Int
  post   Post   @relation(fields: [postId], references: [id])

  @@index([postId])
}
`

/** A handler of an application that uses Prisma. */
function withPrisma(body: string): Record<string, string> {
  return {
    'prisma/schema.prisma': schema,
    'app.ts': `import express from 'express'
import { PrismaClient } from '@prisma/client'

const prisma = new PrismaClient()
const app = express()

app.post('/', async (req, res) => {
${body}
})
`,
  }
}

/** The files after the first fix of a kind, or null where none is offered. */
function fixed(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  fix: string,
): ReadonlyMap<string, string> | null {
  const root = projectOf(t, files)
  const inspection = new Inspection(root)
  const { findings, problems } = inspection.check({})
  assert.deepEqual(problems, [])
  const finding = findings.find(({ fixes }) => fixes.some(({ id }) => id === fix))
  if (!finding) return null
  const texts = apply(root, inspection.fix({ finding, fix }))
  assert.deepEqual(inspection.check({}).problems, [])
  return texts
}

/** The handler's body after a fix. */
function bodyAfter(t: TestContext, fix: string, body: string): string | null {
  const text = fixed(t, withPrisma(body), fix)?.get('app.ts')
  return /async \(req, res\) => \{\n([\s\S]*)\n\}\)\n$/.exec(text ?? '')?.[1] ?? null
}

const posts = `  const posts = await prisma.post.findMany({ orderBy: { id: 'asc' }, take: 20 })`

test('eager-load: the list brings the row along that the loop looks up', (t) => {
  const after = bodyAfter(
    t,
    'eager-load',
    `${posts}
  const result = []
  for (const post of posts) {
    // who wrote it
    const author = await prisma.user.findUnique({ where: { id: post.authorId } })
    result.push({ ...post, author })
  }
  res.json(result)`,
  )
  assert.equal(
    after,
    `  const posts = await prisma.post.findMany({ orderBy: { id: 'asc' }, take: 20, include: { author: true } })
  const result = []
  for (const post of posts) {
    // who wrote it
    const author = post.author ?? null
    result.push({ ...post, author })
  }
  res.json(result)`,
  )
})

const notEager: Record<string, string> = {
  'sends the items themselves': `for (const post of posts) {
    const author = await prisma.user.findUnique({ where: { id: post.authorId } })
    result.push({ author })
  }
  result.push(...posts)`,
  'spreads an item under another name': `for (const post of posts) {
    const user = await prisma.user.findUnique({ where: { id: post.authorId } })
    result.push({ ...post, user })
  }`,
  'looks up by something else than the foreign key': `for (const post of posts) {
    const author = await prisma.user.findUnique({ where: { id: post.id } })
    result.push({ id: post.id, author })
  }`,
  'looks up a part of the row': `for (const post of posts) {
    const author = await prisma.user.findUnique({ where: { id: post.authorId }, select: { id: true, name: true } })
    result.push({ id: post.id, author })
  }`,
}

for (const [name, loop] of Object.entries(notEager)) {
  test(`eager-load is not offered for a loop that ${name}`, (t) => {
    const body = `${posts}\n  const result: unknown[] = []\n  ${loop}\n  res.json(result)`
    assert.equal(bodyAfter(t, 'eager-load', body), null)
    assert.notEqual(bodyAfter(t, 'batch', body), null, 'one query for all keys is still possible')
  })
}

test('batch: keys of items that may have none are left out', (t) => {
  const after = bodyAfter(
    t,
    'batch',
    `${posts}
  for (const post of posts) {
    if (!post.authorId) continue
    const author = await prisma.user.findFirst({ where: { id: post.authorId } })
    console.log(author?.name)
  }
  res.json({})`,
  )
  assert.match(
    after ?? '',
    /const userIds = \[\.\.\.new Set\(posts\.flatMap\(\(post\) => post\.authorId \?\? \[\]\)\)\]/,
  )
  assert.match(after ?? '', /const author = usersById\.get\(post\.authorId\) \?\? null/)
})

test('batch: keys of a list without a known size are read in chunks', (t) => {
  const after = bodyAfter(
    t,
    'batch',
    `  const posts = await prisma.post.findMany()
  const names = []
  for (const post of posts) names.push((await prisma.user.findUnique({ where: { id: post.authorId } }))?.name)
  res.json(names)`,
  )
  assert.match(
    after ?? '',
    /for \(let start = 0; start < userIds\.length; start \+= 500\) \{\n {4}chunks\.push\(await/,
  )
  assert.match(after ?? '', /names\.push\(\(usersById\.get\(post\.authorId\) \?\? null\)\?\.name\)/)
})

test('batch: rows that belong to an item are read for all items and handed out', (t) => {
  const after = bodyAfter(
    t,
    'batch',
    `${posts}
  const result = await Promise.all(posts.map(async (post) => ({
    ...post,
    comments: await prisma.comment.findMany({ where: { postId: post.id }, orderBy: { id: 'desc' } }),
  })))
  res.json(result)`,
  )
  assert.match(
    after ?? '',
    /findMany\(\{ where: \{ postId: \{ in: postIds \} \}, orderBy: \{ id: 'desc' \} \}\)/,
  )
  assert.match(after ?? '', /comments: \w+ByPostId\.get\(String\(post\.id\)\) \?\? \[\],/)
  assert.match(after ?? '', /const result = posts\.map\(\(post\) => \(\{/)
})

test('batch: a list that the loop sorts is handed out as a copy', (t) => {
  const after = bodyAfter(
    t,
    'batch',
    `${posts}
  for (const post of posts) {
    const comments = await prisma.comment.findMany({ where: { postId: post.id } })
    comments.sort((a, b) => b.id - a.id)
    console.log(comments)
  }
  res.json({})`,
  )
  assert.match(
    after ?? '',
    /const comments = \[\.\.\.\(\w+ByPostId\.get\(String\(post\.id\)\) \?\? \[\]\)\]\n/,
  )
})

test('batch: a limit for each item keeps its queries', (t) => {
  const body = `${posts}
  const result = await Promise.all(posts.map(async (post) => ({
    comments: await prisma.comment.findMany({ where: { postId: post.id }, take: 3 }),
  })))
  res.json(result)`
  assert.equal(bodyAfter(t, 'batch', body), null)
})

test('batch: numbers of rows are counted for all items at once', (t) => {
  const after = bodyAfter(
    t,
    'batch',
    `${posts}
  const result = []
  for (const post of posts) {
    const comments = await prisma.comment.count({ where: { postId: post.id } })
    result.push({ ...post, comments })
  }
  res.json(result)`,
  )
  assert.match(after ?? '', /groupBy\(\{ by: \['postId'\], where: \{ postId: \{ in: postIds \} \}, _count/)
  assert.match(after ?? '', /const comments = commentCountsByPostId\.get\(String\(post\.id\)\) \?\? 0\n/)
})

const layers = {
  'app.js': `const express = require('express')
const { listPosts } = require('./repository')
const service = require('./service')
const app = express()
app.get('/posts', async (req, res) => {
  const posts = await listPosts()
  for (const post of posts) {
    const user = await service.getUser(post.author_id)
    if (!user) continue
    post.by = user.name
  }
  res.json(posts)
})
`,
  'service.js': `const { findUserById } = require('./repository')

const getUser = async (id) => {
  const user = await findUserById(id)
  return user
}

module.exports = { getUser }
`,
  'repository.js': `const db = require('knex')({ client: 'pg' })

async function listPosts() {
  return db('posts').limit(20)
}

async function findUserById(id) {
  const [user] = await db('users').where({ id })
  if (!user) return null
  return user
}

module.exports = { listPosts, findUserById }
`,
}

test('batch: every function between the loop and the query gets one for many keys beside it', (t) => {
  const texts = fixed(t, layers, 'batch')
  assert.match(texts?.get('repository.js') ?? '', /async function findUsersByIds\(ids\) \{/)
  assert.match(
    texts?.get('repository.js') ?? '',
    /chunks\.push\(await db\('users'\)\.whereIn\('id', unique\.slice/,
  )
  assert.match(
    texts?.get('repository.js') ?? '',
    /module\.exports = \{ listPosts, findUserById, findUsersByIds \}/,
  )
  assert.match(
    texts?.get('service.js') ?? '',
    /const \{ findUserById, findUsersByIds \} = require\('\.\/repository'\)/,
  )
  assert.match(
    texts?.get('service.js') ?? '',
    /const getUsersByIds = async \(ids\) => \{\n {2}return findUsersByIds\(ids\)/,
  )
  assert.match(
    texts?.get('app.js') ?? '',
    /await service\.getUsersByIds\(posts\.map\(\(post\) => post\.author_id\)\)/,
  )
  assert.match(
    texts?.get('app.js') ?? '',
    /const user = usersById\.get\(String\(post\.author_id\)\) \?\? null\n/,
  )
})

const notLayered: Record<string, [RegExp, string]> = {
  'throws for a missing row': [/return user\n/, `if (!user) throw new Error('none')\n  return user\n`],
  'changes the row': [/return user\n/, 'return { ...user, seen: true }\n'],
  'does something else': [/const user = await find/, 'log(id)\n  const user = await find'],
  'has a second parameter': [/async \(id\)/, 'async (id, log)'],
}

for (const [name, [from, to]] of Object.entries(notLayered)) {
  test(`batch is not offered through a function that ${name}`, (t) => {
    const files = { ...layers, 'service.js': layers['service.js'].replace(from, to) }
    assert.notEqual(files['service.js'], layers['service.js'])
    assert.equal(fixed(t, files, 'batch'), null)
  })
}

function withStorages(second: string): Record<string, string> {
  return {
    'app.ts': `import express from 'express'
import knex from 'knex'
interface User { id: number }
interface Storage { getUser(id: number): Promise<User | undefined> }
const db = knex({ client: 'pg' })
class DatabaseStorage implements Storage {
  async getUser(id: number): Promise<User | undefined> {
    return db('users').where({ id }).first()
  }
}
${second}
const storage = new DatabaseStorage()
express().get('/', async (req, res) => {
  const posts = await db('posts').limit(5)
  const users = []
  for (const post of posts) users.push(await storage.getUser(post.author_id))
  res.json(users)
})
`,
  }
}

test('batch: other implementations of the interface get the method too, made of what they have', (t) => {
  const other = `class MemoryStorage implements Storage {
  async getUser(id: number): Promise<User | undefined> {
    return { id }
  }
}`
  const text = fixed(t, withStorages(other), 'batch')?.get('app.ts')
  assert.match(
    text ?? '',
    /interface Storage \{[^}]*getUsersByIds\(ids: readonly number\[\]\): Promise<User\[\]>/,
  )
  assert.match(
    text ?? '',
    /return \{ id \}\n {2}\}\n\n {2}async getUsersByIds\(ids: readonly number\[\]\): Promise<User\[\]> \{\n {4}const found = await Promise\.all\(\[\.\.\.new Set\(ids\)\]\.map\(\(id\) => this\.getUser\(id\)\)\)\n {4}return found\.flatMap\(\(row\) => row \?\? \[\]\)/,
  )
  assert.match(text ?? '', /users\.push\(usersById\.get\(/)
})

test('batch: an implementation that inherits the method stands in the way', (t) => {
  const other = `class Base {
  getUser = async (id: number): Promise<User | undefined> => ({ id })
}
class MemoryStorage extends Base implements Storage {}`
  assert.equal(fixed(t, withStorages(other), 'batch'), null)
})

test('bulk-write: rows are collected in the loop and written after it, comments kept', (t) => {
  const after = bodyAfter(
    t,
    'bulk-write',
    `  for (const item of req.body.items) {
    // no blanks
    const title = item.title.trim()
    if (!title) continue
    await prisma.post.create({ data: { title, authorId: item.author } }) // one row
  }
  res.sendStatus(201)`,
  )
  assert.equal(
    after,
    `  const rows = []
  for (const item of req.body.items) {
    // no blanks
    const title = item.title.trim()
    if (!title) continue
    rows.push({ title, authorId: item.author }) // one row
  }
  if (rows.length > 0) await prisma.post.createMany({ data: rows })
  res.sendStatus(201)`,
  )
})

test('bulk-write: Promise.all goes, and a transaction keeps its handle', (t) => {
  const after = bodyAfter(
    t,
    'bulk-write',
    `  const tags: string[] = req.body.tags
  await prisma.$transaction(async (tx) => {
    await Promise.all(
      tags.map(async (text, index) => {
        await tx.comment.create({
          data: {
            text,
            postId: index,
          },
        })
      }),
    )
  })
  res.sendStatus(201)`,
  )
  assert.equal(
    after,
    `  const tags: string[] = req.body.tags
  await prisma.$transaction(async (tx) => {
    const rows = tags.map((text, index) => ({
      text,
      postId: index,
    }))
    if (rows.length > 0) await tx.comment.createMany({ data: rows })
  })
  res.sendStatus(201)`,
  )
})

const notBulk: Record<string, string> = {
  'a use of what is written': `const created = []
  for (const text of tags) created.push(await prisma.comment.create({ data: { text, postId: 1 } }))`,
  'another query': `for (const text of tags) {
    const post = await prisma.post.findFirst({ where: { title: text } })
    await prisma.comment.create({ data: { text, postId: post.id } })
  }`,
  'an error of its own': `for (const text of tags) {
    try { await prisma.comment.create({ data: { text, postId: 1 } }) } catch { console.log(text) }
  }`,
  'something else that it does': `for (const text of tags) {
    await prisma.comment.create({ data: { text, postId: 1 } })
    await notify(text)
  }`,
  'related rows': `for (const text of tags)
    await prisma.post.create({ data: { title: text, authorId: 1, comments: { create: { text } } } })`,
  'a value that the next item depends on': `let last = ''
  for (const text of tags) {
    await prisma.comment.create({ data: { text: last, postId: 1 } })
    last = text
  }`,
}

for (const [name, loop] of Object.entries(notBulk)) {
  test(`bulk-write is not offered for a loop with ${name}`, (t) => {
    const body = `  const tags: string[] = req.body.tags\n  ${loop}\n  res.sendStatus(201)`
    assert.equal(bodyAfter(t, 'bulk-write', body), null)
  })
}

test('count: a list of which only the length is used is counted by the database', (t) => {
  const count = (body: string): string | null => bodyAfter(t, 'count', body)
  assert.equal(
    count(`  const posts = await prisma.post.findMany({ where: { authorId: 1 } })
  // how many
  res.json({ total: posts.length })`),
    `  const postCount = await prisma.post.count({ where: { authorId: 1 } })
  // how many
  res.json({ total: postCount })`,
  )
  assert.equal(
    count(`  res.json({ total: (await prisma.post.findMany({ where: { authorId: 1 } })).length })`),
    `  res.json({ total: await prisma.post.count({ where: { authorId: 1 } }) })`,
  )
  assert.equal(
    count(`  const [users, posts] = await Promise.all([prisma.user.findMany({ take: 5 }), prisma.post.findMany()])
  res.json({ users, posts: posts.length })`),
    `  const [users, postCount] = await Promise.all([prisma.user.findMany({ take: 5 }), prisma.post.count()])
  res.json({ users, posts: postCount })`,
  )
  assert.equal(
    count(`  const posts = await prisma.post.findMany({ take: 3 })
  res.json({ total: posts.length })`),
    null,
    'a limit counts too',
  )
})

test('count: a function that counts is added beside the one that reads the rows', (t) => {
  const texts = fixed(
    t,
    {
      'app.ts': `import express from 'express'
import { storage } from './storage'
express().get('/users/:id/posts/count', async (req, res) => {
  const posts = await storage.getAllPostsByAuthor(Number(req.params.id), true)
  res.json({ total: posts.length })
})
`,
      'storage.ts': `import { PrismaClient } from '@prisma/client'
const prisma = new PrismaClient()
interface Post { id: number }
class Storage {
  async getAllPostsByAuthor(authorId: number, published: boolean): Promise<Post[]> {
    return await prisma.post.findMany({ where: { authorId, published } })
  }
}
export const storage = new Storage()
`,
    },
    'count',
  )
  assert.match(
    texts?.get('storage.ts') ?? '',
    /async countPostsByAuthor\(authorId: number, published: boolean\): Promise<number> \{\n {4}return prisma\.post\.count\(\{ where: \{ authorId, published \} \}\)/,
  )
  assert.match(
    texts?.get('app.ts') ?? '',
    /const postCount = await storage\.countPostsByAuthor\(Number\(req\.params\.id\), true\)\n {2}res\.json\(\{ total: postCount \}\)/,
  )
})

test('cap-limit: the number is capped where it is made, and everywhere it is made anew', (t) => {
  const capped = (body: string): string | null => bodyAfter(t, 'cap-limit', body)
  assert.match(
    capped(`  const limit = parseInt(req.query.limit as string) || 20
  res.json(await prisma.post.findMany({ orderBy: { id: 'asc' }, take: limit }))`) ?? '',
    /const limit = Math\.min\(parseInt\(req\.query\.limit as string\) \|\| 20, 100\)\n/,
  )
  assert.match(
    capped(`  const { page = 1, limit = 10 } = req.query
  res.json(await prisma.post.findMany({ orderBy: { id: 'asc' }, skip: Number(page) * Number(limit), take: Number(limit) }))`) ??
      '',
    /skip: Number\(page\) \* Math\.min\(Number\(limit\), 100\), take: Math\.min\(Number\(limit\), 100\)/,
  )
})

test('cap-limit: the limit is followed to the handler that reads it', (t) => {
  const texts = fixed(
    t,
    {
      'app.js': `import express from 'express'
import { list } from './posts.js'
express().get('/posts', async (req, res) => {
  const limit = Number(req.query.limit ?? 20)
  res.json(await list(limit))
})
`,
      'posts.js': `import knex from 'knex'
const db = knex({ client: 'pg' })
export const list = (limit) => db('posts').orderBy('id').limit(limit)
`,
    },
    'cap-limit',
  )
  assert.match(
    texts?.get('app.js') ?? '',
    /const limit = Math\.min\(Number\(req\.query\.limit \?\? 20\), 100\)\n/,
  )
})

test('paginate-by-key: a page starts after the key of the one before', (t) => {
  const text = fixed(
    t,
    withPrisma(`  res.json(await prisma.post.findMany({ where: { authorId: 1 } }))`),
    'paginate-by-key',
  )
  assert.match(text?.get('app.ts') ?? '', /\): \{ limit: number; after: number \| undefined \} \{/)
  assert.match(text?.get('app.ts') ?? '', /const \{ limit, after \} = parseKeyPage\(req\.query\)\n/)
  assert.match(
    text?.get('app.ts') ?? '',
    /orderBy: \{ id: 'asc' \}, take: limit, \.\.\.\(after !== undefined && \{ cursor:/,
  )
})

test('paginate-by-key is not offered for an order of the query’s own, or where the key isn’t known', (t) => {
  assert.equal(
    bodyAfter(t, 'paginate-by-key', `  res.json(await prisma.post.findMany({ orderBy: { title: 'asc' } }))`),
    null,
  )
  const unknown = {
    'app.js': `const express = require('express')
const db = require('knex')({})
express().get('/x', async (req, res) => {
  res.json(await db('x'))
})
`,
  }
  assert.equal(fixed(t, unknown, 'paginate-by-key'), null)
})

test('paginate: a controller’s method gets the query as a parameter', (t) => {
  const texts = fixed(
    t,
    {
      'prisma/schema.prisma': schema,
      'posts.controller.ts': `import { Controller, Get, Param } from '@nestjs/common';
import { PostsService } from './posts.service';

@Controller('posts')
export class PostsController {
  constructor(private readonly postsService: PostsService) {}

  @Get('by/:author')
  findAll(@Param('author') author: string) {
    return this.postsService.findAll(Number(author));
  }
}
`,
      'posts.service.ts': `import { Injectable } from '@nestjs/common';
import { PrismaClient } from '@prisma/client';

@Injectable()
export class PostsService {
  private readonly prisma = new PrismaClient();

  findAll(authorId: number) {
    return this.prisma.post.findMany({ where: { authorId } });
  }
}
`,
    },
    'paginate',
  )
  assert.match(
    texts?.get('posts.controller.ts') ?? '',
    /^import \{ Controller, Get, Param, Query \} from '@nestjs\/common';/,
  )
  assert.match(
    texts?.get('posts.controller.ts') ?? '',
    /findAll\(@Param\('author'\) author: string, @Query\(\) query: Record<string, string>\) \{\n {4}return this\.postsService\.findAll\(Number\(author\), parsePage\(query\)\);/,
  )
  assert.match(
    texts?.get('posts.service.ts') ?? '',
    /findAll\(authorId: number, page: \{ limit: number; offset: number \}\)/,
  )
})

test('stable-order: the primary key is the last column of the order', (t) => {
  const after = bodyAfter(
    t,
    'stable-order',
    `  const page = Math.max(Number(req.query.page) || 1, 1)
  res.json(await prisma.post.findMany({ orderBy: { title: 'asc' }, take: 20, skip: (page - 1) * 20 }))`,
  )
  assert.match(after ?? '', /orderBy: \[\{ title: 'asc' \}, \{ id: 'asc' \}\]/)
})

test('add-index: the schema gets the index', (t) => {
  const files = withPrisma(`  res.json(await prisma.comment.findMany({ where: { postId: 1 }, take: 10 }))`)
  const text = fixed(
    t,
    { ...files, 'prisma/schema.prisma': schema.replace('\n  @@index([postId])\n', '') },
    'add-index',
  )
  assert.equal(text?.get('prisma/schema.prisma'), schema)
})
