import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

const head = `import express from 'express'
import { PrismaClient } from '@prisma/client'
const prisma = new PrismaClient()
const app = express()
`
const schema = `model Booking {
  id        Int      @id
  staffId   Int
  price     Int
  status    String
  createdAt DateTime
}
`

/** The rules that report the read of bookings, and the fixes they offer. */
function reportsOf(t: TestContext, body: string, where = ''): string[] {
  const root = projectOf(t, {
    'prisma/schema.prisma': schema,
    'app.ts': `${head}app.get('/bookings', async (req, res) => {
  const rows = await prisma.booking.findMany(${where})
${body}
})
`,
  })
  return new Inspection(root)
    .check({})
    .findings.filter(({ line }) => line === 6)
    .map(({ rule, fixes }) => [rule, ...fixes.map(({ id }) => id)].join(' '))
    .filter((each) => !each.startsWith('overfetch'))
}

const tallies: Readonly<Record<string, string>> = {
  'a map of sums by a column': `  const groups = new Map()
  for (const row of rows) {
    const group = groups.get(row.staffId) || { staff: row.staffId, total: 0 }
    group.total += row.price
    groups.set(row.staffId, group)
  }
  res.json([...groups.values()])`,
  'an object of sums by a column': `  const groups = {}
  rows.forEach((row) => {
    if (!groups[row.staffId]) groups[row.staffId] = { status: row.status, total: 0 }
    groups[row.staffId].total += row.price
  })
  res.json(groups)`,
  'numbers by a column': `  const counts = {}
  for (const row of rows) counts[row.status] = (counts[row.status] || 0) + 1
  res.json(counts)`,
  'numbers by hour in a list': `  const hours = new Array(24).fill(0)
  for (const row of rows) hours[row.createdAt.getHours()]++
  res.json(hours)`,
  'numbers in a map': `  const counts = new Map()
  for (const row of rows) counts.set(row.status, (counts.get(row.status) ?? 0) + 1)
  res.json([...counts])`,
}

for (const [what, body] of Object.entries(tallies))
  test(`rows that are only tallied are what the database adds up: ${what}`, (t) => {
    assert.deepEqual(reportsOf(t, body), ['count-by-loading'])
  })

test('one row that a loop picks is not the whole result', (t) => {
  const body = `  let last = null
  for (const row of rows) if (row.status === 'done') last = row.createdAt
  res.json({ last })`
  assert.deepEqual(reportsOf(t, body), [])
})

test('a value that is kept from one row for the next makes the sum one that needs the rows', (t) => {
  const body = `  let total = 0
  let before = null
  for (const row of rows) {
    if (before) total += row.price - before
    before = row.price
  }
  res.json({ total })`
  assert.deepEqual(reportsOf(t, body), [])
})

test('rows that are gathered in groups reach the response', (t) => {
  const body = `  let group = null
  const groups = []
  for (const row of rows) {
    if (!group || group.staffId !== row.staffId) {
      group = { staffId: row.staffId, rows: [] }
      groups.push(group)
    }
    group.rows.push(row)
  }
  res.json(groups)`
  assert.deepEqual(reportsOf(t, body), ['unbounded-result-set paginate paginate-by-key'])
})

test('rows that are kept under their own key with a counter reach the response', (t) => {
  const body = `  const byId = {}
  for (const row of rows) byId[row.id] = { status: row.status, seen: 0 }
  res.json(byId)`
  assert.deepEqual(reportsOf(t, body)[0]?.split(' ')[0], 'unbounded-result-set')
})

test('rows that are sent and added up are not cut into pages: the sum would be another', (t) => {
  const body = `  const total = rows.reduce((sum, row) => sum + row.price, 0)
  res.json({ rows, total })`
  assert.deepEqual(reportsOf(t, body), ['unbounded-result-set'])
})

test('a list of states bounds nothing, a list of keys does', (t) => {
  assert.equal(reportsOf(t, '  res.json(rows)', "{ where: { status: { in: ['NEW', 'PAID'] } } }").length, 1)
  assert.deepEqual(reportsOf(t, '  res.json(rows)', '{ where: { staffId: { in: req.body.ids } } }'), [])
})
