import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openTrees } from '../../../src/workflows/verify/before-tree.ts'
import { checkTypes } from '../../../src/workflows/verify/type-check.ts'

const packages = dirname(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))))

it('checks types of an incremental project without writing into its packages', async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'headroom-types-')))
  try {
    await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
    for (const name of ['typescript', '@typescript']) {
      await symlink(join(packages, name), join(root, 'node_modules', name), 'junction').catch(() => undefined)
    }
    const compilerOptions = {
      composite: true,
      strict: true,
      types: [],
      tsBuildInfoFile: 'node_modules/.cache/t.tsbuildinfo',
    }
    await writeFile(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    await writeFile(join(root, 'a.ts'), 'export const a: number = 1\n')
    const after = "export const a: number = 'one'\n"
    await using trees = openTrees(root, [{ file: 'a.ts', before: 'export const a: number = 1\n', after }])
    const checked = await checkTypes(root, trees, new AbortController().signal)
    assert.deepEqual(checked, { kind: 'checked', added: ['a.ts: TS2322'] })
    assert.deepEqual(await readdir(join(root, 'node_modules/.cache')), [])
  } finally {
    await rm(root, { recursive: true })
  }
})
