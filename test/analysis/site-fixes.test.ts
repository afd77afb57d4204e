import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { apply, projectOf } from './temporary-project.ts'

interface Case {
  readonly name: string
  readonly rule: string
  readonly fix: string
  readonly before: string
  /** What the code becomes; null where the fix must not be offered. */
  readonly after: string | null
  readonly others?: Readonly<Record<string, string>>
}

const express4 = { 'package.json': '{ "dependencies": { "express": "^4.21.0", "zod": "^4.0.0" } }' }

/** Code with its opening and its last lines around it. */
function app(body: string, imports = ''): string {
  return `import express from 'express'\n${imports}\nconst app = express()\n\n${body}`
}

const cases: readonly Case[] = [
  {
    name: 'a timeout beside the options of fetch, on lines of their own',
    rule: 'missing-timeout',
    fix: 'add-timeout',
    before: app(`app.get('/', async (req, res) => {
  const answer = await fetch('https://example.com', {
    // who asks
    headers: { 'user-agent': 'me' },
  })
  res.json(await answer.json())
})
`),
    after: app(`app.get('/', async (req, res) => {
  const answer = await fetch('https://example.com', {
    // who asks
    headers: { 'user-agent': 'me' },
    signal: AbortSignal.timeout(5000),
  })
  res.json(await answer.json())
})
`),
  },
  {
    name: 'a timeout for axios.post without a configuration',
    rule: 'missing-timeout',
    fix: 'add-timeout',
    before: app(
      `app.post('/', async (req, res) => {
  const { data } = await axios.post('https://example.com', req.body)
  res.json(data)
})
`,
      `import axios from 'axios'\n`,
    ),
    after: app(
      `app.post('/', async (req, res) => {
  const { data } = await axios.post('https://example.com', req.body, { timeout: 5000 })
  res.json(data)
})
`,
      `import axios from 'axios'\n`,
    ),
  },
  {
    name: 'no timeout where the options come from elsewhere: there is no finding either',
    rule: 'missing-timeout',
    fix: 'add-timeout',
    before: app(
      `app.get('/', async (req, res) => {
  const answer = await fetch('https://example.com', options)
  res.json(await answer.json())
})
`,
      `import { options } from 'somewhere'\n`,
    ),
    after: null,
  },
  {
    name: 'for…of instead of forEach',
    rule: 'async-foreach',
    fix: 'for-of',
    before: app(`app.post('/', async (req, res) => {
  req.app.locals.guests.forEach(async (guest) => {
    // one after the other
    await guest.invite()
  })
  res.end()
})
`),
    after: app(`app.post('/', async (req, res) => {
  for (const guest of req.app.locals.guests) {
    // one after the other
    await guest.invite()
  }
  res.end()
})
`),
  },
  {
    name: 'no for…of where the callback leaves early',
    rule: 'async-foreach',
    fix: 'for-of',
    before: app(`app.post('/', async (req, res) => {
  req.app.locals.guests.forEach(async (guest) => {
    if (guest.isAway) return
    await guest.invite()
  })
  res.end()
})
`),
    after: null,
  },
  {
    name: 'errors of an Express 4 handler go to next, which becomes a parameter',
    rule: 'unhandled-async',
    fix: 'forward-errors',
    others: express4,
    before: app(
      `app.get('/', async (req, res) => {
  // all of it
  res.json(await load())
})
`,
      `import { load } from 'somewhere'\n`,
    ),
    after: app(
      `app.get('/', async (req, res, next) => {
  try {
    // all of it
    res.json(await load())
  } catch (error) {
    next(error)
  }
})
`,
      `import { load } from 'somewhere'\n`,
    ),
  },
  {
    name: 'a server without a name is closed on signals, in the file’s own style',
    rule: 'missing-graceful-shutdown',
    fix: 'graceful-shutdown',
    before: `const express = require("express");
const app = express();

app.get("/", (req, res) => res.send("hello"));

app.listen(3000, () => {
	console.log("ready");
}); // the port is fixed
`,
    after: `const express = require("express");
const app = express();

app.get("/", (req, res) => res.send("hello"));

const server = app.listen(3000, () => {
	console.log("ready");
}); // the port is fixed

for (const signal of ["SIGTERM", "SIGINT"]) {
	process.once(signal, () => server.close());
}
`,
  },
  {
    name: 'the promise form of a blocking call, with its import',
    rule: 'blocking-call',
    fix: 'promise-form',
    before: `import { readFileSync } from 'node:fs'
${app(`app.get('/', async (req, res) => {
  res.json(JSON.parse(readFileSync('a.json', 'utf8').trim()))
})
`)}`,
    after: `import { readFileSync } from 'node:fs'
import express from 'express'
import { readFile } from 'node:fs/promises'

const app = express()

app.get('/', async (req, res) => {
  res.json(JSON.parse((await readFile('a.json', 'utf8')).trim()))
})
`,
  },
  {
    name: 'the promise form of a function of bcrypt',
    rule: 'blocking-call',
    fix: 'promise-form',
    before: app(
      `app.post('/', async (req, res) => {
  res.json(bcrypt.compareSync(req.body.password, req.body.hash))
})
`,
      `import bcrypt from 'bcrypt'\n`,
    ),
    after: app(
      `app.post('/', async (req, res) => {
  res.json(await bcrypt.compare(req.body.password, req.body.hash))
})
`,
      `import bcrypt from 'bcrypt'\n`,
    ),
  },
  {
    name: 'no promise form where the function can’t wait',
    rule: 'blocking-call',
    fix: 'promise-form',
    before: app(
      `app.get('/', (req, res) => {
  res.send(readFileSync('a.txt'))
})
`,
      `import { readFileSync } from 'node:fs'\n`,
    ),
    after: null,
  },
  {
    name: 'return after an answer that ends a branch',
    rule: 'response-double-send',
    fix: 'return-after-response',
    before: app(`app.post('/', (req, res) => {
  if (!req.body) {
    res.status(400).end() // nothing to do
  }
  res.send('done')
})
`),
    after: app(`app.post('/', (req, res) => {
  if (!req.body) {
    res.status(400).end() // nothing to do
    return
  }
  res.send('done')
})
`),
  },
  {
    name: 'await before a query',
    rule: 'missing-await',
    fix: 'add-await',
    before: app(
      `const db = knex({ client: 'pg' })

app.get('/:id', async (req, res) => {
  const post = db('posts').where({ id: req.params.id }).first()
  if (!post) return res.status(404).end()
  res.json({ title: post.title })
})
`,
      `import knex from 'knex'\n`,
    ),
    after: app(
      `const db = knex({ client: 'pg' })

app.get('/:id', async (req, res) => {
  const post = await db('posts').where({ id: req.params.id }).first()
  if (!post) return res.status(404).end()
  res.json({ title: post.title })
})
`,
      `import knex from 'knex'\n`,
    ),
  },
  {
    name: 'a schema that names the fields of a body, where the package has zod',
    rule: 'missing-validation',
    fix: 'validate-body',
    others: { 'package.json': '{ "dependencies": { "express": "^5.0.0", "zod": "^4.0.0" } }' },
    before: app(
      `const db = knex({ client: 'pg' })

app.post('/', async (req, res) => {
  const { name, email } = req.body
  await db('users').insert({ name, email })
  res.end()
})
`,
      `import knex from 'knex'\n`,
    ),
    after: app(
      `import { z } from 'zod'

// Complete this: types, lengths and ranges that clients may send.
const bodySchema = z.object({
  name: z.unknown(),
  email: z.unknown(),
})

const db = knex({ client: 'pg' })

app.post('/', async (req, res) => {
  const { name, email } = bodySchema.parse(req.body)
  await db('users').insert({ name, email })
  res.end()
})
`,
      `import knex from 'knex'\n`,
    )
      .replace("\nconst app = express()\n\nimport { z } from 'zod'\n", "import { z } from 'zod'\n")
      .replace('})\n\nconst db', '})\n\nconst app = express()\n\nconst db'),
  },
]

for (const { name, rule, fix, before, after, others } of cases) {
  test(name, (t) => {
    const root = projectOf(t, { ...others, 'app.ts': before })
    const inspection = new Inspection(root)
    const report = inspection.check({})
    assert.deepEqual(report.problems, [])
    const finding = report.findings.find((each) => each.rule === rule)
    const isOffered = finding?.fixes.some(({ id }) => id === fix) ?? false
    assert.equal(isOffered, after !== null, 'offered only where it can be carried out')
    if (!finding || after === null) return
    const texts = apply(root, inspection.fix({ finding, fix }))
    assert.equal(texts.get('app.ts'), after)
    const rest = inspection.check({})
    assert.deepEqual(rest.problems, [])
    assert.ok(!rest.findings.some((each) => each.rule === rule), 'the finding is gone')
  })
}
