import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { growthSentence, growthSentences } from '../../src/report/content/growth.ts'
import { csv } from '../../src/report/csv.ts'
import type { ReportInput } from '../../src/report/format.ts'
import { html } from '../../src/report/html.ts'
import { markdown } from '../../src/report/markdown.ts'
import { text } from '../../src/report/text.ts'
import { runOf } from '../webview/replay.ts'
import { linearSweep } from '../webview/volume-recording.ts'

const grown: ReportInput = { runs: [runOf(linearSweep(), 'sweep')], comparison: null }

describe('a volume sweep', () => {
  const sentence =
    'p95 grows linearly with the rows of activities: 3.1 ms at 100, 269 ms at 100,000 (R² over 0.999). At 1,000,000 rows it would take about 2.7 s. The budget p95<2s would break at about 750,000 rows.'

  it('is told in words wherever people read', () => {
    assert.ok(text.render(grown).includes(`Growth with the rows of activities\n  • p50 grows linearly`))
    assert.ok(text.render(grown).includes(`  • ${sentence}`))
    assert.ok(markdown.render(grown).includes(sentence.replace('<', '&lt;')))
    assert.ok(html.render(grown).includes(`<li>${sentence.replace('<', '&lt;')}</li>`))
    assert.match(text.render(grown), /100,000 rows +\d+ +5\.2 +192 ms +269 ms/)
    assert.match(markdown.render(grown), /Profile: volume: 100, 1,000, 10,000, 100,000 rows of activities/)
  })

  it('gives the rows of each level to spreadsheets', () => {
    const [headings = '', ...lines] = csv.render(grown).trimEnd().split('\r\n')
    const at = headings.split(',').indexOf('rows')
    assert.deepEqual(
      lines.map((line) => line.split(',')[at]),
      ['100', '100', '1000', '10000', '100000'],
    )
  })

  it('says which levels are not in the fit', () => {
    const { volume } = linearSweep()
    assert.ok(volume !== undefined)
    const measured = [...volume.measured, { rows: 1_000_000, step: 5 }]
    assert.ok(
      growthSentences({ ...volume, measured }).includes(
        'Left out of the fit: 1,000,000 rows, where answers were missing or failed.',
      ),
    )
    assert.ok(!growthSentences(volume).some((said) => said.startsWith('Left out')))
  })

  it('says what is not certain, and why it ended', () => {
    const [known] = linearSweep().volume?.growth ?? []
    assert.ok(known !== undefined)
    const doubtful = { ...known, class: 'logarithmic', alsoPossible: ['linear'], beyond: null } as const
    assert.match(
      growthSentence(doubtful, 'notes'),
      /^p50 grows logarithmically .*\. Linear growth would explain it as well: more levels would tell\.$/,
    )
    const unclear = { ...known, class: null, unclear: 'it was measured at 2 levels, and it takes 3 at least' }
    assert.equal(
      growthSentence(unclear, 'notes'),
      'How p50 grows with the rows of notes is not clear: it was measured at 2 levels, and it takes 3 at least.',
    )
    const ended = { table: 'notes', levels: [], measured: [], growth: [], ended: 'It ended.', rowsLeft: 0 }
    assert.deepEqual(growthSentences(ended), ['It ended.'])
  })
})
