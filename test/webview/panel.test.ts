import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import type { ToView } from '../../src/model/panel.ts'
import { causePlace } from '../../src/report/content/summary.ts'
import { buildWebview } from '../../scripts/build-webview.ts'
import {
  launchBrowser,
  type OpenPanel,
  PanelHost,
  type PanelOptions,
  themeNames,
  themes,
} from './panel-host.ts'
import { allRecordings } from './recordings.ts'
import { afterFixRecording, breaksRecording, failureRecording, replay } from './synthetic-recording.ts'
import { scan, volumeRecording } from './volume-recording.ts'

interface AxeResult {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What the policy refuses for all we know: the empty style attribute of the toolkit's badge. */
const knownRefusal = /^style-src-attr inline\s*$/

const paintedPixels = `(() => {
  const canvas = document.querySelector('[data-chart="latency"] canvas')
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  let painted = 0
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 0) painted += 1
  return painted
})()`

function untilFirst(kind: ToView['kind']): ToView[] {
  const messages = breaksRecording()
  return messages.slice(0, messages.findIndex((message) => message.kind === kind) + 1)
}

describe('the panel, in a real browser under its strict policy', () => {
  let folder = ''
  let sizes: Record<string, number> = {}
  let browser: Browser
  let host: PanelHost
  let axe = ''
  const opened: OpenPanel[] = []
  const open = async (messages: readonly ToView[], options: PanelOptions = {}): Promise<OpenPanel> => {
    const panel = await host.open(options)
    opened.push(panel)
    await panel.send(messages)
    return panel
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-webview-'))
    sizes = await buildWebview({ outDir: folder, minify: true })
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    browser = await launchBrowser()
    host = await PanelHost.start(folder, browser)
  })
  afterEach(async () => {
    for (const panel of opened.splice(0)) {
      const refused = await panel.refused()
      await panel.context.close()
      assert.deepEqual(panel.errors, [])
      assert.deepEqual(
        refused.filter((refusal) => !knownRefusal.test(refusal)),
        [],
        'refused by the policy',
      )
    }
  })
  after(async () => {
    await host.stop()
    await browser.close()
    await rm(folder, { recursive: true })
  })

  it('is built small: the panel stays under 400 kB', async () => {
    assert.equal(Object.keys(sizes).length, 4)
    const { size } = await stat(join(folder, 'panel.js'))
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
      assert.equal(await page.locator('.steps tbody tr').count(), end.steps.length)
      const sentence = end.verdict?.sentence ?? end.failure?.message
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
      if (end.steps.length > 0)
        assert.ok((await page.evaluate<number>(paintedPixels)) > 2000, 'the hero chart is painted')
      assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /undefined|NaN|\[object Object/)
    })
  }

  it('gives Stop the focus when a run starts; Enter presses it, once', async () => {
    const panel = await open(untilFirst('tick'))
    await panel.page.keyboard.press('Enter')
    await panel.page.keyboard.press('Enter')
    const stops = (await panel.posted()).filter((message) => message.kind === 'stop')
    assert.deepEqual(stops, [{ kind: 'stop' }])
    assert.equal(await panel.page.locator('.actions').textContent(), 'Stopping…')
  })

  it('stops by the mouse', async () => {
    const panel = await open(untilFirst('tick'))
    await panel.page.locator('vscode-button', { hasText: 'Stop' }).click()
    assert.deepEqual((await panel.posted()).at(-1), { kind: 'stop' })
  })

  it('stops by Escape, also while it prepares, and not after the end', async () => {
    const panel = await open(untilFirst('activity'))
    await panel.page.keyboard.press('Escape')
    assert.deepEqual((await panel.posted()).at(-1), { kind: 'stop' })
    const ended = await open(breaksRecording())
    await ended.page.keyboard.press('Escape')
    assert.deepEqual(await ended.posted(), [{ kind: 'ready', protocol: 1 }])
  })

  it('keeps the focus on Stop while ticks arrive, and hands it to the first action at the end', async () => {
    const messages = breaksRecording()
    const panel = await open(messages.slice(0, -1))
    const focused = 'document.activeElement.textContent'
    assert.equal(await panel.page.evaluate(focused), 'Stop')
    await panel.send(messages.slice(-1))
    assert.equal(await panel.page.evaluate(focused), 'Show fix')
  })

  it('asks for the fix and for another run', async () => {
    const panel = await open(breaksRecording())
    await panel.page.locator('vscode-button', { hasText: 'Show fix' }).click()
    await panel.page.locator('vscode-button', { hasText: 'Run again' }).click()
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

  it('moves along the loads with the arrow keys and says what is there', async () => {
    const { page } = await open(breaksRecording())
    await page.locator('[data-chart="latency"] .plot').focus()
    await page.keyboard.press('Home')
    const said = page.locator('p.unseen[aria-live]')
    assert.match((await said.textContent()) ?? '', /^10 users: p50 125 ms, p95 181 ms, p99 225 ms$/)
    await page.keyboard.press('ArrowRight')
    assert.match((await said.textContent()) ?? '', /^25 users: /)
    assert.match((await page.locator('[data-chart="latency"] .legend').textContent()) ?? '', /at 25 users/)
    await page.keyboard.press('End')
    assert.match((await said.textContent()) ?? '', /^200 users: .*p95 3\.6 s, over budget/)
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

  it('draws its charts anew in the colours of another theme', async () => {
    const { page } = await open(breaksRecording())
    const image = `document.querySelector('[data-chart="latency"] canvas').toDataURL()`
    const dark = await page.evaluate<string>(image)
    const variables = JSON.stringify(Object.entries(themes.light))
    await page.evaluate(`{
      for (const [name, value] of ${variables}) document.documentElement.style.setProperty('--vscode-' + name, value)
      document.body.className = 'vscode-light'
    }`)
    await page.waitForFunction(`${image} !== ${JSON.stringify(dark)}`)
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

  const states: [string, () => ToView[]][] = [
    ['broken', breaksRecording],
    ['compared', afterFixRecording],
    ['failed', failureRecording],
    ['preparing', () => untilFirst('activity')],
    ['running', () => breaksRecording().slice(0, 26)],
    ['a sweep', () => volumeRecording(scan)],
  ]
  for (const theme of themeNames) {
    for (const [state, record] of states) {
      it(`axe finds nothing: ${state}, ${theme}`, async () => {
        const { page } = await open(record(), { theme })
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
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
    })
  }
})
