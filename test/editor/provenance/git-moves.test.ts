import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { gitFolderOf, gitMovedWithin } from '../../../src/editor/provenance/git-moves.ts'

describe('moves of git', () => {
  let root = ''
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
    })

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-git-')))
    git('init', '--quiet', '--initial-branch=main')
    writeFileSync(join(root, 'orders.ts'), 'export const one = 1\n')
    git('add', '--all')
    git('commit', '--quiet', '--message=One')
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('finds the folder of git above a folder of the repository, and none outside', async () => {
    mkdirSync(join(root, 'packages', 'api'), { recursive: true })
    assert.equal(await gitFolderOf(join(root, 'packages', 'api')), join(root, '.git'))
    assert.equal(await gitFolderOf(tmpdir()), null)
  })

  it("finds a linked working tree's own folder, whose HEAD moves apart", async () => {
    const tree = join(root, 'linked')
    git('worktree', 'add', '--quiet', tree, '-b', 'other')
    assert.equal(await gitFolderOf(tree), join(root, '.git', 'worktrees', 'linked'))
  })

  for (const operation of [
    ['switch', '--quiet', 'other'],
    ['stash', '--quiet'],
    ['reset', '--quiet', '--hard'],
    ['checkout', '--quiet', 'other', '--', 'orders.ts'],
    ['restore', 'orders.ts'],
    ['restore', '--source=other', 'orders.ts'],
    ['merge', '--quiet', 'other'],
  ]) {
    it(`git ${operation.join(' ')} counts as a move when it happens, and no more a minute later`, async () => {
      git('switch', '--quiet', '--create', 'other')
      writeFileSync(join(root, 'orders.ts'), 'export const two = 2\n')
      git('commit', '--quiet', '--all', '--message=Two')
      git('switch', '--quiet', 'main')
      if (/stash|reset|restore/.test(operation[0] ?? '')) {
        writeFileSync(join(root, 'orders.ts'), 'export const three = 3\n')
      }
      const folder = join(root, '.git')
      for (const name of ['index', 'HEAD', 'logs/HEAD', '.']) utimesSync(join(folder, name), 1_000, 1_000)
      git(...operation)
      const at = Date.now()
      const within = await gitMovedWithin(folder, at)
      assert.ok(within !== null && within < 2_000, `${within} ms`)
      const later = await gitMovedWithin(folder, at + 60_000)
      assert.ok(later !== null && later >= 59_000, `${later} ms`)
      const before = await gitMovedWithin(folder, at - 60_000)
      assert.ok(before !== null && before >= 57_000, `${before} ms`)
    })
  }

  it('git is at work while it holds the lock of its index', async () => {
    writeFileSync(join(root, '.git', 'index.lock'), '')
    assert.equal(await gitMovedWithin(join(root, '.git'), Date.now() + 600_000), 0)
  })

  it('says nothing of a folder that is not there', async () => {
    assert.equal(await gitMovedWithin(join(root, 'missing'), Date.now()), null)
  })
})
