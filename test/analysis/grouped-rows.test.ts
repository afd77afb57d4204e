import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

/** Whether a grouped read of projects with the number of their photos is one without a limit. */
function isUnbounded(t: TestContext, group: string): boolean {
  const root = projectOf(t, {
    'app.ts': `import express from 'express'
import { count, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
export const projects = pgTable('projects', { id: integer('id').primaryKey(), kind: text('kind') })
export const photos = pgTable('photos', { id: integer('id').primaryKey(), projectId: integer('project_id') })
const db = drizzle(process.env.DATABASE_URL ?? '')
const app = express()
app.get('/projects', async (req, res) => {
  res.json(
    await db
      .select({ key: ${group}, photos: count(photos.id) })
      .from(projects)
      .leftJoin(photos, eq(photos.projectId, projects.id))
      .groupBy(${group}),
  )
})
`,
  })
  return new Inspection(root).check({}).findings.some(({ rule }) => rule === 'unbounded-result-set')
}

test('Drizzle: groups by the key of the table are as many as its rows', (t) => {
  assert.equal(isUnbounded(t, 'projects.id'), true)
  assert.equal(isUnbounded(t, 'projects.kind'), false)
  assert.equal(isUnbounded(t, 'photos.id'), false)
})
