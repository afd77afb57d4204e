import * as l10n from '@vscode/l10n'
import { isBare, readJson, withoutValue, withValue, type JsonPath } from '../json-edit.ts'

/** What becomes of one file: its new text, or why it is left alone, in one sentence. Null stands for no file. */
export type Edited = { readonly text: string | null } | { readonly problem: string }

/** One entry of Headroom's in a file that others write to as well. */
export interface SetupEntry {
  /** The text with the entry in it, as this version writes it. An entry of an older version is brought up to date. */
  add(text: string): Edited
  /** The text without it, and without what only held it. */
  remove(text: string): Edited
}

type Fields = Readonly<Record<string, unknown>>

/** A tool server, at `key` in a JSON file. What others have added to our server stays. */
export function serverEntry(file: string, key: string, server: Fields): SetupEntry {
  const path = [key, 'headroom']
  return {
    add: (whole) =>
      edit(file, whole, (root, text) => {
        const existing = at(root, path)
        if (key in root && !isFields(root[key])) return unexpected(file, key)
        if (isForeign(existing, server))
          return { problem: l10n.t('{0} has another server named headroom; it is left alone.', file) }
        if (!isFields(existing)) return { text: withValue(text, path, server) }
        const outdated = Object.keys(server).filter(
          (each) => JSON.stringify(existing[each]) !== JSON.stringify(server[each]),
        )
        return {
          text: outdated.reduce((edited, each) => withValue(edited, [...path, each], server[each]), text),
        }
      }),
    remove: (whole) =>
      edit(file, whole, (root, text) => {
        const existing = at(root, path)
        return { text: existing === undefined || isForeign(existing, server) ? text : pruned(text, path) }
      }),
  }
}

/** A server that somebody else named like ours: one at a URL, or another program. */
function isForeign(existing: unknown, ours: Fields): boolean {
  if (!isFields(existing)) return false
  const own = wordsOf(ours).filter((word) => /[\\/]/.test(word))
  return !wordsOf(existing).some((word) => own.includes(word) || ownProgram.test(word))
}

/** The command and its arguments; none of a server at a URL. */
function wordsOf({ command, args }: Fields): string[] {
  if (typeof command !== 'string') return []
  return [command, ...(Array.isArray(args) ? args : [])].filter((word) => typeof word === 'string')
}

/** As this version and older ones name Headroom's command line. */
const ownProgram = /^headroom$|(?:^|[\\/])cli\.cjs$/

/** One of Headroom's commands in a list of hooks. */
export interface HookPlace {
  readonly file: string
  /** The list that holds it. */
  readonly list: readonly string[]
  readonly hook: Fields & { readonly command: string }
  /** Where lists hold groups of hooks: which tools a group is for. */
  readonly matcher: string | null
  /** What the file needs beside it. */
  readonly constants: Fields
}

/** A hook in a JSON file, alone or in a group with a matcher. */
export function hookEntry({ file, list, hook, matcher, constants }: HookPlace): SetupEntry {
  const added = matcher === null ? hook : { matcher, hooks: [hook] }
  return {
    add: (whole) =>
      edit(file, whole, (root, text) => {
        const [outer = ''] = list
        if (outer in root && !isFields(root[outer])) return unexpected(file, outer)
        const items = at(root, list)
        if (items !== undefined && !Array.isArray(items)) return unexpected(file, list.join('.'))
        const ours = hooksIn(root, list, hook.command)
        const [path] = ours
        const missing = Object.keys(constants).filter((each) => !(each in root))
        const complete = missing.reduce((edited, each) => withValue(edited, [each], constants[each]), text)
        if (path === undefined)
          return { text: withValue(complete, [...list, Number.MAX_SAFE_INTEGER], added) }
        return { text: updated(complete, root, path) }
      }),
    remove: (whole) =>
      edit(file, whole, (root, text) => {
        // From the back, so that the indexes before stay true.
        return { text: hooksIn(root, list, hook.command).toReversed().reduce(pruned, text) }
      }),
  }

  /** Brings a hook of ours up to date, and the matcher of a group that holds nothing else. */
  function updated(text: string, root: Fields, path: JsonPath): string {
    const current = Object.keys(hook).reduce((edited, each) => {
      const is = JSON.stringify(at(root, [...path, each])) === JSON.stringify(hook[each])
      return is ? edited : withValue(edited, [...path, each], hook[each])
    }, text)
    const group = path.slice(0, -2)
    const isAlone = matcher !== null && at(root, [...group, 'hooks', 1]) === undefined
    return isAlone && at(root, [...group, 'matcher']) !== matcher
      ? withValue(current, [...group, 'matcher'], matcher)
      : current
  }
}

/** The paths of all hooks of ours, of this version or another, in a list of hooks or of groups of them. */
function hooksIn(root: Fields, list: readonly string[], command: string): JsonPath[] {
  const items = at(root, list)
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown, index): JsonPath[] => {
    if (isOwnHook(item, command)) return [[...list, index]]
    const inner = isFields(item) ? item['hooks'] : undefined
    if (!Array.isArray(inner)) return []
    return inner.flatMap((each: unknown, place) =>
      isOwnHook(each, command) ? [[...list, index, 'hooks', place]] : [],
    )
  })
}

const ownHook =
  /^(?:npx (?:--no-install )?headroom hook|node (?:"[^"]*|\S*)[\\/](?:headroom-hook\.cjs"?|headroom[^\\/]*[\\/]dist[\\/]cli\.cjs"? hook))$/

function isOwnHook(item: unknown, command: string): boolean {
  const said = isFields(item) ? item['command'] : undefined
  return typeof said === 'string' && (said === command || ownHook.test(said))
}

/** Takes a value out, and then whatever held nothing else. */
function pruned(text: string, path: JsonPath): string {
  let edited = withoutValue(text, path)
  let holder = path.slice(0, -1)
  while (holder.length > 0 && isBare(edited, holder)) {
    // A group without hooks is for nothing.
    const emptied = typeof holder.at(-2) === 'number' ? holder.slice(0, -1) : holder
    edited = withoutValue(edited, emptied)
    holder = emptied.slice(0, -1)
  }
  return edited
}

function edit(file: string, marked: string, change: (root: Fields, text: string) => Edited): Edited {
  const mark = marked.startsWith('\uFEFF') ? '\uFEFF' : ''
  const text = marked.slice(mark.length)
  const read = readJson(text)
  if ('brokenLine' in read) {
    return { problem: l10n.t('{0} is not JSON at line {1}; it is left alone.', file, read.brokenLine) }
  }
  const root = text.trim() === '' ? {} : read.value
  if (!isFields(root)) return { problem: l10n.t('{0} holds no object; it is left alone.', file) }
  const edited = change(root, text)
  return 'text' in edited && edited.text !== null ? { text: mark + edited.text } : edited
}

function unexpected(file: string, key: string): Edited {
  return {
    problem: l10n.t('"{0}" in {1} has another form than expected; the file is left alone.', key, file),
  }
}

function at(root: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
