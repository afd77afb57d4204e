import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { applyEdits, carryOut, unifiedDiff, writeFixed } from '../../src/workflows/fix.ts'

const run = promisify(execFile)

describe('applyEdits', () => {
  it('applies edits given in any order, insertions included', () => {
    const edits = [
      { start: 0, end: 3, text: 'two' },
      { start: 7, end: 7, text: '!' },
      { start: 4, end: 7, text: 'four' },
    ]
    assert.equal(applyEdits('one six', edits.toReversed()), 'two four!')
  })
})

describe('a fix over several files', () => {
  it('gives a diff that git applies to the same text that is written', async () => {
    const root = await mkdtemp(join(tmpdir(), 'headroom-fix-'))
    try {
      await writeFile(join(root, 'a.ts'), 'const a = 1\nconst b = 2\n')
      await writeFile(join(root, 'c.ts'), 'const c = 3\r\n')
      const fix = {
        id: 'x',
        title: 'x',
        safety: 'safe' as const,
        edits: [
          { file: 'a.ts', start: 10, end: 11, text: '100' },
          { file: 'c.ts', start: 10, end: 11, text: '300' },
        ],
      }
      const files = await carryOut(root, fix)
      await writeFile(join(root, 'fix.patch'), unifiedDiff(files))
      await run('git', ['apply', '--unsafe-paths', 'fix.patch'], { cwd: root })
      const applied = await Promise.all(files.map(({ file }) => readFile(join(root, file), 'utf8')))
      assert.deepEqual(
        applied,
        files.map(({ after }) => after),
      )
      await rm(join(root, 'fix.patch'))
      await chmod(join(root, 'c.ts'), 0o755)
      await writeFixed(root, files)
      if (process.platform !== 'win32') assert.equal((await stat(join(root, 'c.ts'))).mode & 0o777, 0o755)
      assert.equal(await readFile(join(root, 'c.ts'), 'utf8'), 'const c = 300\r\n')
      assert.deepEqual((await readdir(root)).toSorted(), ['a.ts', 'c.ts'], 'no partial file is left')
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})
