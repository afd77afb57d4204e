import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { buildWebview } from '../../scripts/build-webview.ts'
import { html } from '../../src/report/html.ts'
import { launchBrowser } from './panel-host.ts'
import { replay, runOf } from './replay.ts'
import { afterFixRecording, breaksRecording } from './synthetic-recording.ts'

describe('the HTML report, opened from a file', () => {
  let folder = ''
  let address = ''
  let browser: Browser
  const broken = runOf(replay(breaksRecording()), 'before')
  const comparedState = replay(afterFixRecording())
  const mended = {
    ...runOf(comparedState, 'after'),
    route: 'GET /</script><script>window.injected=1</script>',
  }

  /** The page, and the addresses of everything it asked for. */
  async function openReport(
    options: BrowserContextOptions,
  ): Promise<{ page: Page; requests: string[]; errors: string[] }> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const requests: string[] = []
    const errors: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(address, { waitUntil: 'load' })
    return { page, requests, errors }
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-report-'))
    await buildWebview({ outDir: folder, minify: true })
    const [script, style] = await Promise.all([
      readFile(join(folder, 'report.js'), 'utf8'),
      readFile(join(folder, 'report.css'), 'utf8'),
    ])
    const file = join(folder, 'report.html')
    await writeFile(
      file,
      html.render({
        runs: [broken, mended],
        comparison: comparedState.comparison,
        assets: { script, style },
      }),
    )
    address = pathToFileURL(file).href
    browser = await launchBrowser()
  })
  after(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`draws its charts and asks for nothing: ${colorScheme}`, async () => {
      const { page, requests, errors } = await openReport({ colorScheme })
      await page.waitForSelector('[data-chart="latency"] canvas')
      assert.deepEqual(requests, [address])
      assert.deepEqual(errors, [])
      assert.equal(await page.locator('h1').textContent(), mended.verdict.sentence)
      assert.equal(await page.locator('.steps tbody tr').count(), mended.steps.length)
      assert.equal(await page.locator('.comparison tbody tr').count(), 3)
      assert.equal(await page.locator('vscode-button').count(), 0, 'a report offers no action')
      assert.equal(await page.evaluate('typeof window.injected'), 'undefined')
      assert.equal(await page.locator('.route').textContent(), mended.route)
    })
  }

  it('follows the colour scheme', async () => {
    const { page } = await openReport({ colorScheme: 'light' })
    const background = 'getComputedStyle(document.body).backgroundColor'
    assert.equal(await page.evaluate(background), 'rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    assert.equal(await page.evaluate(background), 'rgb(31, 31, 31)')
  })

  it('says everything without scripts too', async () => {
    const { page } = await openReport({ javaScriptEnabled: false })
    assert.equal(await page.locator('h1').textContent(), mended.verdict.sentence)
    assert.equal(await page.locator('table').count(), 3, 'the change, the steps, the steps before')
    assert.equal(await page.locator('table').nth(2).locator('tbody tr').count(), broken.steps.length)
  })

  it('fits 320 pixels', async () => {
    const { page } = await openReport({ viewport: { width: 320, height: 800 } })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
  })
})
