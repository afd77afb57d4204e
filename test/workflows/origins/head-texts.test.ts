import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { equalHead } from '../../../src/workflows/origins/head-texts.ts'

describe('texts compared with HEAD', () => {
  let root = ''
  const signal = new AbortController().signal
  const ask = (folder: string, texts: readonly (readonly [file: string, text: string])[]) =>
    equalHead({ root: folder, texts: texts.map(([file, text]) => ({ file, text })) }, () => {}, signal)

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'headroom-head-'))
    const git = (...args: string[]): void => {
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
        cwd: root,
      })
    }
    git('init', '--quiet')
    mkdirSync(join(root, 'api'))
    writeFileSync(join(root, 'api', 'größe ☕.ts'), 'export const größe = 1\n')
    writeFileSync(join(root, 'api', 'empty.ts'), '')
    writeFileSync(join(root, 'api', 'windows.ts'), 'a\r\nb\r\n')
    git('add', '--all')
    git('commit', '--quiet', '--message=One')
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  it('answers for each file by itself, relative to a folder within the repository', async () => {
    const answers = await ask(join(root, 'api'), [
      ['größe ☕.ts', 'export const größe = 1\n'],
      ['missing.ts', ''],
      ['empty.ts', ''],
      ['größe ☕.ts', 'export const größe = 2\n'],
      ['windows.ts', 'a\nb\n'],
      ['bad\nHEAD:./empty.ts', ''],
    ])
    assert.deepEqual(answers, [true, false, true, false, true, false])
  })

  it("asks the folder's own repository, whatever git's variables name", async () => {
    process.env['GIT_DIR'] = join(root, 'another')
    try {
      assert.deepEqual(await ask(join(root, 'api'), [['empty.ts', '']]), [true])
    } finally {
      delete process.env['GIT_DIR']
    }
  })

  it('is false outside of a repository, and where the folder is gone', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'headroom-none-'))
    assert.deepEqual(await ask(outside, [['a.ts', '']]), [false])
    rmSync(outside, { recursive: true })
    assert.deepEqual(await ask(outside, [['a.ts', '']]), [false])
  })
})
