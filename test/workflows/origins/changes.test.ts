import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import type { CheckReport, Finding } from '../../../src/model/finding.ts'
import type { Route } from '../../../src/model/route.ts'
import { changedLines, changedRoutes, type ChangedLines } from '../../../src/workflows/origins/changes.ts'
import { changesSince } from '../../../src/workflows/verify/change.ts'
import { gitProject, type GitProject } from './git-project.ts'

const every = { start: 1, end: Number.MAX_SAFE_INTEGER }

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `line(${from + index})\n`).join('')
}

function failsWith(code: string, says: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Failure)
    assert.equal(error.data.code, code)
    assert.match(error.message, says)
    return true
  }
}

describe('changedLines', () => {
  let project: GitProject
  beforeEach(async () => {
    project = await gitProject()
  })
  afterEach(() => project[Symbol.asyncDispose]())

  const changed = async (options?: Parameters<typeof changedLines>[1]): Promise<object> =>
    Object.fromEntries(await changedLines(project.root, options))

  it('gives what the working tree has against HEAD: changed, added, taken away, untracked', async () => {
    await project.write('src/a.ts', lines(1, 10))
    await project.write('src/gone.ts', lines(1, 3))
    await project.write('.gitignore', 'ignored.ts\n')
    await project.commit('First')
    assert.deepEqual(await changed(), {})
    await project.write('src/a.ts', `${lines(1, 2)}changed()\n${lines(4, 6)}${lines(9, 10)}new1()\nnew2()\n`)
    await project.git('rm', '--quiet', 'src/gone.ts')
    await project.write('src/new.ts', lines(1, 3))
    await project.write('ignored.ts', lines(1, 3))
    assert.deepEqual(await changed(), {
      'src/a.ts': [
        { start: 3, end: 3 },
        { start: 6, end: 6 },
        { start: 9, end: 10 },
      ],
      'src/new.ts': [every],
    })
  })

  it('gives only what is staged, lines as they stand in the index', async () => {
    await project.write('a.ts', lines(1, 5))
    await project.commit('First')
    await project.write('a.ts', `${lines(1, 4)}staged()\n`)
    await project.git('add', 'a.ts')
    await project.write('a.ts', `later()\n${lines(1, 4)}staged()\n`)
    await project.write('b.ts', lines(1, 2))
    assert.deepEqual(await changed({ staged: true }), { 'a.ts': [{ start: 5, end: 5 }] })
  })

  it('gives what changed since HEAD and the base parted, not what the base did since', async () => {
    await project.write('a.ts', lines(1, 20))
    await project.commit('First')
    await project.git('checkout', '--quiet', '-b', 'feature')
    await project.write('a.ts', `${lines(1, 19)}feature()\n`)
    await project.commit('Feature')
    await project.git('checkout', '--quiet', 'main')
    await project.write('a.ts', `main()\n${lines(2, 20)}`)
    await project.write('b.ts', lines(1, 2))
    await project.commit('Main')
    await project.git('checkout', '--quiet', 'feature')
    assert.deepEqual(await changed({ base: 'main' }), { 'a.ts': [{ start: 20, end: 20 }] })
    assert.deepEqual(await changed(), {})
  })

  it('follows a renamed file, and understands names with spaces, tabs, quotes and umlauts', async () => {
    const odd = 'src/ein "ü\t b.ts'
    await project.write('old.ts', lines(1, 30))
    await project.write(odd, lines(1, 3))
    await project.commit('First')
    await project.git('mv', 'old.ts', 'new name.ts')
    await project.write('new name.ts', `${lines(1, 29)}changed()\n`)
    await project.write(odd, `${lines(1, 2)}changed()\n`)
    assert.deepEqual(await changed(), {
      'new name.ts': [{ start: 30, end: 30 }],
      [odd]: [{ start: 3, end: 3 }],
    })
  })

  it('names files relative to a project in a subfolder, and leaves others out', async () => {
    await project.write('api/src/a.ts', lines(1, 3))
    await project.write('web/b.ts', lines(1, 3))
    await project.commit('First')
    await project.write('api/src/a.ts', lines(2, 3))
    await project.write('api/src/c.ts', lines(1, 1))
    await project.write('web/b.ts', lines(2, 3))
    await project.write('web/d.ts', lines(1, 1))
    assert.deepEqual(Object.fromEntries(await changedLines(join(project.root, 'api'))), {
      'src/a.ts': [{ start: 1, end: 1 }],
      'src/c.ts': [every],
    })
  })

  it('works before the first commit', async () => {
    await project.write('a.ts', lines(1, 3))
    await project.git('add', 'a.ts')
    await project.write('b.ts', lines(1, 3))
    assert.deepEqual(await changed(), { 'a.ts': [{ start: 1, end: 3 }], 'b.ts': [every] })
  })

  it("isn't changed by the repository's configuration, and runs nothing that it names", async () => {
    await project.write('a.ts', lines(1, 3))
    await project.commit('First')
    await project.write('a.ts', lines(2, 3))
    const options = ['diff.noprefix true', 'color.ui always', 'diff.external false', 'diff.context 9']
    const hooks = ['core.fsmonitor touch\tran;:', 'diff.x.textconv touch\tran;cat']
    for (const option of [...options, ...hooks]) {
      const [name = '', value = ''] = option.split(' ')
      await project.git('config', name, value.replaceAll('\t', ' '))
    }
    await project.write('.git/info/attributes', '*.ts diff=x\n')
    assert.deepEqual(await changed(), { 'a.ts': [{ start: 1, end: 1 }] })
    await assert.rejects(stat(join(project.root, 'ran')), /ENOENT/)
  })

  it('looks at the index of the commit that is being made, within its hook', async () => {
    await project.write('api/a.ts', lines(1, 3))
    await project.write('api/b.ts', lines(1, 3))
    await project.commit('First')
    const module = new URL('../../../src/workflows/origins/changes.ts', import.meta.url).href
    await project.write(
      'api/staged.mjs',
      `const { changedLines } = await import(${JSON.stringify(module)})
      process.stderr.write(JSON.stringify([...await changedLines(import.meta.dirname, { staged: true })]))
      process.exit(1)`,
    )
    const hook = join(project.root, '.git/hooks/pre-commit')
    await writeFile(hook, `#!/bin/sh\nexec "${process.execPath}" api/staged.mjs\n`, { mode: 0o755 })
    await project.write('api/a.ts', lines(2, 3))
    await project.write('api/b.ts', lines(2, 3))
    await project.git('add', 'api/b.ts')
    const commit = project.git('commit', '--message', 'Only a', '--', 'api/a.ts')
    await assert.rejects(commit, { stderr: '[["a.ts",[{"start":1,"end":1}]]]' })
  })

  it('says so where git is not installed', async () => {
    await project.commit('First')
    const path = process.env['PATH']
    process.env['PATH'] = join(project.root, 'nothing')
    try {
      await assert.rejects(changed(), failsWith('HR_NO_GIT', /there is no git here/))
    } finally {
      process.env['PATH'] = path
    }
  })

  it('says so outside of a repository, for an unknown base, and for one without a common commit', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'headroom-no-git-'))
    try {
      await assert.rejects(changedLines(outside), failsWith('HR_NO_GIT', /not in a git repository/))
      const missing = join(outside, 'nowhere')
      await assert.rejects(changedLines(missing), failsWith('HR_NO_FOLDER', /There is no folder .*nowhere/))
      await assert.rejects(
        changesSince(missing, 'HEAD'),
        failsWith('HR_NO_FOLDER', /There is no folder .*nowhere/),
      )
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
    await project.commit('First')
    for (const base of ['nowhere', '--output=/tmp/x', '-h', 'main..main', '']) {
      await assert.rejects(changed({ base }), failsWith('HR_GIT_REF', /knows no commit/), base)
    }
    await project.git('checkout', '--quiet', '--orphan', 'other')
    await project.commit('Other')
    await assert.rejects(changed({ base: 'main' }), failsWith('HR_GIT_REF', /no commit in common/))
  })
})

