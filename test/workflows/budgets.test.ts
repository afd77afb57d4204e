import assert from 'node:assert/strict'
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { HttpMethod } from '../../src/model/route.ts'
import type { Run } from '../../src/model/run.ts'
import { routeClass, type RouteClass } from '../../src/model/route-class.ts'
import { parseBudget } from '../../src/verdict/budget.ts'
import { suggestBudget, writeBudget } from '../../src/workflows/budgets.ts'
import { configFileName, parseConfig, readConfig } from '../../src/workflows/config.ts'
import { budgetOf } from '../../src/workflows/prepare.ts'
import { judged, result, runOf } from '../verdict/results.ts'
import { judge } from '../../src/verdict/verdict.ts'

const route = 'GET /users/:userId'

describe('writeBudget', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-budget-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const file = (): string => join(root, configFileName)
  /** What the file holds after a budget was written into a text. */
  async function written(text: string, budget: string | null = 'p95<300ms', key = route): Promise<string> {
    await writeFile(file(), text)
    await writeBudget(root, key, budget)
    return readFile(file(), 'utf8')
  }

  it('makes the file where there is none', async () => {
    await writeBudget(root, route, ' P95 < 300ms,errors<1% ')
    assert.equal(
      await readFile(file(), 'utf8'),
      `{\n  "budgets": {\n    "${route}": "p95<300ms, errors<1%"\n  }\n}\n`,
    )
    assert.deepEqual((await readConfig(root)).budgets, { [route]: 'p95<300ms, errors<1%' })
  })

  it('makes no file to take a budget out of', async () => {
    await writeBudget(root, route, null)
    assert.deepEqual(await readdir(root), [])
  })

  it('keeps every comment where it stands', async () => {
    const before = `// of the whole file
{
  // before
  "budget": "p95<2s", // behind, no comma
  /* alone */
  "stepSeconds": 4 // last
  // at the end
}
// after all
`
    assert.equal(
      await written(before),
      `// of the whole file
{
  // before
  "budget": "p95<2s", // behind, no comma
  /* alone */
  "stepSeconds": 4, // last
  "budgets": {
    "${route}": "p95<300ms"
  }
  // at the end
}
// after all
`,
    )
  })

  const forms: readonly (readonly [name: string, before: string, after: string])[] = [
    [
      'replaces the value alone',
      `{"budgets":{"${route}":"p95<9s"/* slow */},"users":[1]}`,
      `{"budgets":{"${route}":"p95<300ms"/* slow */},"users":[1]}`,
    ],
    [
      'stays on one line',
      '{ "budgets": { "GET /a": "p95<1s" } }',
      `{ "budgets": { "GET /a": "p95<1s", "${route}": "p95<300ms" } }`,
    ],
    [
      'keeps CRLF and tabs',
      '{\r\n\t"budgets": {\r\n\t\t"GET /a": "p95<1s"\r\n\t}\r\n}\r\n',
      `{\r\n\t"budgets": {\r\n\t\t"GET /a": "p95<1s",\r\n\t\t"${route}": "p95<300ms"\r\n\t}\r\n}\r\n`,
    ],
    [
      'keeps a missing new line at the end',
      '{\n    "users": [1]\n}',
      `{\n    "users": [1],\n    "budgets": {\n        "${route}": "p95<300ms"\n    }\n}`,
    ],
    [
      'keeps trailing commas',
      '{\n  "users": [1], // two, later\n}',
      `{\n  "users": [1], // two, later\n  "budgets": {\n    "${route}": "p95<300ms"\n  },\n}`,
    ],
    [
      'keeps a byte order mark',
      '\uFEFF{ "users": [1] }',
      `\uFEFF{ "users": [1], "budgets": { "${route}": "p95<300ms" } }`,
    ],
    ['fills an empty object', '{}', `{\n  "budgets": {\n    "${route}": "p95<300ms"\n  }\n}`],
    [
      'fills an object of comments',
      '{\n  "budgets": {\n    // none yet\n  }\n}',
      `{\n  "budgets": {\n    // none yet\n    "${route}": "p95<300ms"\n  }\n}`,
    ],
    ['fills an empty file', '\n', `{\n  "budgets": {\n    "${route}": "p95<300ms"\n  }\n}\n`],
    [
      'knows a comment that holds a comma',
      '{\n  "users": [1] /* one, two */\n}',
      `{\n  "users": [1], /* one, two */\n  "budgets": {\n    "${route}": "p95<300ms"\n  }\n}`,
    ],
  ]
  for (const [name, before, after] of forms) {
    it(name, async () => {
      assert.equal(await written(before), after)
      assert.equal(parseConfig(after).budgets[route], 'p95<300ms')
    })
  }

  const removals: readonly (readonly [name: string, before: string, after: string])[] = [
    [
      'its line, among others',
      `{\n  "budgets": {\n    // of a\n    "GET /a": "p95<1s", // a\n    "${route}": "p95<300ms",\n    "GET /b": "p95<1s"\n  }\n}\n`,
      '{\n  "budgets": {\n    // of a\n    "GET /a": "p95<1s", // a\n    "GET /b": "p95<1s"\n  }\n}\n',
    ],
    [
      'as the last one, with the comma before it',
      `{\n  "budgets": {\n    "GET /a": "p95<1s", // a\n    "${route}": "p95<300ms"\n  }\n}\n`,
      '{\n  "budgets": {\n    "GET /a": "p95<1s" // a\n  }\n}\n',
    ],
    [
      'with the list where it was the only one',
      `{\n  "users": [1],\n  "budgets": {\n    "${route}": "p95<300ms"\n  }\n}\n`,
      '{\n  "users": [1]\n}\n',
    ],
    [
      'but a list with a comment stays',
      `{\n  "budgets": {\n    // why\n    "${route}": "p95<300ms"\n  }\n}\n`,
      '{\n  "budgets": {\n    // why\n  }\n}\n',
    ],
    [
      'on one line',
      `{ "budgets": { "${route}": "p95<300ms", "GET /a": "p95<1s" } }`,
      '{ "budgets": { "GET /a": "p95<1s" } }',
    ],
    ['and nothing where there is none', '{\n  "users": [1]\n}', '{\n  "users": [1]\n}'],
  ]
  for (const [name, before, after] of removals) {
    it(`takes a budget out: ${name}`, async () => {
      assert.equal(await written(before, null), after)
      parseConfig(after)
    })
  }

  it('gives back the file that it was, written and taken out again', async () => {
    for (const before of [
      '{\n  "users": [1] // one\n}\n',
      '{\r\n  "users": [1],\r\n  // end\r\n}',
      '{ "users": [1] }',
    ]) {
      await written(before)
      await writeBudget(root, route, null)
      assert.equal(await readFile(file(), 'utf8'), before)
    }
  })

  it('refuses a budget that is none, and a file that is broken, and leaves it as it is', async () => {
    await assert.rejects(written('{}', 'fast'), /Clause 1 of the budget, `fast`/)
    assert.equal(await readFile(file(), 'utf8'), '{}')
    for (const text of ['{ "users": ', '[]', '{ "userz": 1 }']) {
      await assert.rejects(written(text), /^Failure: headroom\.config\.json/)
      assert.equal(await readFile(file(), 'utf8'), text)
    }
  })

  it('says what keeps it from writing', async () => {
    await mkdir(file())
    await assert.rejects(
      writeBudget(root, route, 'p95<1s'),
      /^Failure: headroom\.config\.json can't be changed: illegal operation on a directory \(EISDIR\)\.$/,
    )
  })

  it('follows a link, which stays one', async () => {
    const shared = join(root, 'shared.json')
    await writeFile(shared, '{ "users": [1] }')
    await symlink(shared, file())
    await writeBudget(root, route, 'p95<1s')
    assert.equal((await lstat(file())).isSymbolicLink(), true)
    assert.equal(parseConfig(await readFile(shared, 'utf8')).budgets[route], 'p95<1s')
  })

  it('loses none of many written at once', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `GET /${index}`)
    await writeFile(file(), '{ "users": [1] }')
    await Promise.all(keys.map((key) => writeBudget(root, key, 'p95<1s')))
    assert.deepEqual(Object.keys((await readConfig(root)).budgets).toSorted(), keys.toSorted())
    assert.deepEqual(await readdir(root), [configFileName])
  })
})

