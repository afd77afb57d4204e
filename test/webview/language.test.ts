import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import type { ToView } from '../../src/model/panel.ts'
import { builtPanel } from './built-panel.ts'
import { recording } from './recordings.ts'
import { untilFirst } from './synthetic-recording.ts'

/** A translated text, without another one in it. */
const translated = /⟦[^⟦⟧]*⟧/g

/** What is the same in every language: names and units. */
const ownWords =
  /\b(p\d+(\.\d+)?|GET|progressive|localhost|linux|x64|ms|s|µs|kB|MB|B|requests\/s|not measured|users)\b/g

/** What is left of a text without what was translated in it. */
function untranslated(text: string): string {
  const rest = text.replaceAll(translated, '')
  return rest === text ? rest.replaceAll(ownWords, '') : untranslated(rest)
}

/** Sections whose text the run, not the panel, has made. */
const fromRun = '.verdict, .summary, .route, header, code, .judgement, dd, .u-axis, caption'

const collect = `(() => {
  for (const part of document.querySelectorAll(${JSON.stringify(fromRun)})) part.remove()
  const walker = document.createTreeWalker(document.getElementById('headroom'), NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) if (walker.currentNode.parentElement.closest('[hidden]') === null) texts.push(walker.currentNode.data)
  const labels = [...document.querySelectorAll('[aria-label]')].map((each) => each.getAttribute('aria-label'))
  return [...texts, ...labels]
})()`

describe('the panel in another language', () => {
  const { open } = builtPanel()
  let texts: Record<string, string> = {}
  before(async () => {
    const bundle = await readFile(new URL('../../l10n/bundle.l10n.json', import.meta.url), 'utf8')
    const english: Record<string, string> = JSON.parse(bundle)
    texts = Object.fromEntries(Object.keys(english).map((text) => [text, `⟦${text}⟧`]))
  })

  const states: [string, () => readonly ToView[]][] = [
    ['running', () => untilFirst('tick')],
    ['breaks', () => recording('sample-breaks')],
    ['compared', () => recording('sample-after-fix')],
    ['not measured', () => recording('expired-session')],
  ]
  for (const [state, record] of states) {
    it(`says nothing in English: ${state}`, async () => {
      const { page } = await open(record(), { texts })
      await page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`)
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      const shown = await page.evaluate<string[]>(collect)
      assert.ok(
        shown.some((text) => text.startsWith('⟦')),
        'the texts have arrived',
      )
      const english = shown.filter((text) => /[a-z]{2}/i.test(untranslated(text)))
      assert.deepEqual([...new Set(english)], [])
    })
  }
})
