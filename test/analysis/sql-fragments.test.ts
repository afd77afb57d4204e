import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const app = (body: string): string => `import express from 'express'
import { Pool } from 'pg'

const pool = new Pool()
const app = express()

function orderBy(column) {
  if (column === 'name') return 'ORDER BY name, id'
  return 'ORDER BY id'
}

app.get('/posts', async (req, res) => {
  const size = req.query.size ? Number(req.query.size) : 10
${body}
  res.json(rows)
})
`

function found(t: TestContext, body: string): Record<string, string[]> {
  const files = { 'app.ts': app(body) }
  const rules = ['unbounded-result-set', 'uncapped-page-size', 'unstable-page-order']
  return Object.fromEntries(rules.map((rule) => [rule, foundLines(t, rule, files)]))
}

const uncapped = ['const size = req.query.size ? Number(req.query.size) : 10']

test('a choice of numbers is a value of the statement, not a part that may be missing', (t) => {
  const body = '  const { rows } = await pool.query(`SELECT id FROM posts ORDER BY id LIMIT ${size}`)'
  assert.deepEqual(found(t, body), {
    'unbounded-result-set': [],
    'uncapped-page-size': uncapped,
    'unstable-page-order': [],
  })
})

test('a limit and an order may be fragments made before', (t) => {
  const body = `  const limit = \`LIMIT \${size}\`
  const offset = \`OFFSET \${size}\`
  const order = orderBy(req.query.sort)
  const { rows } = await pool.query(\`SELECT id FROM posts \${order} \${offset} \${limit}\`)`
  assert.deepEqual(found(t, body), {
    'unbounded-result-set': [],
    'uncapped-page-size': uncapped,
    'unstable-page-order': [],
  })
})

test('a fragment that may be empty limits nothing', (t) => {
  const body = `  const limit = req.query.size ? \`LIMIT \${size}\` : ''
  const { rows } = await pool.query(\`SELECT id FROM posts ORDER BY id \${limit}\`)`
  assert.equal(found(t, body)['unbounded-result-set']?.length, 1)
})

const repository = (given: string): Readonly<Record<string, string>> => ({
  'app.ts': `import express from 'express'
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
class Post {
  @PrimaryGeneratedColumn() id: number
  @Column() title: string
}
const dataSource = new DataSource({ type: 'postgres' })
const app = express()

async function find(options) {
  const query = dataSource.getRepository(Post).createQueryBuilder('post')
  if (options.limit) query.limit(options.limit)
  if (options.offset) query.offset(options.offset)
  return await query.getMany()
}

app.get('/posts', async (req, res) => {
  res.json(await find(${given}))
})
`,
})

test('a query that could be a page is none where its caller asks for no page', (t) => {
  assert.deepEqual(foundLines(t, 'unstable-page-order', repository('{ title: req.query.title }')), [])
  assert.deepEqual(foundLines(t, 'unstable-page-order', repository('req.query')), [
    'return await query.getMany()',
  ])
})