function run(steps: readonly (readonly [users: number, p95Millis: number | null])[]): Run {
  const measured = steps.map(([users, p95]) => result(users, p95))
  return runOf(measured, { verdict: judge(judged({ steps: measured })) })
}

describe('suggestBudget', () => {
  it('leaves room above the highest load that was taken well', () => {
    assert.equal(
      suggestBudget(
        run([
          [10, 40],
          [25, 90],
        ]),
      ),
      'p95<150ms, errors<1%',
    )
    assert.equal(
      suggestBudget(
        run([
          [10, 400],
          [25, 900],
        ]),
      ),
      'p95<1.5s, errors<1%',
    )
    assert.equal(
      suggestBudget(
        run([
          [10, 40],
          [25, 90],
          [50, 4_000],
        ]),
      ),
      'p95<150ms, errors<1%',
    )
    assert.equal(suggestBudget(run([[10, 0.2]])), 'p95<5ms, errors<1%')
  })

  it('is met by the run it was taken from', () => {
    for (const p95 of [0.3, 7, 66.7, 133, 999, 1_300, 1_999]) {
      const suggested = parseBudget(suggestBudget(run([[10, p95]])))
      const [latency] = suggested
      assert.ok(latency !== undefined && latency.limit >= p95 * 1_500, `${p95}: ${latency?.text}`)
      assert.ok(latency.limit <= Math.max(5_000, p95 * 1_500 * 1.51), `${p95}: ${latency.text}`)
    }
  })

  it('refuses a run that took no load well', () => {
    assert.throws(() => suggestBudget(run([[10, 4_000]])), /took no load well enough/)
    assert.throws(() => suggestBudget(run([])), /took no load well enough/)
    assert.throws(() => suggestBudget(run([[10, null]])), /took no load well enough/)
  })
})

