import type { GenericSchema } from 'valibot'
import type { AgentSession } from './session.ts'

/** What a person is asked before a tool changes something or sends load. Markdown; shows targets, databases, row counts. */
export interface Confirmation {
  readonly title: string
  readonly message: string
  /** What a yes is bound to beside the names in the message, and is too long or too dull to be read. */
  readonly binding?: string
}

export interface ToolContext {
  readonly session: AgentSession
  readonly signal: AbortSignal
  /** One line of what is being done now, for people. */
  readonly onProgress: (activity: string) => void
}

/**
 * One tool, as models call it. The same definition is served as a language model tool of the editor and by the MCP server.
 * Whatever a tool refuses it throws as a `Failure`; `invoke.ts` tells the model what to do next.
 */
export interface AgentTool<Input = unknown> {
  readonly name: `headroom_${string}`
  /** For people: `Load Test Endpoint`. */
  readonly title: string
  /** For models: what it does, when to use it, what comes back. */
  readonly description: string
  /** Strict: what the schema doesn't name is refused. Every field has a description. */
  readonly input: GenericSchema<unknown, Input>
  /** Whether nothing outside of Headroom's own memory changes. */
  readonly readOnly: boolean
  /** Whether what it changes may replace what was there: code, or data by requests. Adding rows does not. */
  readonly destructive: boolean
  /** What must be agreed to, worked out without changing anything; null where nothing must. */
  confirm(input: Input, context: ToolContext): Promise<Confirmation | null>
  /** The lines that the model gets, the verdict or result first, the next step last. At most 40 are sent. */
  run(input: Input, context: ToolContext): Promise<readonly string[]>
}
