import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { format, type Options } from 'prettier'
import { classify } from '../../src/provenance/classify.ts'
import { nothingKnown } from './contexts.ts'

const folder = fileURLToPath(new URL('../../src', import.meta.url))

const styles: readonly Options[] = [
  { semi: true, singleQuote: false, printWidth: 60, trailingComma: 'none', arrowParens: 'avoid' },
  { semi: true, printWidth: 200, useTabs: true, quoteProps: 'consistent', bracketSpacing: false },
]

describe('a formatter that rewrites whole files on disk', () => {
  it('is never labelled, whatever its style, there and back', async () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .toSorted()
      .filter((_, index) => index % 20 === 0)
    const formats = files.flatMap((file) => styles.map((style) => ({ file, style })))
    let changed = 0
    for (const { file, style } of formats) {
      const before = readFileSync(join(folder, file), 'utf8')
      const after = await format(before, { parser: 'typescript', ...style })
      for (const [removed, text] of [
        [before, after],
        [after, before],
      ] as const) {
        if (removed === text) continue
        changed += 1
        const change = { start: 0, removed, text }
        const event = { kind: 'disk', file, at: 1, reason: null, isDirty: false, changes: [change] } as const
        assert.match(classify(event, nothingKnown).veto ?? 'none', /^(?:formatter|whitespace-only)$/, file)
      }
    }
    assert.ok(changed > 40)
  })
})