describe('the class of a route', () => {
  const cases: readonly (readonly [RouteClass, HttpMethod, string, (readonly string[] | null)?])[] = [
    ['auth', 'POST', '/login'],
    ['auth', 'POST', '/api/v1/auth/refresh'],
    ['auth', 'GET', '/oauth/callback'],
    ['auth', 'POST', '/users/sign-up'],
    ['auth', 'POST', '/users/:id/resetPassword'],
    ['auth', 'DELETE', '/sessions/:id'],
    ['search', 'GET', '/search'],
    ['search', 'POST', '/products/search'],
    ['search', 'GET', '/products?q=:term'],
    ['search', 'GET', '/users/autocomplete'],
    ['write', 'POST', '/users'],
    ['write', 'PATCH', '/users/:id'],
    ['write', 'DELETE', '/posts/:id/likes'],
    ['list', 'GET', '/users'],
    ['list', 'GET', '/users/:userId/activities'],
    ['list', 'GET', '/api/orderItems', ['order_items']],
    ['list', 'GET', '/feed'],
    ['list', 'GET', '/news', ['news']],
    ['other', 'GET', '/news'],
    ['other', 'GET', '/users/:id'],
    ['other', 'GET', '/health'],
    ['other', 'GET', '/status'],
    ['other', 'GET', '/'],
    ['other', 'GET', '/me'],
    ['other', 'GET', '/features', []],
    ['other', 'GET', '/authors/:id'],
  ]
  for (const [name, method, path, reads = null] of cases) {
    it(`${method} ${path}${reads === null ? '' : ` reading ${reads.join() || 'nothing'}`}: ${name}`, () => {
      assert.equal(routeClass({ method, path }, reads), name)
    })
  }
})

describe('the budget of an order', () => {
  const config = parseConfig(
    '{ "budget": "p95<4s", "budgetClasses": { "list": "p95<3s", "write": "p95<2s" }, "budgets": { "GET /posts": "p95<1s" } }',
  )
  const of = (method: 'GET' | 'POST', path: string, budget?: string) => {
    const order = {
      endpoint: { method, path },
      routes: [],
      config,
      ...(budget === undefined ? {} : { budget }),
    }
    const { budget: clauses, budgetSource } = budgetOf(order)
    return [clauses.map(({ text }) => text).join(), budgetSource]
  }

  it('is the one said, else the own one, else that of its class, else that of all', () => {
    assert.deepEqual(of('GET', '/posts', 'p95<500ms'), ['p95<500ms', 'order'])
    assert.deepEqual(of('GET', '/posts'), ['p95<1s', 'route'])
    assert.deepEqual(of('GET', '/users'), ['p95<3s', 'list'])
    assert.deepEqual(of('POST', '/users'), ['p95<2s', 'write'])
    assert.deepEqual(of('POST', '/login'), ['p95<4s', 'project'])
    assert.deepEqual(of('GET', '/users/:id'), ['p95<4s', 'project'])
  })
})
