import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FromView } from '../../src/model/panel.ts'
import { builtPanel } from './built-panel.ts'
import type { OpenPanel } from './panel-host.ts'
import { recording } from './recordings.ts'
import { breaksRecording, untilFirst } from './synthetic-recording.ts'

/** The first bytes of every PNG, in base64. */
const pngBegins = 'iVBORw0KGgo'

async function waitForPosted(panel: OpenPanel, kind: FromView['kind']): Promise<FromView> {
  await panel.until(`window.posted.some((message) => message.kind === '${kind}')`)
  return (await panel.posted()).find((message) => message.kind === kind) ?? assert.fail()
}

describe('what the panel offers beside the cure', () => {
  const { open } = builtPanel()

  const asked = [
    ['Run again', 'run-again'],
    ['Compare…', 'compare'],
    ['Pin as baseline', 'pin-baseline'],
    ['Set budget…', 'set-budget'],
    ['Copy as Markdown', 'copy-markdown'],
    ['Save report…', 'save-report'],
  ] as const
  it('asks the extension for what only it can do', async () => {
    const panel = await open(breaksRecording())
    for (const [label] of asked) await panel.page.locator('.more').getByText(label).click()
    assert.deepEqual(
      (await panel.posted()).slice(1),
      asked.map(([, kind]) => ({ kind })),
    )
  })

  it('leads with two actions at most, whatever the verdict', async () => {
    const expected = {
      'sample-breaks': ['Fix and re-run', 'Go to line 37'],
      'sample-after-fix': ['Run again'],
      'expired-session': ['Run again'],
    }
    for (const [name, labels] of Object.entries(expected)) {
      const { page } = await open(recording(name))
      assert.deepEqual(await page.locator('.actions > *').allTextContents(), labels, name)
      assert.equal(await page.getByText('Run again').count(), 1, name)
    }
  })

  it('offers nothing but Stop while a run goes on', async () => {
    const { page } = await open(untilFirst('tick'))
    assert.equal(await page.locator('.more').isVisible(), false)
    assert.deepEqual(await page.locator('.actions > *').allTextContents(), ['Stop'])
  })

  it('puts a picture of the verdict and its charts on the clipboard', async () => {
    const panel = await open(breaksRecording())
    await panel.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await panel.page.getByText('Copy as image').click()
    const said = panel.page.locator('p.unseen[aria-live]', { hasText: 'Copied as an image.' })
    await said.waitFor({ state: 'attached' })
    const size = await panel.page.evaluate<{ width: number; height: number }>(`(async () => {
      const [item] = await navigator.clipboard.read()
      const picture = await createImageBitmap(await item.getType('image/png'))
      return { width: picture.width, height: picture.height }
    })()`)
    assert.ok(size.width > 600 && size.height > 450, JSON.stringify(size))
    assert.ok((await panel.posted()).every(({ kind }) => kind !== 'save-image'))
  })

  it('asks for a file where the clipboard takes no image', async () => {
    const panel = await open(breaksRecording())
    await panel.page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`)
    await panel.page.getByText('Copy as image').click()
    const message = await waitForPosted(panel, 'save-image')
    assert.ok(message.kind === 'save-image')
    assert.equal(message.name, 'get-users-userid-activities')
    assert.ok(message.png.startsWith(pngBegins))
  })

  it('keeps open what the reader opened, over updates and when the page comes back', async () => {
    const messages = breaksRecording()
    const panel = await open(messages.slice(0, 26))
    const steps = panel.page.locator('[data-fold="steps"]')
    await steps.locator('summary').click()
    await panel.send(messages.slice(26))
    assert.equal(await steps.locator('tbody tr').count(), 8)
    await panel.page.reload()
    await panel.send(messages)
    assert.equal(await steps.locator('tbody tr').first().isVisible(), true)
    assert.equal(await panel.page.locator('[data-fold="time"]').getAttribute('open'), null)
  })

  it('compares before anything else, and says what is beyond noise', async () => {
    const { page } = await open(recording('sample-after-fix'))
    const sections = await page
      .locator('.comparison, .chart-hero:visible')
      .evaluateAll((found) => found.map(({ className }) => className))
    assert.equal(sections[0], 'comparison')
    const texts = await page.locator('.comparison .judgement').allTextContents()
    assert.ok(texts.includes('✓ better'), texts.join(', '))
    assert.ok(texts.includes('≈ within noise'), texts.join(', '))
  })

  it('groups failed requests with one answer of each kind', async () => {
    const { page } = await open(recording('expired-session'))
    const errors = page.locator('.errors li')
    assert.equal(await errors.count(), 1)
    assert.match(
      (await errors.textContent()) ?? '',
      /^[\d,]+ × Answered 4xx 100% of all requests, first at 2 users/,
    )
    assert.equal(await errors.locator('code').textContent(), 'HTTP 401 {"error":"Session expired"}')
  })
})
