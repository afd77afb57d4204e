import { cp, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, type Page, chromium } from 'playwright-core'
import { capture, endGroup, spawnGroup, temporaryFolder } from './lifetime.ts'
import { chromiumFlags } from './setup/chromium.ts'
import { serverMain } from './setup/vscode-server.ts'

/** Settings of the user whose editor this is: no questions, no telemetry, nothing that changes by itself. */
const userSettings = {
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'update.mode': 'none',
  'remote.autoForwardPorts': false,
  'files.autoSave': 'off',
}

/** What a VS Code server is started with. Paths are absolute. */
export interface ServerOptions {
  /** The server's folder, from `ensureVscodeServer`. */
  readonly folder: string
  /** Extensions installed from VSIX files; none when left out. */
  readonly vsix?: string
  /** Source folders of extensions that are installed as they are; none when left out. */
  readonly extensions?: readonly string[]
  /** The user's settings, over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Environment of the extension host. */
  readonly env?: NodeJS.ProcessEnv
}

/** A page to open in a running server. Paths are absolute. */
export interface PageOptions {
  readonly workspace: string
  /** An extension's source folder, loaded as in development. */
  readonly extension?: string
  /** A CommonJS file that exports `run(): Promise<void>`, run in the extension host. */
  readonly tests?: string
}

/** A running VS Code server; disposing of it stops everything it started and deletes its data. */
export interface VscodeServer extends AsyncDisposable {
  readonly url: string
  readonly extensionsFolder: string
  /** Where the server keeps its data and logs. */
  readonly dataFolder: string
  /** Everything the server and its extension hosts have printed. */
  log(): string
  /** The address of a workbench. */
  pageUrl(options: PageOptions): string
}

function cleanEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const unwanted = /^(NODE_OPTIONS|NODE_TEST_CONTEXT|ELECTRON_RUN_AS_NODE|VSCODE_.*|npm_.*)$/
  const kept = Object.entries(process.env).filter(([name]) => !unwanted.test(name))
  return { ...Object.fromEntries(kept), ...extra }
}

/** Installs a VSIX into an extensions folder, as the `--install-extension` of any VS Code does. */
async function installVsix(options: ServerOptions, data: string, vsix: string): Promise<void> {
  const args = [serverMain(options.folder), '--install-extension', vsix, '--force']
  const { code, output } = await capture(process.execPath, [...args, ...dataArguments(data)], {
    env: cleanEnvironment({}),
  })
  if (code !== 0 || /failed/i.test(output)) throw new Error(`Installing ${vsix} failed:\n${output}`)
}

function dataArguments(data: string): readonly string[] {
  return [
    `--server-data-dir=${join(data, 'server')}`,
    `--user-data-dir=${join(data, 'user')}`,
    `--extensions-dir=${join(data, 'extensions')}`,
  ]
}

/**
 * Starts a VS Code server on a free port of 127.0.0.1 with fresh data folders, and resolves when it listens. Rejects
 * with the server's output where it ends before that.
 */
export async function startVscodeServer(options: ServerOptions): Promise<VscodeServer> {
  await using starting = new AsyncDisposableStack()
  const data = starting.use(await temporaryFolder('headroom-vscode-')).path
  const settings = JSON.stringify({ ...userSettings, ...options.settings }, null, 2)
  // What a user sets for this machine holds on it alone, and is read from a file of its own.
  for (const scope of ['User', 'Machine']) {
    await mkdir(join(data, 'user', scope), { recursive: true })
    await writeFile(join(data, 'user', scope, 'settings.json'), settings)
  }
  for (const source of options.extensions ?? []) {
    await cp(source, join(data, 'extensions', basename(source)), { recursive: true })
  }
  if (options.vsix !== undefined) await installVsix(options, data, options.vsix)

  const child = spawnGroup(
    process.execPath,
    [
      serverMain(options.folder),
      '--host=127.0.0.1',
      '--port=0',
      '--without-connection-token',
      '--accept-server-license-terms',
      '--disable-workspace-trust',
      // Otherwise the extension host gets the login shell's PATH, and with it the system's Node.
      '--force-disable-user-env',
      '--enable-smoke-test-driver',
      '--enable-remote-auto-shutdown',
      '--telemetry-level=off',
      '--reconnection-grace-time=1',
      ...dataArguments(data),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment(options.env ?? {}) },
  )
  starting.defer(() => endGroup(child))

  const output: string[] = []
  const port = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface(stream).on('line', (line) => {
        output.push(line)
        const found = /agent listening on (\d+)/.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    child.once('error', reject)
    child.once('exit', (code) => {
      reject(new Error(`The VS Code server ended with ${code} before it listened:\n${output.join('\n')}`))
    })
  })
  const authority = `127.0.0.1:${port}`
  const started = starting.move()
  return {
    url: `http://${authority}`,
    extensionsFolder: join(data, 'extensions'),
    dataFolder: data,
    log: () => output.join('\n'),
    pageUrl: (page) => workbenchUrl(authority, page),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

function workbenchUrl(authority: string, options: PageOptions): string {
  const remote = (path: string) => `vscode-remote://${authority}${encodeURI(path)}`
  const payload: [string, string][] = [['skipWelcome', 'true']]
  if (options.extension !== undefined) payload.push(['extensionDevelopmentPath', remote(options.extension)])
  if (options.tests !== undefined) {
    payload.push(['extensionTestsPath', remote(options.tests)], ['enableProposedApi', ''])
  }
  const query = new URLSearchParams({ folder: options.workspace, payload: JSON.stringify(payload) })
  return `http://${authority}/?${query.toString()}`
}

/** Starts headless Chromium at `executablePath`; the caller closes it. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [...chromiumFlags],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
}

/** A workbench window of 1440 × 900 in a browser context of its own. */
export async function openWorkbench(
  browser: Browser,
  server: VscodeServer,
  options: PageOptions,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(server.pageUrl(options))
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 })
  return page
}

/** Options of {@link runInHost}. */
export interface HostRun extends PageOptions {
  readonly tests: string
  /** Receives what the extension host prints. */
  readonly onLog: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Runs a test suite in the server's extension host, in a browser window, and resolves to its exit code: 0 where
 * `run()` resolved. Rejects where the window closes or reports a failure to load.
 */
export async function runInHost(
  browser: Pick<Browser, 'newPage'>,
  server: VscodeServer,
  options: HostRun,
): Promise<number> {
  const page = await browser.newPage()
  const { signal } = options
  try {
    const finished = Promise.withResolvers<number>()
    finished.promise.catch(() => undefined) // awaited below, but it may reject before
    const abort = () => finished.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    page.once('close', () =>
      finished.reject(new Error('The editor window closed before the tests had finished.')),
    )
    await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
      options.onLog(args.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '))
    })
    await page.exposeFunction('codeAutomationExit', (code: number) => finished.resolve(code))
    await page.goto(server.pageUrl(options))
    try {
      return await finished.promise
    } finally {
      signal.removeEventListener('abort', abort)
    }
  } finally {
    await page.close()
  }
}
