import type { Browser, Page } from 'playwright-core'
import { copySample } from './sample-copy.ts'
import { ensureChromium } from './setup/chromium.ts'
import { ensureVscodeServer } from './setup/vscode-server.ts'
import { type VscodeServer, launchChromium, openWorkbench, startVscodeServer } from './vscode-server.ts'

/** What is to be shown: the extension from its source folder, or installed from a VSIX. */
export interface EditorWindowOptions {
  readonly extension?: string
  readonly vsix?: string
  /** Source folders of extensions that are installed beside it. */
  readonly extensions?: readonly string[]
  readonly settings?: Readonly<Record<string, unknown>>
  /** Called with the copy's folder before it is opened. */
  readonly prepare?: (folder: string) => Promise<void>
  readonly signal?: AbortSignal
}

/** A real VS Code with the sample open, to drive as a user does; disposing of it leaves nothing behind. */
export interface EditorWindow extends AsyncDisposable {
  readonly page: Page
  readonly server: VscodeServer
  readonly browser: Browser
  /** The copy of the sample that is open. */
  readonly workspace: string
}

/** Opens a copy of the sample in a VS Code server with the extension, in headless Chromium. */
export async function openEditorWindow(options: EditorWindowOptions): Promise<EditorWindow> {
  const signal = options.signal ?? new AbortController().signal
  await using pending = new AsyncDisposableStack()
  const executable = await ensureChromium(signal)
  const folder = await ensureVscodeServer(signal)
  const sample = pending.use(await copySample())
  const { vsix, settings, extension, extensions } = options
  await options.prepare?.(sample.folder)
  const server = pending.use(
    await startVscodeServer({
      folder,
      ...(vsix && { vsix }),
      ...(extensions && { extensions }),
      ...(settings && { settings }),
    }),
  )
  const browser = await launchChromium(executable)
  pending.defer(() => browser.close())
  const page = await openWorkbench(browser, server, {
    workspace: sample.folder,
    ...(extension && { extension }),
  })
  const open = pending.move()
  return {
    page,
    server,
    browser,
    workspace: sample.folder,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
