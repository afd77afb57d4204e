import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Fix } from '../../src/model/finding.ts'

/** The sample API of this repository. */
export const sampleFolder = join(import.meta.dirname, '../../samples/activity-api')

/** A folder with the given files, removed when the test ends. */
export function projectOf(test: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'headroom-analysis-'))
  test.after(() => rmSync(root, { recursive: true, force: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return root
}

/** A copy of the sample API that uses the sample's own packages. */
export function copyOfSample(test: TestContext): string {
  const root = projectOf(test, {})
  for (const entry of readdirSync(sampleFolder)) {
    if (entry !== 'node_modules' && entry !== 'data')
      cpSync(join(sampleFolder, entry), join(root, entry), { recursive: true })
  }
  symlinkSync(join(sampleFolder, 'node_modules'), join(root, 'node_modules'), 'junction')
  return root
}

/** Writes a fix to disk, and gives the new text of each file it touched. */
export function apply(root: string, fix: Fix): Map<string, string> {
  const texts = new Map<string, string>()
  for (const { file } of fix.edits) texts.set(file, readFileSync(join(root, file), 'utf8'))
  for (const { file, start, end, text } of fix.edits.toSorted((a, b) => b.start - a.start)) {
    const before = texts.get(file) ?? ''
    texts.set(file, before.slice(0, start) + text + before.slice(end))
  }
  for (const [file, text] of texts) writeFileSync(join(root, file), text)
  return texts
}
