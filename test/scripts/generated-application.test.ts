import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { describe, it } from 'node:test'
import {
  type GeneratedFile,
  routeCount,
  sourceFiles,
  writeRepository,
} from '../../scripts/bench/generated/application.ts'
import { edits } from '../../scripts/bench/reanalysis.ts'
import { openAnalysis } from '../../src/analysis/client.ts'

/** The files that a generated file imports, without their ending. */
function importsOf({ path, text }: GeneratedFile): string[] {
  return [...text.matchAll(/ from '(\.[^']+)'/g)].map((match) =>
    posix.join(posix.dirname(path), match[1] ?? ''),
  )
}

describe('the application that the bench generates', () => {
  it('has a thousand different files of a usual length', () => {
    const files = sourceFiles()
    assert.equal(files.length, 1000)
    assert.equal(new Set(files.map(({ path }) => path)).size, 1000)
    assert.equal(new Set(files.map(({ text }) => text)).size, 1000)
    const usual = files.filter(({ text }) => {
      const lines = text.split('\n').length
      return lines >= 65 && lines <= 150
    })
    assert.ok(usual.length > 900, `${usual.length} files`)
  })

  it('imports only files that are there', () => {
    const files = sourceFiles()
    const paths = new Set(files.map(({ path }) => path))
    const imports = files.flatMap(importsOf)
    assert.ok(imports.length > 1000, 'imports were found')
    assert.deepEqual(
      imports.filter((path) => !paths.has(`${path}.ts`)),
      [],
    )
  })

  it('is read whole by the analysis, before and after its edits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headroom-generated-'))
    const analysis = openAnalysis(folder)
    try {
      const files = await writeRepository(folder)
      for (const { overlays, routes } of [
        { overlays: [], routes: routeCount },
        // Three of the edits add a route.
        { overlays: edits(files), routes: routeCount + 3 },
      ]) {
        const report = await analysis.check({ overlays })
        assert.deepEqual(report.problems, [])
        assert.equal(report.routes.length, routes)
        const found = new Set(report.findings.map(({ rule }) => rule))
        assert.ok(found.has('n-plus-one') && found.has('unbounded-result-set'), [...found].join())
      }
    } finally {
      await analysis.dispose()
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('is edited in fifteen different files, each of which changes', () => {
    const files = new Map(sourceFiles().map(({ path, text }) => [path, text]))
    const edited = edits(sourceFiles())
    assert.equal(new Set(edited.map(({ file }) => file)).size, 15)
    for (const { file, text } of edited) assert.notEqual(text, files.get(file))
  })
})
