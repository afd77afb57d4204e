/** Who called the hook. The words are those of the evidence: `Claude Code hook`. */
export type HookCaller = 'Claude Code' | 'Cursor' | 'VS Code' | 'Codex'

/** A part of a file that an agent replaced. Holds code, so that it lives in memory only. */
export interface WrittenPiece {
  readonly before: string
  readonly after: string
  /** Whether every occurrence was replaced. */
  readonly everywhere: boolean
  /** The line, from 1, where it stood when the agent was done; null where the event doesn't say. */
  readonly line: number | null
}

/** What an agent did to one file. */
export interface AgentWrite {
  /** As the event has it: absolute, or relative to the agent's folder. */
  readonly path: string
  readonly pieces: readonly WrittenPiece[]
}

/** What is taken from an agent's event. Prompts, transcripts and session ids stay behind. */
export interface HookEvent {
  readonly caller: HookCaller
  /** The folders that the agent works in, the surest first. */
  readonly folders: readonly string[]
  readonly writes: readonly AgentWrite[]
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the event that an agent's hook gets: `PostToolUse` of Claude Code, VS Code and Codex, `afterFileEdit` of Cursor.
 * Null where the text is no such event at all; an event of another tool has no writes. Never throws.
 */
export function parseHookEvent(text: string): HookEvent | null {
  const event = fieldsOf(parsed(text))
  const name = event['hook_event_name'] ?? event['hookEventName']
  if (typeof name !== 'string') return null
  const folders = [...listOf(event['workspace_roots']), event['cwd']].filter(isText)
  const caller = callerOf(event)
  if (name === 'afterFileEdit') {
    const edits = listOf(event['edits']).map(fieldsOf).map(replacement)
    return { caller, folders, writes: writesOf(event['file_path'], edits) }
  }
  return { caller, folders, writes: name === 'PostToolUse' ? toolWrites(event) : [] }
}

/** The shapes differ enough to tell who calls, also where one agent reads the settings of another. */
function callerOf(event: Fields): HookCaller {
  if ('cursor_version' in event || 'workspace_roots' in event || event['hook_event_name'] === 'afterFileEdit')
    return 'Cursor'
  const input = fieldsOf(event['tool_input'])
  if ('turn_id' in event || (event['tool_name'] === 'apply_patch' && 'command' in input)) return 'Codex'
  const isEditor = 'hookEventName' in event || 'timestamp' in event || 'filePath' in input
  return isEditor || 'replacements' in input || event['tool_name'] === 'apply_patch'
    ? 'VS Code'
    : 'Claude Code'
}

function toolWrites(event: Fields): readonly AgentWrite[] {
  const input = fieldsOf(event['tool_input'])
  if (event['tool_name'] === 'apply_patch') return patchWrites(input['command'] ?? input['input'])
  const replacements = listOf(input['replacements']).map(fieldsOf)
  if (replacements.length > 0)
    return replacements.flatMap((each) => writesOf(pathOf(each) ?? pathOf(input), [replacement(each)]))
  const edits = listOf(input['edits']).map(fieldsOf)
  const response = fieldsOf(event['tool_response'])
  const hunks = listOf(response['structuredPatch']).map(fieldsOf)
  if (hunks.length > 0) return writesOf(pathOf(input), hunks.map(patchedPiece))
  if (edits.length > 0) return writesOf(pathOf(input), edits.map(replacement))
  const content = input['content']
  if (isText(content)) return writesOf(pathOf(input), [{ ...nothing, after: content }])
  return isText(input['new_string'] ?? input['newString'])
    ? writesOf(pathOf(input), [replacement(input)])
    : []
}

const nothing: WrittenPiece = { before: '', after: '', everywhere: false, line: null }

function replacement(edit: Fields): WrittenPiece {
  const before = edit['old_string'] ?? edit['oldString']
  const after = edit['new_string'] ?? edit['newString']
  return {
    before: isText(before) ? before : '',
    after: isText(after) ? after : '',
    everywhere: edit['replace_all'] === true,
    line: null,
  }
}

/** A hunk of Claude Code's `structuredPatch`. */
function patchedPiece(hunk: Fields): WrittenPiece {
  const start = hunk['newStart']
  return { ...pieceOf(listOf(hunk['lines']).filter(isText)), line: typeof start === 'number' ? start : null }
}

/** Lines that begin with a blank, `-` or `+`. */
function pieceOf(lines: readonly string[]): WrittenPiece {
  const side = (left: string): string =>
    lines
      .filter((line) => line !== '\\ No newline at end of file' && !line.startsWith(left))
      .map((line) => line.slice(1))
      .join('\n')
  return { ...nothing, before: side('+'), after: side('-') }
}

const patchFile = /^\*\*\* (Add|Update|Delete) File: (.+)$/
const patchMove = /^\*\*\* Move to: (.+)$/

/** The patch format of `apply_patch`: files between `*** … File:` lines, hunks between `@@` lines. */
function patchWrites(patch: unknown): readonly AgentWrite[] {
  if (!isText(patch)) return []
  const files: { path: string; hunks: string[][] }[] = []
  for (const line of patch.split(/\r?\n/)) {
    const [, kind, path = ''] = patchFile.exec(line) ?? []
    const current = files.at(-1)
    const [, moved] = patchMove.exec(line) ?? []
    if (kind !== undefined) files.push({ path, hunks: kind === 'Delete' ? [] : [[]] })
    else if (current === undefined || line.startsWith('*** ')) {
      if (current !== undefined && moved !== undefined) current.path = moved
    } else if (line.startsWith('@@')) current.hunks.push([])
    else if (/^[ +-]/.test(line)) current.hunks.at(-1)?.push(line)
  }
  return files.flatMap(({ path, hunks }) =>
    writesOf(path, hunks.filter((lines) => lines.length > 0).map(pieceOf)),
  )
}

function writesOf(path: unknown, pieces: readonly WrittenPiece[]): readonly AgentWrite[] {
  return isText(path) && path !== '' && pieces.length > 0 ? [{ path, pieces }] : []
}

function pathOf(fields: Fields): unknown {
  return fields['file_path'] ?? fields['filePath']
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
