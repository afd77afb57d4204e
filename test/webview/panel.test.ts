import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { causePlace } from '../../src/report/content/summary.ts'
import { builtPanel } from './built-panel.ts'
import type { OpenPanel } from './panel-host.ts'
import { themes } from './themes.ts'
import { allRecordings } from './recordings.ts'
import { replay } from './replay.ts'
import { breaksRecording, failureRecording } from './synthetic-recording.ts'
import { scan, volumeRecording } from './volume-recording.ts'

const paintedPixels = `(() => {
  const canvas = document.querySelector('[data-chart="latency"] canvas')
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  let painted = 0
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 0) painted += 1
  return painted
})()`

/** Opens what is folded away, as a reader does. */
async function openFold({ page }: OpenPanel, name: string, exists = true): Promise<void> {
  if (!exists) return
  await page.locator(`[data-fold="${name}"] > summary`).click()
  await page.locator(`[data-fold="${name}"] tbody tr, [data-fold="${name}"] canvas`).first().waitFor()
}

describe('the panel, in a real browser under its strict policy', () => {
  const { open, scriptSize } = builtPanel()

  it('is built small: the panel stays under 400 kB', async () => {
    const size = await scriptSize()
    assert.ok(size > 50_000 && size < 400_000, `panel.js has ${size} bytes`)
  })

  it('says ready once, with its protocol', async () => {
    const panel = await open([])
    assert.deepEqual(await panel.posted(), [{ kind: 'ready', protocol: 1 }])
  })

  for (const { name, messages } of allRecordings()) {
    it(`replays ${name}`, async () => {
      const end = replay(messages)
      const panel = await open(messages)
      const { page } = panel
      await openFold(panel, 'steps', end.steps.length > 0)
      assert.equal(await page.locator('.steps tbody tr').count(), end.steps.length)
      const sentence = end.verdict?.sentence ?? end.failure?.message.replaceAll('`', '')
      if (sentence !== undefined) assert.equal(await page.locator('h1').textContent(), sentence)
      const cause = end.verdict?.causes[0]
      if (cause !== undefined) {
        const link = page.locator('button.place').first()
        assert.equal(await link.textContent(), causePlace(cause))
        await link.click()
        assert.deepEqual((await panel.posted()).at(-1), {
          kind: 'open-cause',
          file: cause.file,
          line: cause.line,
        })
      }
      if (end.steps.some(({ latencyMicros }) => latencyMicros.p50 !== null))
        assert.ok((await page.evaluate<number>(paintedPixels)) > 2000, 'the hero chart is painted')
      assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /undefined|NaN|\[object Object/)
    })
  }

  it('asks for the fix and for another run', async () => {
    const panel = await open(breaksRecording())
    await panel.page.locator('vscode-button', { hasText: 'Fix and re-run' }).click()
    await panel.page.getByText('Run again').click()
    assert.deepEqual((await panel.posted()).slice(1), [
      { kind: 'show-fix', file: 'src/routes/activities.ts', line: 34, fix: 'eager-load' },
      { kind: 'run-again' },
    ])
  })

  it('shows a failure with what can be done about it', async () => {
    const panel = await open(failureRecording())
    await panel.page.locator('vscode-button', { hasText: 'Start' }).click()
    assert.deepEqual((await panel.posted()).at(-1), {
      kind: 'failure-action',
      id: 'start-server',
      argument: 'npm run dev',
    })
    assert.equal(await panel.page.locator('figure:visible').count(), 0)
  })

  it('shows a failed answer as text, never as markup', async () => {
    const panel = await open(breaksRecording())
    assert.equal(await panel.page.locator('b').count(), 0)
    assert.match((await panel.page.locator('.errors').textContent()) ?? '', /<b>database is locked<\/b>/)
  })

  it('draws its charts anew in the colours of another theme', async () => {
    const { page, until } = await open(breaksRecording())
    const image = `document.querySelector('[data-chart="latency"] canvas').toDataURL()`
    const dark = await page.evaluate<string>(image)
    const variables = JSON.stringify(Object.entries(themes.light))
    await page.evaluate(`{
      for (const [name, value] of ${variables}) document.documentElement.style.setProperty('--vscode-' + name, value)
      document.body.className = 'vscode-light'
    }`)
    await until(`${image} !== ${JSON.stringify(dark)}`)
  })

  it('draws a sweep on logarithmic axes, with the fitted growth, and says it in words', async () => {
    const messages = volumeRecording(scan)
    const { page } = await open(messages)
    assert.equal(await page.locator('[data-chart="latency"]').isVisible(), false)
    const fitted = `(() => {
      const canvas = document.querySelector('[data-chart="growth"] canvas')
      const { width, height } = canvas
      const beyond = canvas.getContext('2d').getImageData(Math.round(width * 0.7), 0, Math.round(width * 0.08), height)
      const orange = [0xd1, 0x86, 0x16]
      let found = 0
      for (let at = 0; at < beyond.data.length; at += 4)
        if (orange.every((value, band) => Math.abs(beyond.data[at + band] - value) < 40)) found += 1
      return found
    })()`
    assert.ok((await page.evaluate<number>(fitted)) > 5, 'the fit goes on beyond what was measured')
    const items = page.locator('.growth li')
    assert.match(
      (await items.first().textContent()) ?? '',
      /^p50 grows linearly with the rows of activities: 2\.2 ms/,
    )
    assert.equal(await items.last().locator('code').textContent(), 'headroom seed --undo')
    await page.locator('[data-chart="growth"] .plot').focus()
    await page.keyboard.press('ArrowLeft')
    assert.match((await page.locator('[data-chart="growth"] .legend').textContent()) ?? '', /at 100,000 rows/)
    await page.keyboard.press('ArrowLeft')
    assert.match((await page.locator('[data-chart="growth"] .legend').textContent()) ?? '', /at 10,000 rows/)
  })

  it('says that rows are added between two levels, and keeps Stop at hand', async () => {
    const messages = volumeRecording(scan)
    const seeding = messages.findIndex(({ kind }) => kind === 'seeding')
    const { page } = await open(messages.slice(0, seeding + 1))
    assert.equal(await page.locator('h1').textContent(), 'Adding rows to activities: 400 of 1,000 rows…')
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('.actions').textContent(), 'Stopping…')
  })
})
