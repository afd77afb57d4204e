import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const kysely = (page: string): string => `import express from 'express'
import { Kysely } from 'kysely'

const db = new Kysely({})
const app = express()

app.get('/posts', async (req, res) => {
  let base = db.selectFrom('posts')
  if (req.query.author) base = base.where('author', '=', req.query.author)
  const posts = await base.selectAll().orderBy('id')${page}.execute()
  const total = await base.select((eb) => eb.fn.count('id').as('total')).executeTakeFirst()
  res.json({ posts, total })
})
`

const knex = (page: string): string => `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const base = db('posts').where({ published: true })
  const [posts, total] = await Promise.all([base.clone().orderBy('id')${page}, base.clone().count()])
  res.json({ posts, total })
})
`

function found(t: TestContext, app: string): [unbounded: number, uncapped: number] {
  const count = (rule: string): number => foundLines(t, rule, { 'app.ts': app }).length
  return [count('unbounded-result-set'), count('uncapped-page-size')]
}

for (const [name, app] of Object.entries({ kysely, knex })) {
  test(`${name}: of a builder that runs twice, the rows count, not their total`, (t) => {
    assert.deepEqual(found(t, app('')), [1, 0])
    assert.deepEqual(found(t, app('.limit(20)')), [0, 0])
    assert.deepEqual(found(t, app('.limit(Number(req.query.limit) || 20)')), [0, 1])
  })
}
