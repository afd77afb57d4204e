import { setTimeout as delay } from 'node:timers/promises'
import { inRepository } from './repository.ts'
import type { FrameLocator, Locator, Page } from 'playwright-core'

/** The editor's own shortcuts, as on the system whose browser is driven. */
const modifier = process.platform === 'darwin' ? 'Meta' : 'Control'

/**
 * Runs a command by its title from the command palette. A palette that was opened before the extensions were there doesn't
 * learn of their commands: it is opened anew.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const command = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first()
  for (let attempt = 1; !(await command.isVisible()); attempt++) {
    await page.keyboard.press('Escape')
    await page.keyboard.press('F1')
    await page.locator('.quick-input-widget input').fill(`>${title}`)
    const shown = command.waitFor({ timeout: 3_000 })
    await (attempt < 10 ? shown.catch(() => undefined) : shown)
  }
  await command.click()
}

/** Opens a file of the workspace by its path and waits until its text is shown. */
export async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press(`${modifier}+P`)
  await page.locator('.quick-input-widget input').fill(path)
  const name = path.split('/').at(-1) ?? path
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().click()
  await page.locator('.tab.active').filter({ hasText: name }).waitFor()
  await page.locator('.editor-instance .view-line').first().waitFor()
}

/** Puts the cursor on a line (and column), both from 1, and scrolls it into the middle. */
export async function goToLine(page: Page, line: number, column = 1): Promise<void> {
  await page.keyboard.press('Control+G')
  const input = page.locator('.quick-input-widget input')
  await input.fill(`:${line}:${column}`)
  await page.keyboard.press('Enter')
  await input.waitFor({ state: 'hidden' })
  await page.locator('.editor-instance .monaco-editor.focused').waitFor()
}

/** Opens the light bulb's menu at the cursor, and resolves to its entries. An inspection that ends just then closes it. */
export async function openLightBulb(page: Page): Promise<Locator> {
  const entries = page.locator('.action-widget .monaco-list-row.action')
  // It looks otherwise where a preferred fix is among them, and in the gutter.
  const bulb = page.locator('.lightBulbWidget, [class*="lightbulb"]')
  await bulb.filter({ visible: true }).first().waitFor()
  for (let attempt = 1; !(await entries.first().isVisible()); attempt++) {
    await page.keyboard.press('Control+.')
    const shown = entries.first().waitFor({ timeout: 3_000 })
    await (attempt < 5 ? shown.catch(() => undefined) : shown)
  }
  return entries
}

/** The code lenses that are in view, each one line above code. */
export function codeLenses(page: Page): Locator {
  return page.locator('.codelens-decoration')
}

/** What the load test of {@link startLoadTest} is about. */
export const testedRoute = 'GET /users/:userId/activities'

/** The lens that load tests, above the first handler in view. */
export function loadTestLens(page: Page): Locator {
  return codeLenses(page).locator('a').filter({ hasText: '▶ Load test' }).first()
}

/**
 * Presses a key in the question that is asked in the editor's quick input. Something else may have the focus by then, a list of
 * notifications for one, and would take the key.
 */
export async function pressInQuestion(page: Page, key: string): Promise<void> {
  const input = page.locator('.quick-input-box input')
  await input.waitFor()
  await input.press(key)
}

/** Turns away from the question that is asked. Where the list of notifications is open, the first Escape closes that one. */
export async function turnAway(page: Page): Promise<void> {
  const input = page.locator('.quick-input-box input')
  await input.waitFor()
  for (let attempt = 1; await input.isVisible(); attempt++) {
    await input.press('Escape')
    const hidden = input.waitFor({ state: 'hidden', timeout: 3_000 })
    await (attempt < 3 ? hidden.catch(() => undefined) : hidden)
  }
}

/** Clicks the lens above the sample's slow handler and confirms the one prefilled question. */
export async function startLoadTest(page: Page): Promise<void> {
  await loadTestLens(page).click()
  const question = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: testedRoute })
  await question.first().waitFor()
  await pressInQuestion(page, 'Enter')
}

/**
 * Waits for a notification. The editor that tests drive shows none by itself: its list of them is opened, again where it
 * has closed with its last one.
 */
export async function notification(page: Page, text: RegExp, limitMillis = 30_000): Promise<Locator> {
  const found = page.locator('.notifications-center .notification-list-item').filter({ hasText: text })
  const list = page.locator('.notifications-center.visible')
  const end = performance.now() + limitMillis
  while (!(await found.first().isVisible())) {
    if (performance.now() > end) {
      const shown = await page.locator('.notification-list-item').allInnerTexts()
      throw new Error(`No notification ${String(text)} within ${limitMillis} ms, but: ${shown.join('; ')}`)
    }
    if (!(await list.isVisible())) {
      await page.locator('[id="status.notifications"] a').click()
      // Lest the button's tooltip covers the list.
      await page.mouse.move(0, 0)
    }
    await delay(50)
  }
  return found.first()
}

/** Presses a button of a notification that {@link notification} has found. */
export async function pressIn(found: Locator, button: string): Promise<void> {
  await found.locator('.monaco-button').filter({ hasText: button }).click()
}

/** Closes a notification that {@link notification} has found, as who wants nothing of what it offers. */
export async function dismiss(found: Locator): Promise<void> {
  await found.hover()
  await found.locator('.codicon-notifications-clear').click()
  await found.page().mouse.move(0, 0)
}

/** A row of a list in the side bar. */
export function sidebarRow(page: Page, text: string | RegExp): Locator {
  return page.locator('.sidebar .monaco-list-row').filter({ hasText: text })
}

/** Presses something until it has its effect: a list that is drawn anew just then takes no click, nor does a menu that has just opened. */
export async function pressUntil(effect: Locator, press: () => Promise<void>): Promise<void> {
  for (let attempt = 1; !(await effect.isVisible()); attempt++) {
    const shown = effect.waitFor({ timeout: 5_000 })
    await Promise.any([shown, press()])
    await (attempt < 3 ? shown.catch(() => undefined) : shown)
  }
}

/** Presses a button of a row that has `effect`. */
export async function pressInRow(row: Locator, button: string, effect: Locator): Promise<void> {
  await pressUntil(effect, async () => {
    await row.hover()
    await row.getByRole('button', { name: button }).click({ timeout: 5_000 })
  })
}

/** The rows of the side bar's list of runs. */
export function keptRuns(page: Page): Locator {
  const list = page.locator('.sidebar .pane').filter({ has: page.getByText('Runs', { exact: true }) })
  return list.locator('.monaco-list-row')
}

/** Shows Headroom's views in the side bar. */
export async function openSidebar(page: Page): Promise<void> {
  const tab = page.locator('.activitybar').getByRole('tab', { name: 'Headroom' })
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click()
  await page.locator('.sidebar .pane-header').filter({ hasText: 'Runs' }).waitFor()
}

/** Keeps a picture of the window as an artefact of the tests: test/output/ui/<name>.png. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: inRepository('test', 'output', 'ui', `${name}.png`) })
}

/** The document inside the webview in view: a webview is an iframe within an iframe. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame')
}

/** Asks again until it is so; throws `what` where it is not so in time. */
export async function until(what: string, isSo: () => Promise<boolean>, limitMillis = 30_000): Promise<void> {
  const deadline = performance.now() + limitMillis
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(what)
    await delay(100)
  }
}