function route(path: string, line: number, handler: Route['handler'] = null): Route {
  return {
    method: 'GET',
    path,
    file: 'app.ts',
    line,
    endLine: line + 4,
    parameters: [],
    handler,
    framework: 'express',
    language: 'typescript',
  }
}

describe('changedRoutes', () => {
  const users = route('/users', 10, { file: 'users.ts', line: 1, endLine: 9 })
  const orders = route('/orders', 20)
  const health = route('/health', 30)
  const finding: Finding = {
    rule: 'n-plus-one',
    severity: 'info',
    message: '',
    file: 'repository.ts',
    line: 50,
    column: 1,
    endLine: 52,
    endColumn: 1,
    route: 'GET /orders',
    routes: ['GET /orders', 'GET /users'],
    path: [{ file: 'service.ts', line: 7 }],
    fixes: [],
    provenance: null,
  }
  const report: CheckReport = {
    schema: 'headroom.check/1',
    routes: [users, orders, health],
    findings: [finding],
    scaffolds: [],
    problems: [],
  }
  const cases: [what: string, file: string, line: number, routes: string[]][] = [
    ['the registration', 'app.ts', 14, ['/users']],
    ['the handler in another file', 'users.ts', 9, ['/users']],
    ['nothing', 'app.ts', 15, []],
    ['the defect, for every route that reaches it', 'repository.ts', 51, ['/users', '/orders']],
    ['a call on the way to the defect', 'service.ts', 7, ['/users', '/orders']],
  ]
  for (const [what, file, line, routes] of cases) {
    it(`sees a change of ${what}`, () => {
      const changed: ChangedLines = new Map([[file, [{ start: line, end: line }]]])
      assert.deepEqual(
        changedRoutes(report, changed).map(({ path }) => path),
        routes,
      )
    })
  }
})
