import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { FromView, ToView } from '../../src/model/panel.ts'
import { panelHtml } from '../../src/editor/panel-html.ts'

/** The editor's default colours, light, dark and in high contrast, as VS Code gives them to a webview. */
export const themes = {
  dark: {
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    'editor-background': '#1f1f1f',
    focusBorder: '#0078d4',
    'textLink-foreground': '#4daafc',
    'button-background': '#0078d4',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#026ec1',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
    'button-secondaryHoverBackground': '#3c3c3c',
    'badge-background': '#616161',
    'badge-foreground': '#f8f8f8',
    'progressBar-background': '#0078d4',
    'charts-foreground': '#cccccc',
    'charts-red': '#f14c4c',
    'charts-blue': '#59a4f9',
    'charts-yellow': '#cca700',
    'charts-orange': '#d18616',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
  },
  light: {
    foreground: '#3b3b3b',
    descriptionForeground: '#3b3b3b',
    'editor-background': '#ffffff',
    focusBorder: '#005fb8',
    'textLink-foreground': '#005fb8',
    'button-background': '#005fb8',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#0258a8',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
    'button-secondaryHoverBackground': '#cccccc',
    'badge-background': '#cccccc',
    'badge-foreground': '#3b3b3b',
    'progressBar-background': '#005fb8',
    'charts-foreground': '#3b3b3b',
    'charts-red': '#e51400',
    'charts-blue': '#1a85ff',
    'charts-yellow': '#bf8803',
    'charts-orange': '#d18616',
    'charts-green': '#388a34',
    'charts-purple': '#652d90',
  },
  'hc-dark': {
    foreground: '#ffffff',
    descriptionForeground: '#ffffff',
    'editor-background': '#000000',
    focusBorder: '#f38518',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    'textLink-foreground': '#21a6ff',
    'button-background': '#000000',
    'button-foreground': '#ffffff',
    'button-border': '#6fc3df',
    'button-secondaryBackground': '#000000',
    'button-secondaryForeground': '#ffffff',
    'badge-background': '#000000',
    'badge-foreground': '#ffffff',
    'progressBar-background': '#6fc3df',
    'charts-foreground': '#ffffff',
    'charts-red': '#f48771',
    'charts-blue': '#59a4f9',
    'charts-yellow': '#ffd370',
    'charts-orange': '#d18616',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
  },
  'hc-light': {
    foreground: '#292929',
    descriptionForeground: '#292929',
    'editor-background': '#ffffff',
    focusBorder: '#006bbd',
    contrastBorder: '#0f4a85',
    contrastActiveBorder: '#006bbd',
    'textLink-foreground': '#0f4a85',
    'button-background': '#0f4a85',
    'button-foreground': '#ffffff',
    'button-border': '#0f4a85',
    'button-secondaryBackground': '#ffffff',
    'button-secondaryForeground': '#292929',
    'badge-background': '#0f4a85',
    'badge-foreground': '#ffffff',
    'progressBar-background': '#006bbd',
    'charts-foreground': '#292929',
    'charts-red': '#b5200d',
    'charts-blue': '#1a85ff',
    'charts-yellow': '#895503',
    'charts-orange': '#d18616',
    'charts-green': '#374e06',
    'charts-purple': '#652d90',
  },
} as const
export type ThemeName = keyof typeof themes
export const themeNames = ['dark', 'light', 'hc-dark', 'hc-light'] as const satisfies readonly ThemeName[]

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

/** The body's class of each theme, as VS Code sets it. */
const themeClasses: Readonly<Record<ThemeName, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'hc-dark': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
}

/** Stands for the editor in the page: the API object, the theme, and a record of what the policy refused. */
function hostScript(theme: ThemeName, bodyClass: string): string {
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
      postMessage: (message) => window.posted.push(message),
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
}

/** The panel in a page, and what its host can do and see. */
export interface OpenPanel {
  readonly page: Page
  readonly context: BrowserContext
  send(messages: readonly ToView[]): Promise<void>
  /** What went wrong in the page's own scripts. */
  readonly errors: readonly string[]
  posted(): Promise<FromView[]>
  refused(): Promise<string[]>
}

/** Serves the built panel from 127.0.0.1 the way the editor does: its own HTML, a nonce, the strict policy. */
export class PanelHost {
  readonly #server: Server
  readonly #browser: Browser

  private constructor(server: Server, browser: Browser) {
    this.#server = server
    this.#browser = browser
  }

  static async start(builtIn: string, browser: Browser): Promise<PanelHost> {
    const server = createServer((request, response) => {
      const origin = originOf(server)
      const name = (request.url ?? '/').slice(1)
      if (name === '') {
        const page = {
          nonce: 'bm9uY2U',
          cspSource: origin,
          scriptUri: `${origin}/panel.js`,
          styleUri: `${origin}/panel.css`,
          language: 'en',
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
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new PanelHost(server, browser)
  }

  async open({
    theme = 'dark',
    width = 900,
    height = 1200,
    bodyClass = '',
  }: PanelOptions = {}): Promise<OpenPanel> {
    const context = await this.#browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    const errors: string[] = []
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => errors.push(error.message))
    await page.addInitScript(hostScript(theme, bodyClass))
    await page.goto(originOf(this.#server), {
      waitUntil: 'load',
    })
    await page.waitForFunction('window.posted.some((message) => message.kind === "ready")')
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
      posted: () => page.evaluate<FromView[]>('window.posted'),
      refused: () => page.evaluate<string[]>('window.refused'),
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
