import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import type { FromView, ToView } from '../model/panel.ts'
import { panelHtml } from './panel-html.ts'
import type { PanelContent } from './panel-content.ts'
import type { RouteReference } from './route-reference.ts'

/** The kind of the panel's page, by which a window that is loaded anew knows whose it is. */
export const panelType = 'headroom.results'
const shownKey = 'headroom.shown'

/** What the panel shows, as it outlives the window: the id of the run is null where it hadn't ended. */
export interface ShownRun extends RouteReference {
  readonly run: string | null
}

/** What the panel's buttons ask for. */
export type PanelRequest = Exclude<FromView, { kind: 'ready' }>

/**
 * The results panel. It can be closed and opened again at any time: whenever its page says that it is ready, it gets the
 * state to start from and everything that has happened since.
 */
export class ResultsPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri
  readonly #memory: vscode.Memento
  readonly #requests = new vscode.EventEmitter<{ request: PanelRequest; content: PanelContent }>()
  readonly onDidRequest = this.#requests.event
  #panel: vscode.WebviewPanel | null = null
  #content: PanelContent | null = null
  #listening: vscode.Disposable | null = null
  #ready = false

  constructor(extensionUri: vscode.Uri, memory: vscode.Memento) {
    this.#extensionUri = extensionUri
    this.#memory = memory
  }

  /** What the panel showed last, also in the window before this one was loaded. */
  get shown(): ShownRun | undefined {
    return this.#memory.get<ShownRun>(shownKey)
  }

  /** Whether the panel is open, in view or behind another tab. */
  get isOpen(): boolean {
    return this.#panel !== null
  }

  /** Opens or brings forward the panel beside the editor, with this content. */
  show(content: PanelContent): void {
    const panel = this.#panel ?? this.#create()
    panel.title = content.route
    panel.reveal(undefined, true)
    if (this.#content === content) return
    this.#content = content
    const { folder, route, run } = content
    void this.#memory.update(shownKey, { folder: folder.uri.toString(), route, run: run?.id ?? null })
    this.#listening?.dispose()
    this.#listening = content.onDidEmit?.((event) => this.#post(event)) ?? null
    this.#replay()
  }

  dispose(): void {
    this.#panel?.dispose()
    this.#requests.dispose()
  }

  /** Takes over the panel that a window which was loaded anew has kept open. */
  adopt(panel: vscode.WebviewPanel): void {
    this.#furnish(panel)
  }

  #create(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      panelType,
      'Headroom',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      {},
    )
    return this.#furnish(panel)
  }

  #furnish(panel: vscode.WebviewPanel): vscode.WebviewPanel {
    const files = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview')
    panel.webview.options = { enableScripts: true, localResourceRoots: [files] }
    panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'sidebar.svg')
    panel.onDidDispose(() => this.#forget())
    panel.onDidChangeViewState(() => {
      // A hidden page is gone; it asks again when it comes back.
      if (!panel.visible) this.#ready = false
    })
    panel.webview.onDidReceiveMessage((message: FromView) => this.#receive(message))
    panel.webview.html = panelHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: panel.webview.cspSource,
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(files, 'panel.js')).toString(),
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(files, 'panel.css')).toString(),
      language: vscode.env.language,
      ...(vscode.l10n.bundle === undefined ? {} : { texts: vscode.l10n.bundle }),
    })
    this.#panel = panel
    return panel
  }

  #forget(): void {
    this.#listening?.dispose()
    this.#listening = null
    this.#panel = null
    this.#content = null
    this.#ready = false
  }

  #receive(message: FromView): void {
    if (message.kind === 'ready') {
      this.#ready = true
      this.#replay()
    } else if (this.#content !== null) {
      this.#requests.fire({ request: message, content: this.#content })
    }
  }

  #replay(): void {
    const content = this.#content
    if (content === null) return
    this.#post({ kind: 'snapshot', protocol: 1, snapshot: content.snapshot })
    for (const event of content.events) this.#post(event)
  }

  #post(message: ToView): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's own channel, not window's
    if (this.#ready) void this.#panel?.webview.postMessage(message)
  }
}
