import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { openEditorWindow } from './editor-window.ts'
import { runScript } from './lifetime.ts'
import { makePackage } from './package.ts'
import { inRepository } from './repository.ts'
import { freePort, seedSample } from './sample-copy.ts'
import { codeLenses, goToLine, openFile, openLightBulb, startLoadTest, webview } from './workbench.ts'

const activities = 'src/routes/activities.ts'
/** The handler, and the query in a loop inside it. */
const lines = { handler: 17, queryInLoop: 37 }
const rampMillis = 180_000

async function take(page: Page, name: string, only?: string): Promise<void> {
  const path = inRepository('docs', 'images', `${name}.png`)
  if (only === undefined) await page.screenshot({ path })
  else await page.locator(only).first().screenshot({ path })
  console.log(`docs/images/${name}.png`)
}

async function showLensAndLightBulb(page: Page): Promise<void> {
  await openFile(page, activities)
  await codeLenses(page).filter({ hasText: 'Load test this endpoint' }).first().waitFor()
  await page.locator('.squiggly-info').first().waitFor()
  await goToLine(page, lines.handler)
  await take(page, 'lens', '.part.editor')
  await goToLine(page, lines.queryInLoop, 30)
  await openLightBulb(page)
  await take(page, 'light-bulb', '.part.editor')
  await page.keyboard.press('Escape')
  await goToLine(page, lines.handler)
}

async function showLoadTest(page: Page): Promise<void> {
  await startLoadTest(page)
  const panel = webview(page)
  await panel.getByText('Stop', { exact: true }).waitFor({ timeout: 60_000 })
  await panel.locator('.summary', { hasText: /At .* At / }).waitFor({ timeout: rampMillis })
  await take(page, 'running')
  await panel.getByText('Run again').first().waitFor({ timeout: rampMillis })
  await codeLenses(page).filter({ hasText: 'breaks at' }).first().waitFor()
  await take(page, 'verdict')
}

/** Drags the edge of the side bar to the right, so that results are readable in full. */
async function widenSidebar(page: Page): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox()
  if (box === null) throw new Error('The side bar is not in view.')
  const edge = { x: box.x + box.width, y: box.y + box.height / 2 }
  await page.mouse.move(edge.x, edge.y)
  await page.mouse.down()
  await page.mouse.move(edge.x + 240, edge.y, { steps: 5 })
  await page.mouse.up()
}

await runScript(async ({ signal, cleanup }) => {
  await mkdir(inRepository('docs', 'images'), { recursive: true })
  const { path } = await makePackage()
  const editor = cleanup.use(
    await openEditorWindow({
      vsix: path,
      prepare: seedSample,
      settings: { 'headroom.baseUrl': `http://localhost:${await freePort()}` },
      signal,
    }),
  )
  const { page } = editor
  await page.locator('.activitybar').getByRole('tab', { name: 'Headroom' }).click()
  await page.locator('.sidebar .monaco-list-row').first().waitFor()
  try {
    await showLensAndLightBulb(page)
    await showLoadTest(page)
    await widenSidebar(page)
    await take(page, 'sidebar', '.part.sidebar')
  } catch (error) {
    await page.screenshot({ path: inRepository('test', 'output', 'screenshots-failed.png') })
    throw error
  }
  return 0
})
