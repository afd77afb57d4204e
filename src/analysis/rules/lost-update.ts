import * as l10n from '@vscode/l10n'
import type { Detection, Rule } from './rule.ts'

/** A value that is read, changed in memory and written back. Reported where it is changed. */
export const lostUpdate: Rule = {
  id: 'lost-update',
  severity: 'info',
  title: 'Read, changed in memory, written back',
  docs: {
    what:
      'Finds columns that are read, increased or decreased in JavaScript and written back: `product.stock -= 1; ' +
      'product.save()`, or `update({ stock: product.stock - 1 })`.',
    why:
      'Two requests at once read the same value, and the second write overwrites the first: a like, a sale or a payment ' +
      'is lost. It never shows with one user.',
    fineWhen: [
      'The database computes the new value (`increment`, `SET stock = stock - 1`).',
      'The row is read and written in one transaction.',
    ],
    fixSafety:
      'Review: the database changes the value where it is. Offered only where the update says the change itself, or where ' +
      'a row is saved of which nothing else was changed.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/posts/:id/likes', async (req, res) => {
  const post = await db('posts').where({ id: Number(req.params.id) }).first()
  await db('posts').where({ id: post.id }).update({ likes: post.likes + 1 })
  res.sendStatus(204)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/posts/:id/likes', async (req, res) => {
  const post = await db('posts').where({ id: Number(req.params.id) }).first()
  await db('posts').where({ id: post.id }).update({ likes: db.raw('?? + ?', ['likes', 1]) })
  res.sendStatus(204)
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      const { detail } = site
      if (detail.kind !== 'read-modify-write') return []
      const { column, table } = detail
      const message =
        table === null
          ? l10n.t(
              'Potentially lost update: `{0}` is read, changed in memory and written back; changes made in between are overwritten.',
              column,
            )
          : l10n.t(
              'Potentially lost update: `{0}` of "{1}" is read, changed in memory and written back; changes made in between are overwritten.',
              column,
              table,
            )
      return [
        {
          span: site.span,
          message,
          evidence: [site.id],
          fixes: [
            {
              id: 'atomic-update',
              title: l10n.t('Let the database change {0}, so that no change is lost', column),
              safety: 'review',
              intention: { kind: 'atomic-update', site: site.id },
            },
          ],
        },
      ]
    }),
}
