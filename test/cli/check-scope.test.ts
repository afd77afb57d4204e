import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import type { CheckReport, RoutesReport } from '../../src/model/finding.ts'
import { routeKey } from '../../src/model/route.ts'
import { recordLines } from '../../src/workflows/origins/attribution-store.ts'
import { headroom } from './command-line.ts'

const server = `import express from 'express'
import { listUsers } from './users'
import { listOrders } from './orders'
const app = express()
app.get('/users', listUsers)
app.get('/orders', listOrders)
app.listen(3000)
`

const users = `import { PrismaClient } from '@prisma/client'
import { postsOf } from './posts'
const prisma = new PrismaClient()

export async function listUsers(req, res) {
  const users = await prisma.user.findMany({ take: 20 })
  for (const user of users) {
    user.posts = await postsOf(user.id)
  }
  res.json(users)
}
`

const orders = `import { PrismaClient } from '@prisma/client'
const prisma = new PrismaClient()

export async function listOrders(req, res) {
  const orders = await prisma.order.findMany({ take: 20 })
  for (const order of orders) {
    order.items = await prisma.item.findMany({ where: { orderId: order.id }, take: 50 })
  }
  res.json(orders)
}
`

const posts = `import { PrismaClient } from '@prisma/client'
const prisma = new PrismaClient()

export function postsOf(authorId) {
  return prisma.post.findMany({ where: { authorId }, take: 20 })
}
`

const files = {
  'src/server.ts': server,
  'src/users.ts': users,
  'src/orders.ts': orders,
  'src/posts.ts': posts,
  'package.json': '{ "name": "shop" }\n',
}

interface Project extends AsyncDisposable {
  readonly root: string
  write(file: string, text: string): Promise<void>
  git(...args: readonly string[]): Promise<string>
  /** Commits all there is, and gives the commit's name. */
  commit(message: string): Promise<string>
  /** `headroom check --json` with more options. */
  check(...options: readonly string[]): Promise<{ report: CheckReport; exitCode: number | null }>
}

/** Two endpoints with a query in a loop each, in a folder of its own, without git yet. */
async function project(): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-scope-'))
  const run = promisify(execFile)
  const made: Project = {
    root,
    write: async (file, text) => {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), text)
    },
    git: async (...args) => {
      const identity = [
        '-c',
        'user.name=Test',
        '-c',
        'user.email=test@example.com',
        '-c',
        'commit.gpgsign=false',
      ]
      return (await run('git', ['-C', root, ...identity, ...args])).stdout.trim()
    },
    commit: async (message) => {
      await made.git('add', '--all')
      await made.git('commit', '--quiet', '--message', message)
      return made.git('rev-parse', 'HEAD')
    },
    check: async (...options) => {
      const { stdout, stderr, exitCode } = await headroom(root, 'check', '--json', ...options, ...onlyLoops)
      assert.notEqual(stdout, '', stderr)
      const report: CheckReport = JSON.parse(stdout)
      return { report, exitCode }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
  for (const [file, text] of Object.entries(files)) await made.write(file, text)
  return made
}

async function repository(): Promise<Project> {
  const made = await project()
  await made.git('init', '--quiet', '--initial-branch=main')
  await made.commit('Begin')
  return made
}

/** Each file that has a finding, with its label. */
function labels({ findings }: CheckReport): (readonly [string, string | null])[] {
  const byFile = new Map(findings.map(({ file, provenance }) => [file, provenance]))
  return ['src/orders.ts', 'src/users.ts'].map((file) => [file, byFile.get(file) ?? null])
}

