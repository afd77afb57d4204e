import * as vscode from 'vscode'
import type { AgentSession } from '../../agent/session.ts'
import type { Confirmation } from '../../agent/tool.ts'
import { EditorAgentHost } from './agent-host.ts'
import type { Headroom } from '../headroom.ts'
import type { Inspector } from '../inspector.ts'

/** One tool as the manifest names it. */
export interface ContributedTool {
  readonly name: string
  /** For people, in their language. */
  readonly displayName: string
}

/** The tools of one window, with what lasts between their calls. */
export interface AgentTools extends vscode.Disposable {
  of(tool: ContributedTool): Required<vscode.LanguageModelTool<unknown>>
}

/** Opens the tools; nothing of a folder is read before a model calls one there. */
export function openAgentTools(headroom: Headroom): AgentTools {
  const sessions = new AgentSessions(headroom)
  const tools = new Map<string, Required<vscode.LanguageModelTool<unknown>>>()
  return {
    of(tool) {
      const opened = tools.get(tool.name) ?? languageModelTool(tool, sessions)
      tools.set(tool.name, opened)
      return opened
    },
    dispose: () => sessions.dispose(),
  }
}

/** A folder's session: what its agent tried and changed. */
interface FolderSession {
  readonly folder: vscode.WorkspaceFolder
  readonly session: AgentSession
}

/** One session a folder, opened when a model first calls a tool there. */
class AgentSessions implements vscode.Disposable {
  readonly #headroom: Headroom
  readonly #opened = new Map<Inspector, Promise<AgentSession>>()
  readonly #lifetime = vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
    for (const inspector of this.#opened.keys()) {
      if (removed.some(({ uri }) => uri.toString() === inspector.folder.uri.toString()))
        this.#opened.delete(inspector)
    }
  })

  constructor(headroom: Headroom) {
    this.#headroom = headroom
  }

  /** The session of the only folder, or of that of the editor in front. A text says why there is none. */
  async current(): Promise<FolderSession | string> {
    if (!vscode.workspace.isTrusted) return untrusted
    const all = this.#headroom.inspections.all()
    const inspector = all.length === 1 ? all[0] : inFront(all)
    if (inspector === undefined) return all.length === 0 ? noFolder : severalFolders(all)
    const opened = this.#opened.get(inspector) ?? this.#open(inspector)
    this.#opened.set(inspector, opened)
    return { folder: inspector.folder, session: await opened }
  }

  dispose(): void {
    this.#lifetime.dispose()
    this.#opened.clear()
  }

  async #open(inspector: Inspector): Promise<AgentSession> {
    const { workflows } = await import('../workflows.ts')
    const { openSession } = await workflows.agentSession()
    return openSession(new EditorAgentHost(this.#headroom, inspector))
  }
}

/** The folder of the file that is in front; where a panel is, the one folder whose files are in view beside it. */
function inFront(all: readonly Inspector[]): Inspector | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window
  const editors = activeTextEditor === undefined ? visibleTextEditors : [activeTextEditor]
  const folders = editors.map(({ document }) =>
    vscode.workspace.getWorkspaceFolder(document.uri)?.uri.toString(),
  )
  const found = all.filter(({ folder }) => folders.includes(folder.uri.toString()))
  return found.length === 1 ? found[0] : undefined
}

function languageModelTool(
  { name, displayName }: ContributedTool,
  sessions: AgentSessions,
): Required<vscode.LanguageModelTool<unknown>> {
  /** What people were shown, by input. */
  const shown = new Map<string, Confirmation>()
  return {
    async prepareInvocation({ input }, token) {
      const invocationMessage = [displayName, ...subjectOf(input)].join(': ')
      const key = JSON.stringify(input)
      shown.delete(key)
      const confirmation = await confirmationFor(name, input, sessions, token)
      if (confirmation === null) return { invocationMessage }
      shown.set(key, confirmation)
      const { title, message } = confirmation
      return {
        invocationMessage,
        confirmationMessages: { title, message: new vscode.MarkdownString(message) },
      }
    },
    async invoke({ input }, token) {
      const key = JSON.stringify(input)
      const agreed = shown.get(key) ?? null
      shown.delete(key)
      const current = await sessions.current()
      if (typeof current === 'string') return answer(current)
      const { workflows } = await import('../workflows.ts')
      const { invokeTool } = await workflows.agentTools()
      const { text } = await withSignal(token, (signal) =>
        invokeTool(current.session, name, input, {
          signal,
          onProgress: () => undefined,
          confirm: { shown: agreed, accepted: true },
        }),
      )
      if (token.isCancellationRequested) throw new vscode.CancellationError()
      return answer(text, (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? current.folder : null)
    },
  }
}

/** What a call is about, for its line in the chat: a route or a file. */
function subjectOf(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return []
  const { route, file_path: file } = input as Partial<Record<'route' | 'file_path', unknown>>
  const subject = route ?? file
  return typeof subject === 'string' ? [subject.slice(0, 120).replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')] : []
}

/** What a person is to agree to; null also where the call will be refused, which the model is told then. */
async function confirmationFor(
  name: string,
  input: unknown,
  sessions: AgentSessions,
  token: vscode.CancellationToken,
): Promise<Confirmation | null> {
  try {
    const current = await sessions.current()
    if (typeof current === 'string') return null
    const { workflows } = await import('../workflows.ts')
    const { confirmationOf } = await workflows.agentTools()
    const found = await withSignal(token, (signal) => confirmationOf(current.session, name, input, signal))
    return found === null || 'isError' in found ? null : found
  } catch {
    return null
  }
}

async function withSignal<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  if (token.isCancellationRequested) abort.abort()
  const listening = token.onCancellationRequested(() => abort.abort())
  try {
    return await work(abort.signal)
  } finally {
    listening.dispose()
  }
}

// What models read is English, as the tools' own answers are.
const untrusted =
  'REFUSED This workspace is not trusted, and Headroom runs code of the project. Nothing was done.\nnext: ask the person to trust the workspace'
const noFolder =
  'REFUSED No folder on disk is open. Nothing was done.\nnext: ask the person to open the folder of the API'

function severalFolders(all: readonly Inspector[]): string {
  const names = all.map(({ folder }) => JSON.stringify(folder.name)).join(', ')
  return `REFUSED Several folders are open (${names}), and no file of one of them is in front. Nothing was done.\nnext: ask the person to open a file of the API`
}

function answer(text: string, folder: vscode.WorkspaceFolder | null = null): vscode.LanguageModelToolResult {
  const which = folder === null ? [] : [`This is the folder ${JSON.stringify(folder.name)}.`]
  return new vscode.LanguageModelToolResult(
    [text, ...which].map((part) => new vscode.LanguageModelTextPart(part)),
  )
}
