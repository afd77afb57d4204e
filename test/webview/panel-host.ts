import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { FromView, ToView } from '../../src/model/panel.ts'
import { panelHtml } from '../../src/editor/panel-html.ts'
import { themeClasses, type ThemeName, themes } from './themes.ts'

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the browser that HEADROOM_CHROMIUM names, else the system's Chromium. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['HEADROOM_CHROMIUM'] ?? '/usr/bin/chromium'
  if (!existsSync(executablePath))
    throw new Error(`No browser at ${executablePath}: set HEADROOM_CHROMIUM to a Chromium.`)
  return chromium.launch({ executablePath, args: browserFlags })
}

/** Stands for the editor in the page: the API object, the theme, and a record of what the policy refused. */
function hostScript({ theme = 'dark', bodyClass = '', onReady = [] }: PanelOptions): string {
  const variables = Object.entries(themes[theme]).map(([name, value]) => [`--vscode-${name}`, value])
  const font = [
    ['--vscode-font-family', 'system-ui, sans-serif'],
    ['--vscode-font-size', '13px'],
    ['--vscode-editor-font-family', 'monospace'],
  ]
  return `
    window.posted = []
    window.refused = []
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => {
        window.posted.push(message)
        if (message.kind !== 'ready') return
        setTimeout(() => {
          for (const data of ${JSON.stringify(onReady)}) window.dispatchEvent(new MessageEvent('message', { data }))
        })
      },
      getState: () => JSON.parse(sessionStorage.getItem('kept') ?? 'null') ?? undefined,
      setState: (kept) => sessionStorage.setItem('kept', JSON.stringify(kept)),
    })
    document.addEventListener('securitypolicyviolation', (event) =>
      window.refused.push(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample))
    new MutationObserver((_, observer) => {
      for (const [name, value] of ${JSON.stringify([...variables, ...font])}) document.documentElement.style.setProperty(name, value)
      observer.disconnect()
    }).observe(document, { childList: true })
    document.addEventListener('DOMContentLoaded', () => {
      document.body.className = ${JSON.stringify(`${themeClasses[theme]} ${bodyClass}`)}
      document.body.dataset.vscodeThemeKind = ${JSON.stringify(themeClasses[theme])}
    })`
}

async function until(page: Page, expression: string): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const look = () => ((${expression}) ? done() : requestAnimationFrame(look))
    look()
  })`)
}

function originOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The panel host is not listening.')
  return `http://127.0.0.1:${address.port}`
}

export interface PanelOptions {
  readonly theme?: ThemeName
  readonly width?: number
  readonly height?: number
  readonly bodyClass?: string
  /** What the editor sends as soon as the page is ready. */
  readonly onReady?: readonly ToView[]
  /** The page's texts in another language. */
  readonly texts?: Readonly<Record<string, string>>
}

/** The panel in a page, and what its host can do and see. */
export interface OpenPanel {
  readonly page: Page
  readonly context: BrowserContext
  send(messages: readonly ToView[]): Promise<void>
  /** What went wrong in the page's own scripts. */
  readonly errors: readonly string[]
  /** Resolves when an expression holds in the page; Playwright's own waiting needs `eval`, which the policy refuses. */
  readonly until: (expression: string) => Promise<void>
  posted(): Promise<FromView[]>
  refused(): Promise<string[]>
}

/** Serves the built panel from 127.0.0.1 the way the editor does: its own HTML, a nonce, the strict policy. */
export class PanelHost {
  readonly #server: Server
  readonly #browser: Browser

  /** Of the page that is opened next. */
  #texts: PanelOptions['texts']

  private constructor(browser: Browser, builtIn: string) {
    this.#browser = browser
    this.#server = createServer((request, response) => this.#answer(request, response, builtIn))
  }

  static async start(builtIn: string, browser: Browser): Promise<PanelHost> {
    const host = new PanelHost(browser, builtIn)
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve))
    return host
  }

  #answer(request: IncomingMessage, response: ServerResponse, builtIn: string): void {
    const origin = originOf(this.#server)
    const name = (request.url ?? '/').slice(1)
    if (name === '') {
      const page = {
        nonce: 'bm9uY2U',
        cspSource: origin,
        scriptUri: `${origin}/panel.js`,
        styleUri: `${origin}/panel.css`,
        language: 'en',
        ...(this.#texts === undefined ? {} : { texts: this.#texts }),
      }
      response.setHeader('content-type', 'text/html').end(panelHtml(page))
      return
    }
    if (name !== 'panel.js' && name !== 'panel.css') {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/css')
    readFile(`${builtIn}/${name}`).then(
      (content) => response.end(content),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  }

  async open(options: PanelOptions = {}): Promise<OpenPanel> {
    const { width = 900, height = 1200, texts } = options
    this.#texts = texts
    const context = await this.#browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    const errors: string[] = []
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => errors.push(error.message))
    await page.addInitScript(hostScript(options))
    await page.goto(originOf(this.#server), {
      waitUntil: 'load',
    })
    await until(page, 'window.posted.some((message) => message.kind === "ready")')
    return {
      page,
      context,
      errors,
      async send(messages) {
        const sent = messages.map(
          (message) =>
            `window.dispatchEvent(new MessageEvent('message', { data: ${JSON.stringify(message)} }))`,
        )
        await page.evaluate(
          `{ ${sent.join('\n')}; new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))) }`,
        )
        await page.waitForSelector('#headroom:not([aria-busy])')
      },
      until: (expression) => until(page, expression),
      posted: () => page.evaluate<FromView[]>('window.posted'),
      refused: () => page.evaluate<string[]>('window.refused'),
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