function places({ findings }: CheckReport): string[] {
  return findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`)
}

const onlyLoops = ['--rule', 'n-plus-one']
const loopInUsers = 'n-plus-one src/users.ts:8'
const loopInOrders = 'n-plus-one src/orders.ts:7'

describe('headroom check', { concurrency: 2 }, () => {
  it('finds both loops without a scope', async () => {
    await using shop = await repository()
    const { report, exitCode } = await shop.check()
    assert.deepEqual(places(report).toSorted(), [loopInOrders, loopInUsers])
    assert.equal(exitCode, 1)
  })

  describe('--changed', () => {
    it('finds nothing, and exits with 0, where nothing changed', async () => {
      await using shop = await repository()
      const { report, exitCode } = await shop.check('--changed')
      assert.deepEqual([report.routes, report.findings, exitCode], [[], [], 0])
      const { stdout } = await headroom(shop.root, 'check', '--changed', ...onlyLoops)
      const hint =
        'No source file has changed since the last commit. For a whole branch: headroom check --changed main'
      assert.equal(stdout, `0 findings in 0 changed routes (of 2).\n${hint}\n`)
    })

    it('keeps what lies in a changed handler, also when it is in a subfolder of the repository', async () => {
      await using shop = await project()
      await shop.git('init', '--quiet')
      await mkdir(join(shop.root, 'apps'))
      await rename(join(shop.root, 'src'), join(shop.root, 'apps', 'src'))
      await rename(join(shop.root, 'package.json'), join(shop.root, 'apps', 'package.json'))
      await shop.commit('Begin')
      await shop.write('apps/src/orders.ts', orders.replace('res.json(orders)', 'res.json({ orders })'))
      const { stdout } = await headroom(join(shop.root, 'apps'), 'check', '--json', '--changed', ...onlyLoops)
      const report: CheckReport = JSON.parse(stdout)
      assert.deepEqual(places(report), [loopInOrders])
      assert.deepEqual(report.routes.map(routeKey), ['GET /orders'])
    })

    it('keeps what calls a changed helper', async () => {
      await using shop = await repository()
      await shop.write('src/posts.ts', posts.replace('take: 20', 'take: 30'))
      const { report } = await shop.check('--changed')
      assert.deepEqual(places(report), [loopInUsers])
    })

    it('knows files that git was not told of', async () => {
      await using shop = await repository()
      await shop.write('src/orders.ts', orders)
      await shop.write('src/carts.ts', orders.replaceAll('order', 'cart').replace('listOrders', 'listCarts'))
      await shop.write(
        'src/server.ts',
        server
          .replace(
            "import { listOrders } from './orders'",
            "import { listOrders } from './orders'\nimport { listCarts } from './carts'",
          )
          .replace('app.listen', "app.get('/carts', listCarts)\napp.listen"),
      )
      const { report } = await shop.check('--changed')
      assert.deepEqual(report.routes.map(routeKey), ['GET /carts'])
    })

    it('compares with where the branch began, not with what its base has become', async () => {
      await using shop = await repository()
      await shop.git('switch', '--quiet', '--create', 'feature')
      await shop.write('src/orders.ts', orders.replace('res.json(orders)', 'res.json({ orders })'))
      await shop.commit('Change orders')
      await shop.git('switch', '--quiet', 'main')
      await shop.write('src/users.ts', users.replace('res.json(users)', 'res.json({ users })'))
      await shop.commit('Change users')
      await shop.git('switch', '--quiet', 'feature')
      assert.deepEqual((await shop.check('--changed')).report.findings, [])
      assert.deepEqual(places((await shop.check('--changed=main')).report), [loopInOrders])
      assert.deepEqual(places((await shop.check('--changed', 'main')).report), [loopInOrders])
    })

    it('refuses what is no commit, with one sentence', async () => {
      await using shop = await repository()
      for (const base of ['nowhere', '--output=/tmp/x', '-p', '.', './src']) {
        const { stdout, stderr, exitCode } = await headroom(shop.root, 'check', `--changed=${base}`)
        assert.deepEqual([stdout, exitCode], ['', 2], base)
        assert.match(stderr, /^headroom: (git knows no commit|--changed takes a commit)[^\n]*\n$/, base)
      }
    })

    it('says clearly that it needs git', async () => {
      await using shop = await project()
      for (const option of ['--changed', '--staged']) {
        const { stdout, stderr, exitCode } = await headroom(shop.root, 'check', option)
        assert.deepEqual([stdout, exitCode], ['', 2])
        assert.match(stderr, /^headroom: [^\n]*git repository[^\n]*\n$/)
      }
    })
  })

  describe('--staged', () => {
    it('inspects what is staged as it is staged, whatever was edited since', async () => {
      await using shop = await repository()
      const lines = orders.split('\n')
      const noLoop = [...lines.slice(0, 5), ...lines.slice(8)].join('\n')
      await shop.write(
        'src/orders.ts',
        `// Orders of the shop.\n${orders}`.replace('res.json(orders)', 'res.json({ orders })'),
      )
      await shop.git('add', 'src/orders.ts')
      await shop.write('src/orders.ts', noLoop)
      await shop.write('src/users.ts', users.replace('res.json(users)', 'res.json({ users })'))
      const { report } = await shop.check('--staged')
      assert.deepEqual(places(report), ['n-plus-one src/orders.ts:8'])
      assert.equal(await readFile(join(shop.root, 'src/orders.ts'), 'utf8'), noLoop)
    })

    it('takes no base', async () => {
      await using shop = await repository()
      const { stderr, exitCode } = await headroom(shop.root, 'check', '--staged', '--changed=main')
      assert.equal(exitCode, 2)
      assert.match(stderr, /leave out --staged/)
    })
  })

  describe('--ai-only', () => {
    it('leaves nothing out where nobody knows who wrote the code', async () => {
      await using shop = await project()
      assert.equal((await shop.check('--ai-only')).report.findings.length, 2)
    })

    it('leaves out what git-ai gives to a person, and keeps what it gives to an agent or to nobody', async () => {
      await using shop = await repository()
      const commit = await shop.git('rev-parse', 'HEAD')
      const note = `src/users.ts\n  h_1234567890abcd 1-11\nsrc/posts.ts\n  h_1234567890abcd 1-6\nsrc/orders.ts\n  s_1234567890abcd 4-10\n---\n${JSON.stringify({ schema_version: 'authorship/3.0.0' })}\n`
      await shop.git('notes', '--ref=ai', 'add', '--message', note, commit)
      const all = await shop.check()
      assert.deepEqual(labels(all.report), [
        ['src/orders.ts', 'AI-inserted (git-ai note)'],
        ['src/users.ts', null],
      ])
      assert.deepEqual(places((await shop.check('--ai-only')).report), [loopInOrders])
      const { stdout } = await headroom(shop.root, 'check', '--ai-only', ...onlyLoops)
      assert.match(stdout, /\n1 finding in 2 routes\.\n1 finding left out: git-ai/)
      // A line that is edited afterwards is nobody's.
      await shop.write('src/users.ts', users.replace('postsOf(user.id)', 'postsOf(user.userId)'))
      assert.equal((await shop.check('--ai-only')).report.findings.length, 2)
    })

    it('keeps a defect in a person’s code that somebody else calls', async () => {
      await using shop = await repository()
      const commit = await shop.git('rev-parse', 'HEAD')
      const note = `src/posts.ts\n  h_1234567890abcd 1-6\n---\n${JSON.stringify({ schema_version: 'authorship/3.0.0' })}\n`
      await shop.git('notes', '--ref=ai', 'add', '--message', note, commit)
      assert.equal((await shop.check('--ai-only')).report.findings.length, 2)
    })
  })

  it('says who wrote what, in words and in JSON, without git too', async () => {
    await using shop = await project()
    await recordLines(shop.root, [
      {
        file: 'src/orders.ts',
        source: 'Claude Code hook',
        score: 1,
        at: 1,
        startLine: 4,
        endLine: 10,
        text: orders,
      },
    ])
    const { report } = await shop.check()
    const byFile = new Map(report.findings.map(({ file, provenance }) => [file, provenance]))
    assert.equal(byFile.get('src/orders.ts'), 'AI-inserted (Claude Code hook)')
    assert.equal(byFile.get('src/users.ts'), null)
    const text = (await headroom(shop.root, 'check', ...onlyLoops)).stdout
    assert.match(text, /^src\/orders\.ts:7:\d+ {2}n-plus-one {2}AI-inserted \(Claude Code hook\)$/m)
    assert.match(text, /^src\/users\.ts:8:\d+ {2}n-plus-one$/m)
    const routes: RoutesReport = JSON.parse((await headroom(shop.root, 'routes', '--json')).stdout)
    assert.deepEqual(
      routes.routes.map((route) => [routeKey(route), route.provenance]),
      [
        ['GET /users', undefined],
        ['GET /orders', 'AI-inserted (Claude Code hook)'],
      ],
    )
  })
})
