import { readdir, readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { parseAgentTrace, type TracedLines } from '../../provenance/agent-trace.ts'
import { parseGitAiNote, type NotedLines } from '../../provenance/git-ai.ts'
import { commitSource } from '../../provenance/trailers.ts'
import { git } from './git.ts'

/** What a commit says of who wrote its lines. */
export interface Commit {
  readonly parents: readonly string[]
  /** The assistant that it names, in words. */
  readonly source: string | null
  readonly noted: readonly NotedLines[]
}

/** What a repository's history and agents' records say, read once for each state of HEAD, notes and records. */
export interface History {
  /** Names this state. */
  readonly state: string
  readonly head: string
  /** The project's folder within the repository: empty, or with a slash behind it. */
  readonly prefix: string
  readonly commits: ReadonlyMap<string, Commit>
  /** Where blaming may stop: nothing before these commits speaks. */
  readonly silent: readonly string[]
  /** Whether the first commit that is here may not be the first that there was. */
  readonly isShallow: boolean
  readonly traced: readonly TracedLines[]
  /** Whether a file of the project, relative to it, may have lines that any of this speaks of. */
  readonly concerns: (file: string) => boolean
}

const notesRef = 'refs/notes/ai'
const traceFolder = '.agent-trace'
/** Blaming a file walks back through all of them. */
const mostCommits = 2_000
/** Of more commits it takes longer to ask which files they touched than to blame all files. */
const mostTouching = 500
/** More would not fit a command line everywhere; blaming goes back to the beginning then. */
const mostSilent = 200
const mostTraceFiles = 200
const mostTraceBytes = 20_000_000
const fieldsOfCommit = 5

let last: { readonly root: string; readonly history: History } | null = null

/** Reads what a project's repository says; null without git, a repository, or a commit. Repeated, it costs four short calls. */
export async function readHistory(root: string): Promise<History | null> {
  const [folders, head, notes] = await Promise.all([
    git(root, ['rev-parse', '--is-shallow-repository', '--show-prefix', '--show-toplevel']),
    git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    git(root, ['rev-parse', '--verify', '--quiet', notesRef]),
  ])
  if (folders === null || head === null) return null
  const [shallow, prefix = '', top = root] = folders.split('\n')
  const traceFiles = await listTraces(top)
  const state = [top, prefix, head.trim(), notes?.trim() ?? '', ...traceFiles.map(({ state: s }) => s)].join(
    '\0',
  )
  if (last?.root === root && last.history.state === state) return last.history
  const [commits, traced] = await Promise.all([readCommits(root, notes !== null), readTraces(traceFiles)])
  const speaking = speakingCommits(commits, traced)
  const concerned = await concernedFiles(root, speaking, traced)
  const history: History = {
    state,
    head: head.trim(),
    prefix,
    commits,
    silent: silentBefore(commits, speaking),
    isShallow: shallow === 'true',
    traced,
    concerns: (file) => concerned === 'all' || concerned.has(posix.join(prefix, file)),
  }
  last = { root, history }
  return history
}

async function readCommits(root: string, hasNotes: boolean): Promise<Map<string, Commit>> {
  const notes = hasNotes ? `--notes=${notesRef}` : '--no-notes'
  const format = `--format=%H%x00%P%x00%ae%x00%B%x00${hasNotes ? '%N' : ''}`
  const log = await git(root, ['log', '-z', '-n', String(mostCommits), notes, format, 'HEAD', '--'])
  const fields = (log ?? '').split('\0')
  const commits = new Map<string, Commit>()
  for (let at = 0; at + fieldsOfCommit <= fields.length; at += fieldsOfCommit) {
    const [id = '', parents = '', authorEmail = '', message = '', note = ''] = fields.slice(
      at,
      at + fieldsOfCommit,
    )
    // A note with a zero byte in it would shift all that follows.
    if (!/^[0-9a-f]{40,64}$/.test(id)) break
    const source = commitSource({ authorEmail, message })
    commits.set(id, {
      parents: parents.split(' ').filter((parent) => parent !== ''),
      source,
      noted: note === '' ? [] : parseGitAiNote(note),
    })
  }
  return commits
}

interface TraceFile {
  readonly path: string
  readonly state: string
}

async function listTraces(top: string): Promise<TraceFile[]> {
  const names = await readdir(join(top, traceFolder)).catch(() => [])
  const files = names.filter((name) => /\.jsonl?$/.test(name)).toSorted()
  const found = await Promise.all(
    files.slice(0, mostTraceFiles).map(async (name) => {
      const path = join(top, traceFolder, name)
      const there = await stat(path).catch(() => null)
      if (there === null || !there.isFile() || there.size > mostTraceBytes) return []
      return [{ path, state: `${name}:${there.size}:${there.mtimeMs}` }]
    }),
  )
  return found.flat()
}

async function readTraces(files: readonly TraceFile[]): Promise<TracedLines[]> {
  const texts = await Promise.all(files.map(({ path }) => readFile(path, 'utf8').catch(() => '')))
  return texts.flatMap((text) => parseAgentTrace(text)).filter(({ revision }) => revision !== null)
}

/** The commits that say something of who wrote their lines, or that a record may mean. */
function speakingCommits(
  commits: ReadonlyMap<string, Commit>,
  traced: readonly TracedLines[],
): ReadonlySet<string> {
  const revisions = new Set(traced.map(({ revision }) => revision))
  const speaking = [...commits].filter(
    ([id, { source, noted, parents }]) =>
      source !== null || noted.length > 0 || [id, ...parents].some((each) => revisions.has(each)),
  )
  return new Set(speaking.map(([id]) => id))
}

/** The parents of the oldest commits that blaming has to look at; `commits` are the newest first. */
function silentBefore(commits: ReadonlyMap<string, Commit>, speaking: ReadonlySet<string>): string[] {
  const ids = [...commits.keys()]
  const looked = new Set(ids.slice(0, ids.findLastIndex((id) => speaking.has(id)) + 1))
  const parents = [...looked].flatMap((id) => commits.get(id)?.parents ?? [])
  const silent = [...new Set(parents)].filter((id) => !looked.has(id))
  return silent.length > mostSilent ? [] : silent
}

/** The files, relative to the repository, that speaking commits and records touch. */
async function concernedFiles(
  root: string,
  speaking: ReadonlySet<string>,
  traced: readonly TracedLines[],
): Promise<ReadonlySet<string> | 'all'> {
  if (speaking.size > mostTouching) return 'all'
  const ids = [...speaking].map((id) => `${id}\n`).join('')
  const args = ['diff-tree', '--stdin', '--root', '-r', '-z', '--no-commit-id', '--name-only', '--no-renames']
  const [touched, present] = await Promise.all([
    ids === '' ? '' : git(root, args, { input: ids }),
    git(root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', 'HEAD']),
  ])
  if (touched === null || present === null) return 'all'
  const files = new Set([
    ...touched.split('\0').filter((name) => name !== ''),
    ...traced.map(({ file }) => file),
  ])
  const there = new Set(present.split('\0'))
  // What stood in a file that is gone may stand in any other now: git follows it there.
  return [...files].some((file) => isSource(file) && !there.has(file)) ? 'all' : files
}

function isSource(file: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(file)
}
