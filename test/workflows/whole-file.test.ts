import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { it } from 'node:test'
import { writeWhole } from '../../src/workflows/whole-file.ts'

it('a file written as a whole keeps its permissions', { skip: process.platform === 'win32' }, async () => {
  const root = await mkdtemp(join(tmpdir(), 'headroom-whole-'))
  const before = process.umask(0o022)
  try {
    const file = join(root, 'a')
    await writeFile(file, 'a')
    for (const mode of [0o664, 0o600, 0o755]) {
      await chmod(file, mode)
      await writeWhole(file, 'b')
      assert.equal((await stat(file)).mode & 0o777, mode)
    }
    await writeWhole(join(root, 'new'), 'b')
    assert.equal((await stat(join(root, 'new'))).mode & 0o777, 0o644)
  } finally {
    process.umask(before)
    await rm(root, { recursive: true })
  }
})
