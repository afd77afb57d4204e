import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { builtPanel } from './built-panel.ts'
import { breaksRecording, untilFirst } from './synthetic-recording.ts'

const focusedText = 'document.activeElement.textContent'

describe('the panel by keyboard', () => {
  const { open } = builtPanel()

  it('gives Stop the focus when a run starts; Enter presses it, once', async () => {
    const panel = await open(untilFirst('tick'))
    await panel.page.keyboard.press('Enter')
    await panel.page.keyboard.press('Enter')
    const stops = (await panel.posted()).filter((message) => message.kind === 'stop')
    assert.deepEqual(stops, [{ kind: 'stop' }])
    assert.equal(await panel.page.locator('.actions').textContent(), 'Stopping…')
  })

  it('leaves the focus where it is when an agent starts a run', async () => {
    const messages = untilFirst('tick').map((message) =>
      message.kind === 'snapshot'
        ? { ...message, snapshot: { ...message.snapshot, byAgent: true as const } }
        : message,
    )
    const panel = await open(messages)
    await panel.page.locator('vscode-button', { hasText: 'Stop' }).waitFor()
    assert.equal(await panel.page.evaluate('document.activeElement.tagName'), 'BODY')
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
    assert.equal(await panel.page.evaluate(focused), 'Fix and re-run')
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

  it('points all charts of the load axis at the same step', async () => {
    const { page } = await open(breaksRecording())
    await page.locator('[data-chart="throughput"] .plot').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    const legends = page.locator('.chart:visible .legend li:last-child')
    assert.deepEqual(new Set(await legends.allTextContents()), new Set(['at 25 users']))
    assert.equal(await legends.count(), 5)
  })

  it('opens the details of a step by Enter, and Escape leads back to the chart', async () => {
    const { page } = await open(breaksRecording())
    await page.locator('[data-chart="latency"] .plot').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const details = page.locator('.step-details')
    assert.equal(await page.evaluate(focusedText), '25 users')
    assert.match(
      (await details.textContent()) ?? '',
      /p50 313 ms, p90 406 ms, p95 453 ms.*Queries per request501/,
    )
    await page.keyboard.press('Escape')
    assert.equal(await details.isVisible(), false)
    assert.equal(await page.evaluate('document.activeElement.className'), 'plot')
  })

  it('zooms with + and −, on all charts of the axis, and back', async () => {
    const { page, until } = await open(breaksRecording())
    const image = `document.querySelector('[data-chart="throughput"] canvas').toDataURL()`
    const whole = await page.evaluate<string>(image)
    const reset = page.locator('[data-chart="latency"]').getByText('Reset zoom')
    assert.equal(await reset.isVisible(), false)
    await page.locator('[data-chart="latency"] .plot').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('+')
    await until(`${image} !== ${JSON.stringify(whole)}`)
    await page.keyboard.press('-')
    await until(`${image} === ${JSON.stringify(whole)}`)
    await page.keyboard.press('+')
    await reset.click()
    await until(`${image} === ${JSON.stringify(whole)}`)
    assert.equal(await page.evaluate('document.activeElement.className'), 'plot')
  })

  it('zooms into what is drawn with the pointer, and a click opens the step', async () => {
    const { page } = await open(breaksRecording())
    const over = page.locator('[data-chart="latency"] .u-over')
    const box = (await over.boundingBox()) ?? assert.fail('The chart is in view.')
    const at = (share: number): [number, number] => [box.x + box.width * share, box.y + box.height / 2]
    await page.mouse.move(...at(0.5))
    await page.mouse.down()
    await page.mouse.move(...at(0.7), { steps: 4 })
    await page.mouse.move(...at(0.99), { steps: 4 })
    await page.mouse.up()
    const reset = page.locator('[data-chart="throughput"]').getByText('Reset zoom')
    await reset.waitFor()
    assert.equal(await page.locator('.step-details').isVisible(), false, 'a drag is no click')
    await page.mouse.dblclick(...at(0.9))
    await reset.waitFor({ state: 'hidden' })
    await page.mouse.click(...at(0.99))
    assert.equal(await page.locator('.step-details h2').textContent(), '200 users')
  })

  it('stops by Escape while the details are open in a run', async () => {
    const panel = await open(breaksRecording().slice(0, 26))
    await panel.page.locator('[data-chart="latency"] .plot').focus()
    await panel.page.keyboard.press('Home')
    await panel.page.keyboard.press('Enter')
    await panel.page.keyboard.press('Escape')
    assert.deepEqual((await panel.posted()).at(-1), { kind: 'stop' })
  })

  it('reaches every action by Tab', async () => {
    const { page } = await open(breaksRecording())
    const reached = new Set<string>()
    await page.locator('vscode-button', { hasText: 'Fix and re-run' }).focus()
    for (let press = 0; press < 16; press += 1) {
      reached.add(await page.evaluate<string>(focusedText))
      await page.keyboard.press('Tab')
    }
    const wanted = [
      'Fix and re-run',
      'Go to line 34',
      'Run again',
      'Compare…',
      'Pin as baseline',
      'Set budget…',
    ]
    for (const label of [...wanted, 'Copy as image', 'Copy as Markdown', 'Save report…'])
      assert.ok(reached.has(label), `${label} is reached: ${[...reached].join(', ')}`)
  })
})
