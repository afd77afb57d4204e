import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import type { FromView, ToView } from '../model/panel.ts'
import { panelHtml } from './panel-html.ts'
import type { PanelContent } from './panel-content.ts'

/** What the panel's buttons ask for. */
export type PanelRequest = Exclude<FromView, { kind: 'ready' }>

/**
 * The results panel. It can be closed and opened again at any time: whenever its page says that it is ready, it gets the
 * state to start from and everything that has happened since.
 */
export class ResultsPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri
  readonly #requests = new vscode.EventEmitter<{ request: PanelRequest; content: PanelContent }>()
  readonly onDidRequest = this.#requests.event
  #panel: vscode.WebviewPanel | null = null
  #content: PanelContent | null = null
  #listening: vscode.Disposable | null = null
  #ready = false

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri
  }

  /** Opens or brings forward the panel beside the editor, with this content. */
  show(content: PanelContent): void {
    const panel = this.#panel ?? this.#create()
    panel.title = content.route
    panel.reveal(undefined, true)
    if (this.#content === content) return
    this.#content = content
    this.#listening?.dispose()
    this.#listening = content.onDidEmit?.((event) => this.#post(event)) ?? null
    this.#replay()
  }

  dispose(): void {
    this.#panel?.dispose()
    this.#requests.dispose()
  }

  #create(): vscode.WebviewPanel {
    const files = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview')
    const panel = vscode.window.createWebviewPanel(
      'headroom.results',
      'Headroom',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [files] },
    )
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
