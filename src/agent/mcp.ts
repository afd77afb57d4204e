import { randomUUID } from 'node:crypto'
import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  isSpecType,
  Server,
  specTypeSchemas,
  type CallToolResult,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { AskedBefore } from './confirmed.ts'
import type { ToolDefinition } from './definitions.ts'
import type { InvokeOptions, ToolAnswer } from './invoke.ts'
import { questionText } from './question.ts'
import type { Confirmation } from './tool.ts'

/** What the server serves. The tools are given to it, so that its bundle holds the protocol alone. */
export interface McpService {
  readonly version: string
  /** For the model, when it connects. */
  readonly instructions: string
  readonly definitions: readonly ToolDefinition[]
  /** Whether the client's person is asked where the client can; else its own permission is the person's yes. */
  readonly asks: boolean
  /** What a person must agree to, null where nothing must; an answer where the call would be refused. */
  confirmationOf(name: string, input: unknown, signal: AbortSignal): Promise<Confirmation | ToolAnswer | null>
  invoke(name: string, input: unknown, options: InvokeOptions): Promise<ToolAnswer>
  /** For errors of the protocol; they go to stderr. */
  log(line: string): void
}

export interface McpServing {
  /** Ends the connection; calls under way are aborted. Resolves when they have ended. */
  close(): Promise<void>
}

/** Serves the tools over stdin and stdout until the connection ends. */
export function serveMcp(service: McpService): McpServing {
  const calls = new Set<Promise<unknown>>()
  const questions = new OpenQuestions()
  const abort = new AbortController()
  const handle = serveStdio(() => serverOf(service, questions, abort.signal, (call) => keep(calls, call)), {
    onerror: (error) => service.log(error.message),
  })
  return {
    async close() {
      abort.abort()
      await handle.close()
      await Promise.allSettled(calls)
    },
  }
}

async function keep<T>(calls: Set<Promise<unknown>>, call: Promise<T>): Promise<T> {
  calls.add(call)
  try {
    return await call
  } finally {
    calls.delete(call)
  }
}

/** One server for a connection, of either revision of the protocol. */
function serverOf(
  service: McpService,
  questions: OpenQuestions,
  closing: AbortSignal,
  kept: <T>(call: Promise<T>) => Promise<T>,
): Server {
  const { version, instructions, definitions } = service
  const server = new Server(
    { name: 'headroom', title: 'Headroom', version },
    { capabilities: { tools: {} }, instructions },
  )
  server.setRequestHandler('tools/list', () => ({ tools: definitions.map(asTool) }))
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const { name, arguments: input = {} } = params
    const signal = AbortSignal.any([closing, context.mcpReq.signal])
    const call = JSON.stringify([name, input])
    let confirm = questions.answered(context.mcpReq.inputResponses, call)
    if (confirm?.accepted === false) return resultOf(notAgreed(definitions, name))
    if (confirm === null && service.asks && canAsk(server, context)) {
      const confirmation = await kept(service.confirmationOf(name, input, signal))
      if (confirmation !== null && 'isError' in confirmation) return resultOf(confirmation)
      if (confirmation !== null) return questions.ask(call, confirmation)
      confirm = { shown: null, accepted: true }
    }
    return resultOf(
      await kept(service.invoke(name, input, { signal, onProgress: progressOf(context), confirm })),
    )
  })
  return server
}

/** Nobody may have been asked: `claude -p` and `codex exec` answer no by themselves. */
function notAgreed(definitions: readonly ToolDefinition[], name: string): ToolAnswer {
  const title = definitions.find((each) => each.name === name)?.title ?? 'this call'
  const text = [
    `REFUSED Nobody agreed to it: ${title}. Nothing was done.`,
    'next: ask the person what to do instead, and do not call it again unasked; where the client runs without a person, only they can allow it, with headroom mcp --unattended',
  ].join('\n')
  return { text, isError: true }
}

function resultOf({ text, isError }: ToolAnswer): CallToolResult {
  return { content: [{ type: 'text', text }], isError }
}

function asTool({ name, title, description, readOnly, destructive, inputSchema }: ToolDefinition): Tool {
  const annotations = { title, readOnlyHint: readOnly, destructiveHint: destructive, openWorldHint: false }
  const tool: unknown = { name, title, description, inputSchema, annotations }
  if (!isSpecType.Tool(tool)) throw new Error(`${name} is no tool that the protocol knows.`)
  return tool
}

/** Whether the client can show a question to its person; where it can't, its own permission is the person's yes. */
function canAsk(server: Server, { mcpReq: { envelope } }: ServerContext): boolean {
  const declared: Readonly<Record<string, unknown>> = envelope ?? {}
  const own = specTypeSchemas.ClientCapabilities['~standard'].validate(declared[CLIENT_CAPABILITIES_META_KEY])
  const capabilities = own.issues === undefined ? own.value : server.getClientCapabilities()
  const elicitation = capabilities?.elicitation
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
}

/** More are open at the same time only where a client never answers. */
const mostQuestions = 50

/** What people were shown and haven't answered yet. Each question has a name of its own, so that two of one call stay two. */
class OpenQuestions {
  readonly #shown = new Map<string, { readonly call: string; readonly confirmation: Confirmation }>()

  ask(call: string, confirmation: Confirmation) {
    const [oldest] = this.#shown.keys()
    if (this.#shown.size >= mostQuestions && oldest !== undefined) this.#shown.delete(oldest)
    const id = `agree-${randomUUID()}`
    this.#shown.set(id, { call, confirmation })
    const agree = inputRequired.elicit({
      mode: 'form',
      message: questionText(confirmation),
      requestedSchema: { type: 'object', properties: {} },
    })
    return inputRequired({ inputRequests: { [id]: agree } })
  }

  /** What was said to a question, which is over by that; null where the client brings no answer. */
  answered(responses: ServerContext['mcpReq']['inputResponses'], call: string): AskedBefore | null {
    for (const id of Object.keys(responses ?? {})) {
      const response = inputResponse(responses, id)
      if (response.kind !== 'elicit') continue
      const asked = this.#shown.get(id)
      this.#shown.delete(id)
      const shown = asked?.call === call ? asked.confirmation : null
      return { shown, accepted: response.action === 'accept' }
    }
    return null
  }
}

/** Tells the client what is being done, where it wants to know. */
function progressOf({ mcpReq }: ServerContext): (activity: string) => void {
  // oxlint-disable-next-line no-underscore-dangle -- the protocol's own name
  const token = mcpReq._meta?.progressToken
  if (token === undefined) return () => undefined
  let progress = 0
  return (message) => {
    progress += 1
    const params = { progressToken: token, progress, message }
    // A client that is gone needs no progress.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
  }
}
