import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

import { configFileName, readConfig } from '../../src/workflows/config.ts'
import { mergeOptions } from '../../src/workflows/plan-options.ts'
import { planSeeds } from '../../src/workflows/seed.ts'

async function project(context: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-plan-'))
  context.after(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text)
  return root
}

test('what was asked for wins over the configuration, table by table', async (context) => {
  const root = await project(context, {
    [configFileName]: JSON.stringify({
      factory: {
        scale: 'medium',
        seed: 7,
        rows: { users: 5, tags: 2 },
        per: { posts: 3 },
        exclude: ['logs'],
        tables: { users: { columns: { plan: { values: { free: 0.9, pro: 0.1 } } } } },
      },
    }),
  })
  const { factory } = await readConfig(root)
  assert.deepEqual(mergeOptions(factory, {}), {
    scale: 'medium',
    seed: 7,
    rows: { users: 5, tags: 2 },
    per: { posts: 3 },
    exclude: ['logs'],
    tables: { users: { columns: { plan: { values: { free: 0.9, pro: 0.1 } } } } },
  })
  const asked = mergeOptions(factory, { rows: { posts: 9 }, per: { users: 2 }, scale: 'small', seed: 1 })
  assert.deepEqual(asked.rows, { tags: 2, posts: 9 })
  assert.deepEqual(asked.per, { users: 2 })
  assert.deepEqual([asked.scale, asked.seed], ['small', 1])
})

test('a project is planned by its configuration, and its code knows relations that the database lacks', async (context) => {
  const root = await project(context, {
    [configFileName]: JSON.stringify({
      factory: {
        rows: { users: 40, orders: 90 },
        tables: { users: { columns: { plan: { fixed: 'pro' } } } },
      },
    }),
    'package.json': '{ "dependencies": { "@prisma/client": "6.0.0" } }',
    'schema.prisma': `datasource db { provider = "sqlite" }
model Customer {
  id     Int     @id
  plan   String
  orders Order[]
  phone  String
  @@map("users")
}
model Order {
  id    Int      @id
  buyer Int      @map("bought_by")
  owner Customer @relation(fields: [buyer], references: [id])
  total Boolean
  @@map("orders")
}
model Invoice {
  id Int @id
}
`,
    'app.ts': "import { PrismaClient } from '@prisma/client'\nexport const prisma = new PrismaClient()\n",
  })
  const database = new DatabaseSync(join(root, 'app.sqlite'))
  database.exec(`CREATE TABLE users (id INTEGER PRIMARY KEY, plan TEXT NOT NULL, legacy TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, bought_by INTEGER NOT NULL, total BLOB NOT NULL)`)
  database.close()
  const order = { root, databaseUrl: 'sqlite:./app.sqlite', variable: null, options: [{}] }
  const [plan] = await planSeeds(order, () => {}, new AbortController().signal)
  const users = plan?.tables.find(({ table }) => table.name === 'users')
  const orders = plan?.tables.find(({ table }) => table.name === 'orders')
  assert.deepEqual([users?.rows, orders?.rows], [40, 90])
  assert.equal(users?.columns.find(({ column }) => column === 'plan')?.reason, 'your rule: always "pro"')
  const buyer = orders?.columns.find(({ column }) => column === 'bought_by')
  assert.equal(buyer?.generator, 'parent')
  assert.match(buyer?.reason ?? '', /^→ users\.id \(no foreign key, but the prisma relation owner\)/)
  assert.deepEqual(plan?.warnings, [
    'The code declares the table `invoice` (prisma, schema.prisma:16), which the database lacks. Has it been migrated?',
    '`users`: the code declares phone, which the database lacks; the database has legacy, which the code does not declare.',
    '`orders.total` is Boolean in the code and BLOB in the database.',
    '`orders.bought_by` refers to `users` in the code, but no foreign key of the database says so; its values are taken from there all the same.',
  ])
})
