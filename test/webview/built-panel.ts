import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { buildWebview } from '../../scripts/build-webview.ts'
import type { ToView } from '../../src/model/panel.ts'
import { launchBrowser, type OpenPanel, PanelHost, type PanelOptions } from './panel-host.ts'

/** What the policy refuses for all we know: the empty style attribute of the toolkit's badge. */
const knownRefusal = /^style-src-attr inline\s*$/

/** The built panel for the tests of one suite. */
export interface BuiltPanel {
  /** Opens a panel and sends it these messages; it is closed after the test. */
  readonly open: (messages: readonly ToView[], options?: PanelOptions) => Promise<OpenPanel>
  readonly host: () => PanelHost
  /** In bytes, of `panel.js`. */
  readonly scriptSize: () => Promise<number>
}

/**
 * Builds the panel and starts a browser before the tests of the suite that calls this, and ends both after them. After each
 * test nothing may have thrown in the page, and the policy may have refused nothing.
 */
export function builtPanel(): BuiltPanel {
  let folder = ''
  let browser: Browser | null = null
  let host: PanelHost | null = null
  const opened: OpenPanel[] = []
  const started = (): PanelHost => host ?? assert.fail('The panel is built before the tests.')

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-webview-'))
    await buildWebview({ outDir: folder, minify: true })
    browser = await launchBrowser()
    host = await PanelHost.start(folder, browser)
  })
  afterEach(async () => {
    for (const panel of opened.splice(0)) {
      const refused = await panel.refused()
      await panel.context.close()
      assert.deepEqual(panel.errors, [])
      const unknown = refused.filter((refusal) => !knownRefusal.test(refusal))
      assert.deepEqual(unknown, [], 'refused by the policy')
    }
  })
  after(async () => {
    await host?.stop()
    await browser?.close()
    await rm(folder, { recursive: true })
  })
  return {
    async open(messages, options = {}) {
      const panel = await started().open(options)
      opened.push(panel)
      await panel.send(messages)
      return panel
    },
    host: started,
    scriptSize: async () => (await stat(join(folder, 'panel.js'))).size,
  }
}
