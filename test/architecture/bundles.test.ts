import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { composition } from '../../scripts/build.ts'

const heavy = ['ts-morph', '@ts-morph/common', 'undici', 'hdr-histogram-js', 'pidusage', 'execa']

function packagesIn(files: readonly string[]): Set<string> {
  const names = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [])
  return new Set(names)
}

describe("what the editor's thread loads", () => {
  it('activating reads a small bundle of our own files, without a workflow', async () => {
    const { files, bytes } = await composition('extension')
    assert.deepEqual([...packagesIn(files)], [])
    assert.ok(files.includes('src/editor/extension.ts'))
    assert.deepEqual(
      files.filter((file) => /^src\/(?!editor|model)/.test(file)),
      [],
    )
    assert.ok(bytes < 100_000, `${bytes} bytes`)
  })

  it('the workflows hold no package that belongs to a worker or a child', async () => {
    const { files } = await composition('workflows')
    const found = packagesIn(files)
    assert.ok(found.has('valibot'), 'packages were recognised')
    assert.deepEqual(
      heavy.filter((name) => found.has(name)),
      [],
    )
  })

  it('the heavy packages are where they belong', async () => {
    assert.ok(packagesIn((await composition('analysis-worker')).files).has('ts-morph'))
    assert.ok(packagesIn((await composition('load-child')).files).has('undici'))
  })
})
