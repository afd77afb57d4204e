import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { forgetAttribution, recordLines } from '../../../src/workflows/origins/attribution-store.ts'
import { openInspection } from '../../../src/workflows/inspect.ts'
import { compareLines } from '../../../src/workflows/origins/line-moves.ts'
import { openOrigins, openOriginsApart, type Origins } from '../../../src/workflows/origins/origins.ts'

const app = `import express from 'express'
const app = express()
app.get('/users', async (req, res) => {
  const users = await all('users')
  const sorted = users.toSorted()
  res.json(sorted)
})

app.get('/orders', async (req, res) => {
  const orders = await all('orders')
  const sorted = orders.toSorted()
  res.json(sorted)
})
`

async function folder(): Promise<AsyncDisposable & { root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-origins-'))
  await writeFile(join(root, 'app.ts'), app)
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) }
}

async function git(root: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)('git', [
    '-C',
    root,
    '-c',
    'user.name=T',
    '-c',
    'user.email=t@example.com',
    ...args,
  ])
}

/** Origins that count how often git and the store were asked. */
function counting(origins: Origins): Origins & { readonly asked: () => number } {
  let asked = 0
  return {
    changed: () => origins.changed(),
    dispose: () => origins.dispose(),
    attributed: (files, overlays) => {
      asked += 1
      return origins.attributed(files, overlays)
    },
    asked: () => asked,
  }
}

const hook = {
  file: 'app.ts',
  source: 'Claude Code hook',
  score: 1,
  at: 1,
  startLine: 9,
  endLine: 13,
  text: app,
}
const label = 'AI-inserted (Claude Code hook)'

describe('lines that move', () => {
  const before = 'a\nb\nc\nd\ne'

  it('keeps what stands before an edit and shifts what stands behind it', () => {
    const { move, added } = compareLines(before, 'a\nb\nX\nY\nc\nd\ne')
    assert.deepEqual(added, { startLine: 3, endLine: 4 })
    assert.deepEqual(move({ startLine: 1, endLine: 2 }), [{ startLine: 1, endLine: 2 }])
    assert.deepEqual(move({ startLine: 4, endLine: 5 }), [{ startLine: 6, endLine: 7 }])
    assert.deepEqual(move({ startLine: 2, endLine: 3 }), [
      { startLine: 2, endLine: 2 },
      { startLine: 5, endLine: 5 },
    ])
  })

  it('cuts out what was replaced, and drops what was removed', () => {
    assert.deepEqual(compareLines(before, 'a\nX\nd\ne').move({ startLine: 2, endLine: 3 }), [])
    const removed = compareLines(before, 'a\ne')
    assert.equal(removed.added, null)
    assert.deepEqual(removed.move({ startLine: 1, endLine: 5 }), [
      { startLine: 1, endLine: 1 },
      { startLine: 2, endLine: 2 },
    ])
  })

  it('never says of a line that it was there before where it wasn’t', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return seed % below
    }
    for (let round = 0; round < 2_000; round++) {
      const old = Array.from({ length: random(8) }, () => 'abc'[random(3)] ?? '')
      const now = old.toSpliced(
        random(8),
        random(4),
        ...Array.from({ length: random(4) }, () => 'abc'[random(3)] ?? ''),
      )
      const { move } = compareLines(old.join('\n'), now.join('\n'))
      for (const [index, text] of old.entries()) {
        const [at] = move({ startLine: index + 1, endLine: index + 1 })
        if (at !== undefined) assert.equal(now[at.startLine - 1], text)
      }
    }
  })
})

for (const [where, open] of [
  ['in the thread itself', openOrigins],
  ['in a thread of their own', openOriginsApart],
] as const) {
  describe(`origins ${where}`, () => {
    it('labels a report, and moves the labels along with what is typed', async () => {
      await using project = await folder()
      await recordLines(project.root, [hook])
      const origins = counting(open(project.root))
      const inspection = openInspection(project.root, origins)
      try {
        const first = await inspection.check({ provenance: 'known' })
        assert.deepEqual(
          first.routes.map(({ provenance }) => provenance),
          [undefined, undefined],
        )
        const labelled = await inspection.label(first, [])
        assert.deepEqual(
          labelled.routes.map(({ path, provenance }) => [path, provenance]),
          [
            ['/users', undefined],
            ['/orders', label],
          ],
        )
        assert.equal(origins.asked(), 1)
        const typed = `// one\n// two\n// three\n// four\n// five\n// six\n${app}`
        const moved = await inspection.check({
          provenance: 'known',
          overlays: [{ file: 'app.ts', text: typed }],
        })
        assert.deepEqual(
          moved.routes.map(({ line, provenance }) => [line, provenance]),
          [
            [9, undefined],
            [15, label],
          ],
        )
        assert.equal(origins.asked(), 1, 'typing asked git')
      } finally {
        await inspection.dispose()
      }
    })

    it('asks anew when something was kept, saved or forgotten, and only then', async () => {
      await using project = await folder()
      const origins = counting(open(project.root))
      const inspection = openInspection(project.root, origins)
      const provenance = async (): Promise<(string | undefined)[]> => {
        const report = await inspection.check({ provenance: 'known' })
        return (await inspection.label(report, [])).routes.map((route) => route.provenance)
      }
      try {
        assert.deepEqual(await provenance(), [undefined, undefined])
        assert.deepEqual(await provenance(), [undefined, undefined])
        assert.equal(origins.asked(), 1)
        await recordLines(project.root, [hook])
        assert.deepEqual(await provenance(), [undefined, label])
        await writeFile(join(project.root, 'app.ts'), `// a comment\n${app}`)
        assert.deepEqual(await provenance(), [undefined, label])
        await forgetAttribution(project.root)
        assert.deepEqual(await provenance(), [undefined, undefined])
        assert.equal(origins.asked(), 4)
      } finally {
        await inspection.dispose()
      }
    })

    it('tells which routes changed since the last commit, with what is typed', async () => {
      await using project = await folder()
      await git(project.root, 'init', '--quiet')
      await git(project.root, 'add', 'app.ts')
      await git(project.root, 'commit', '--quiet', '--message', 'Begin')
      const inspection = openInspection(project.root, open(project.root))
      const changed = async (text: string | null): Promise<string[]> => {
        const overlays = text === null ? [] : [{ file: 'app.ts', text }]
        const report = await inspection.check({ overlays, provenance: 'known' })
        return [...(await inspection.changedRoutes(report, overlays))]
      }
      try {
        assert.deepEqual(await changed(null), [])
        assert.deepEqual(await changed(app.replace("all('users')", "all('people')")), ['GET /users'])
        await writeFile(join(project.root, 'app.ts'), app.replace("all('orders')", "all('carts')"))
        assert.deepEqual(await changed(null), ['GET /orders'])
        const both = await readFile(join(project.root, 'app.ts'), 'utf8')
        assert.deepEqual(await changed(`// one\n${both}`), ['GET /orders'])
        await git(project.root, 'commit', '--quiet', '--all', '--message', 'Change')
        assert.deepEqual(await changed(null), [])
      } finally {
        await inspection.dispose()
      }
    })

    it('refuses to say what changed outside of git', async () => {
      await using project = await folder()
      const inspection = openInspection(project.root, open(project.root))
      try {
        const report = await inspection.check({ provenance: 'none' })
        await assert.rejects(inspection.changedRoutes(report, []), {
          name: 'Failure',
          message: /git repository/,
        })
      } finally {
        await inspection.dispose()
      }
    })
  })
}
