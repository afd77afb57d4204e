import * as l10n from '@vscode/l10n'
import { Failure, failureData } from '../model/failure.ts'
import { throwUnlessShown, type AskedBefore } from './confirmed.ts'
import { parseInput } from './input.ts'
import { nextAfter } from './next-steps.ts'
import { oneLine } from './one-line.ts'
import type { AgentSession } from './session.ts'
import type { AgentTool, Confirmation, ToolContext } from './tool.ts'
import { tools } from './tools/index.ts'

/** What a model gets of a call. Errors are text as well: they say what to do next. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
}

/** How a face carries a call: how it is cancelled, who sees what is being done, and who is asked. */
export interface InvokeOptions {
  readonly signal: AbortSignal
  readonly onProgress: (activity: string) => void
  /** Asks a person; false where they decline. Null where the face can't ask, and the client's own permission is their yes. */
  readonly confirm: ((confirmation: Confirmation) => Promise<boolean>) | AskedBefore | null
}

const mostLines = 40
const mostCharacters = 200

/**
 * Calls a tool as a model asked for it, from the input as it came. Never throws: whatever is refused or fails is an answer
 * with `isError`, a sentence and a line `next:`.
 */
export async function invokeTool(
  session: AgentSession,
  name: string,
  rawInput: unknown,
  { signal, onProgress, confirm }: InvokeOptions,
): Promise<ToolAnswer> {
  const context: ToolContext = {
    session,
    signal,
    onProgress: (activity) => onProgress(oneLine(activity, mostCharacters)),
  }
  try {
    const tool = toolNamed(name)
    const input = parseInput(tool, rawInput)
    throwIfStopped(signal)
    const confirmation = confirm === null ? null : await tool.confirm(input, context)
    if (confirmation !== null && !(await isAgreed(confirm, confirmation))) throw declined(tool)
    throwIfStopped(signal)
    return { text: answerText(await tool.run(input, context)), isError: false }
  } catch (error) {
    return { text: errorText(error), isError: true }
  }
}

async function isAgreed(confirm: InvokeOptions['confirm'], confirmation: Confirmation): Promise<boolean> {
  if (confirm === null) return true
  if (typeof confirm === 'function') return confirm(confirmation)
  if (confirm.accepted) throwUnlessShown(confirm, confirmation)
  return confirm.accepted
}

/**
 * What a person must agree to before a call, or null where nothing must. Nothing is changed for it. Never throws: where the
 * call would be refused, it is the answer that says so.
 */
export async function confirmationOf(
  session: AgentSession,
  name: string,
  rawInput: unknown,
  signal: AbortSignal = new AbortController().signal,
): Promise<Confirmation | ToolAnswer | null> {
  try {
    const tool = toolNamed(name)
    return await tool.confirm(parseInput(tool, rawInput), { session, signal, onProgress: () => undefined })
  } catch (error) {
    return { text: errorText(error), isError: true }
  }
}

/** A failure as the model reads it: the sentence, and what to do next. */
export function errorText(error: unknown): string {
  const { code, message, forModels = message } = failureData(error)
  return answerText([`REFUSED ${oneLine(forModels, 300)}`, `next: ${nextAfter({ code })}`], 310)
}

/** Lines cut in number and length; the last one, which says what comes next, is always kept. */
function answerText(lines: readonly string[], longest = mostCharacters): string {
  const kept =
    lines.length <= mostLines
      ? lines
      : [
          ...lines.slice(0, mostLines - 2),
          `… ${lines.length - mostLines + 1} more lines left out`,
          ...lines.slice(-1),
        ]
  return kept.map((line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line, longest)}`).join('\n')
}

function toolNamed(name: string): AgentTool {
  const found = tools.find((tool) => tool.name === name)
  if (found !== undefined) return found
  const known = tools.map((tool) => tool.name).join(', ')
  throw new Failure('HR_INPUT', l10n.t('There is no tool {0}. Use one of: {1}.', oneLine(name, 60), known))
}

function declined({ title }: AgentTool): Failure {
  return new Failure('HR_DECLINED', l10n.t('A person declined: {0}. Nothing was done.', title))
}

function throwIfStopped(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new Failure('HR_STOPPED', l10n.t('Stopped. Nothing was done.'), { exitCode: 3 })
}
