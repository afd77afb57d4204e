import { bigint, jsonb, numeric, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { seed } from 'drizzle-seed'

const users = pgTable('users', {
  id: bigint('id', { mode: 'number' }).primaryKey(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  created_at: timestamp('created_at', { withTimezone: true }).notNull(),
})
const activities = pgTable('activities', {
  id: bigint('id', { mode: 'number' }).primaryKey(),
  user_id: bigint('user_id', { mode: 'number' })
    .notNull()
    .references(() => users.id),
  type: text('type').notNull(),
  payload: jsonb('payload').notNull(),
  amount: numeric('amount', { precision: 12, scale: 2 }).notNull(),
  created_at: timestamp('created_at', { withTimezone: true }).notNull(),
  note: text('note').notNull(),
})

const [, , url, userCount, activitiesEach] = process.argv
const database = drizzle(url)
const beganAt = performance.now()
await seed(database, { users, activities }, { count: Number(userCount), seed: 1 }).refine((f) => ({
  users: { columns: { id: f.intPrimaryKey(), email: f.email(), name: f.fullName() } },
  activities: {
    count: Number(userCount) * Number(activitiesEach),
    columns: {
      id: f.intPrimaryKey(),
      type: f.valuesFromArray({ values: ['login', 'view', 'purchase', 'comment'] }),
      amount: f.number({ minValue: 1, maxValue: 1000, precision: 100 }),
      payload: f.default({
        defaultValue: { ok: true, path: '/mechanic/739067', type: 'lay.asset', source: 'web', durationMs: 4366 },
      }),
      note: f.loremIpsum({ sentencesCount: 1 }),
    },
  },
}))
console.log(JSON.stringify({ millis: performance.now() - beganAt }))
await database.$client.end()
