import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { before, describe, it } from 'node:test'
import type { ToView } from '../../src/model/panel.ts'
import { builtPanel } from './built-panel.ts'
import { themeNames } from './themes.ts'
import { recording } from './recordings.ts'
import { breaksRecording, untilFirst } from './synthetic-recording.ts'
import { scan, volumeRecording } from './volume-recording.ts'

interface AxeResult {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** Opens everything that is folded away, and the details of a step. */
const unfold = `{
  for (const fold of document.querySelectorAll('details')) fold.open = true
  document.querySelector('.chart-hero .plot')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
}`

describe('the panel for everybody', () => {
  const { open } = builtPanel()
  let axe = ''
  before(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  })

  it('announces a step when it ends, not with every tick', async () => {
    const messages = breaksRecording()
    const secondStep = messages.findIndex((message, index) => message.kind === 'step' && index > 12)
    const panel = await open(messages.slice(0, secondStep - 2))
    const summary = panel.page.locator('.summary[aria-live="polite"]')
    const earlier = await summary.textContent()
    await panel.send(messages.slice(secondStep - 2, secondStep))
    assert.equal(await summary.textContent(), earlier)
    await panel.send(messages.slice(secondStep, secondStep + 1))
    assert.notEqual(await summary.textContent(), earlier)
  })

  it('stands still where motion is to be reduced', async () => {
    const moving = await open(untilFirst('activity'))
    assert.equal(await moving.page.locator('vscode-progress-ring').isVisible(), true)
    const still = await open(untilFirst('activity'), { bodyClass: 'vscode-reduce-motion' })
    assert.equal(await still.page.locator('vscode-progress-ring').isVisible(), false)
    await moving.page.emulateMedia({ reducedMotion: 'reduce' })
    assert.equal(await moving.page.locator('vscode-progress-ring').isVisible(), false)
  })

  it('has a table behind each chart, open from the beginning for screen readers', async () => {
    const { page } = await open(breaksRecording())
    const tables = page.locator('[data-chart="latency"] table')
    assert.equal(await tables.count(), 0)
    await page.locator('[data-chart="latency"] .chart-table summary').click()
    await tables.waitFor()
    assert.deepEqual(await tables.locator('tbody tr').nth(4).locator('th, td').allTextContents(), [
      '120 users',
      '1.5 s',
      '2.2 s ✕ over budget',
      '2.7 s',
    ])
    const reader = await open(breaksRecording(), { bodyClass: 'vscode-using-screen-reader' })
    await reader.page.locator('.chart:visible table').nth(4).waitFor()
    assert.equal(await reader.page.locator('.chart:visible table').count(), 5)
  })

  const states: [string, () => readonly ToView[]][] = [
    ['nothing yet', () => []],
    ['preparing', () => untilFirst('activity')],
    ['running', () => breaksRecording().slice(0, 26)],
    ['breaks with its cause', () => recording('sample-breaks')],
    ['holds after the fix, compared', () => recording('sample-after-fix')],
    ['not measured', () => recording('expired-session')],
    ['stopped', () => recording('sample-stopped')],
    ['failed', () => recording('sample-no-server')],
    ['a sweep', () => volumeRecording(scan)],
  ]
  for (const theme of themeNames) {
    for (const [state, record] of states) {
      it(`axe finds nothing: ${state}, ${theme}`, async () => {
        const { page } = await open(record(), { theme })
        await page.evaluate(unfold)
        await page.evaluate(axe)
        const found = await page.evaluate<AxeResult[]>(
          'axe.run(document).then((result) => result.violations)',
        )
        assert.deepEqual(
          found.map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`,
          ),
          [],
        )
      })
    }
  }

  for (const [state, record] of states) {
    it(`fits 320 pixels: ${state}`, async () => {
      const { page } = await open(record(), { width: 320 })
      await page.evaluate(unfold)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
    })
  }
})
