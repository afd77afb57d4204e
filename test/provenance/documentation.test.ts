import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { historyEvidence } from '../../src/provenance/history.ts'
import { signals } from '../../src/provenance/signals/index.ts'
import { vetoes } from '../../src/provenance/vetoes/index.ts'

/** The cells of every row of the page's tables, without headings. */
function tableRows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
}

function weighed(entries: readonly { id: string; weight: number; about: string }[]): string[][] {
  return entries.map(({ id, weight, about }) => [`\`${id}\``, String(weight), about])
}

describe('docs/provenance.md', () => {
  it('has every signal, veto and kind of evidence with its weight, and no other', () => {
    const page = readFileSync(new URL('../../docs/provenance.md', import.meta.url), 'utf8')
    assert.deepEqual(tableRows(page), [
      ...weighed(signals),
      ...vetoes.map(({ id, about }) => [`\`${id}\``, about]),
      ...weighed(historyEvidence),
    ])
  })
})
