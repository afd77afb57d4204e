import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { apply, projectOf } from './temporary-project.ts'

/** The text of a file after a fix of the first finding of a rule; the ids of its fixes where that isn't offered. */
function fixed(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  rule: string,
  fix: string,
  file: string,
): string {
  const root = projectOf(t, files)
  const inspection = new Inspection(root)
  const finding = inspection.check({}).findings.find((each) => each.rule === rule)
  assert.ok(finding, rule)
  const ids = finding.fixes.map(({ id }) => id)
  if (!ids.includes(fix)) return ids.join(', ')
  return apply(root, inspection.fix({ finding, fix })).get(file) ?? ''
}

const drizzleApp = (version: string): Record<string, string> => ({
  'package.json': `{ "dependencies": { "drizzle-orm": "${version}" } }`,
  'schema.ts': `import { integer, pgTable } from 'drizzle-orm/pg-core'
export const users = pgTable('users', { id: integer('id').primaryKey() })
export const posts = pgTable('posts', {
  id: integer('id').primaryKey(),
  userId: integer('user_id').references(() => users.id),
})
`,
  'app.ts': `import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import express from 'express'
import { posts } from './schema.ts'
const db = drizzle(process.env.DATABASE_URL)
const app = express()
app.get('/users/:id/posts', async (req, res) => {
  res.json(await db.select().from(posts).where(eq(posts.userId, Number(req.params.id))).limit(20))
})
`,
})

test('an index of a Drizzle table takes the form that its version has', (t) => {
  const after = (version: string): string =>
    fixed(t, drizzleApp(version), 'missing-index', 'add-index', 'schema.ts')
  const index = "index('posts_user_id_idx').on(table.userId)"
  assert.ok(after('^0.29.4').includes(`(table) => ({ userIdIndex: ${index} }))`))
  assert.ok(after('0.35.3').includes(`(table) => ({ userIdIndex: ${index} }))`))
  assert.ok(after('^0.36.0').includes(`(table) => [${index}])`))
  assert.ok(after('^1.0.0').includes(`(table) => [${index}])`))
})

const courseApp = (key: string): Record<string, string> => ({
  'app.ts': `import express from 'express'
import { Column, DataSource, Entity, ObjectIdColumn, PrimaryGeneratedColumn } from 'typeorm'
@Entity()
export class Course {
  @${key}() id: string
  @Column() name: string
}
const source = new DataSource({ type: 'mongodb' })
const app = express()
app.get('/courses', async (req, res) => {
  res.json(await source.getRepository(Course).find())
})
`,
})

test('TypeORM pages of MongoDB are left alone: orders and operators name other keys there', (t) => {
  const after = (key: string): string =>
    fixed(t, courseApp(key), 'unbounded-result-set', 'paginate', 'app.ts')
  assert.equal(after('ObjectIdColumn'), '')
  assert.match(after('PrimaryGeneratedColumn'), /take: limit, skip: offset/)
})

test('a new last parameter stands on a line of its own where the others do', (t) => {
  const after = fixed(
    t,
    {
      'app.ts': `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
const usersOf = async (
  team: string,
  role: string
) => {
  return db('users').where({ team, role }).orderBy('id')
}
const app = express()
app.get('/teams/:team', async (req, res) => {
  res.json(await usersOf(req.params.team, 'member'))
})
`,
    },
    'unbounded-result-set',
    'paginate',
    'app.ts',
  )
  assert.match(after, /\n {2}role: string,\n {2}page: \{ limit: number; offset: number \}\n\) =>/)
})

test('a body that is a list gets no schema of fields', (t) => {
  const after = (use: string): string =>
    fixed(
      t,
      {
        'package.json': '{ "dependencies": { "express": "^5.0.0", "zod": "^4.0.0" } }',
        'app.ts': `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
const app = express()
app.post('/tags', async (req, res) => {
  const body = req.body
  await db('tags').insert(${use})
  res.status(201).end()
})
`,
      },
      'missing-validation',
      'validate-body',
      'app.ts',
    )
  assert.match(after('{ name: body.name, color: body.color }'), /z\.object\(\{\n {2}name: z\.unknown\(\),/)
  assert.doesNotMatch(after('body.map((tag) => ({ name: tag.name, color: tag.color }))'), /z\.object/)
})
