import type { SourceFile } from 'ts-morph'
import { isSupportFile } from '../../../source-tree.ts'
import { Topic } from '../../memo.ts'
import { fileOf, type Program } from '../../program.ts'

/** What a file of a Next.js application serves, by where it stands. */
export interface NextFile {
  readonly kind: 'route' | 'page' | 'layout' | 'api' | 'pages-page'
  readonly path: string
  /** The folder that the path begins in: `apps/web/src/app`. */
  readonly root: string
  readonly file: SourceFile
}

const appName = /^(route|page|layout)\.[cm]?[jt]sx?$/
const pageName = /^(.+)\.[cm]?[jt]sx?$/

/** All files that answer requests because of their place: `app/**`/`pages/**` of each Next.js application. */
export function nextFiles(program: Program): NextFile[] {
  if (!isNextProgram(program)) return []
  return program.sourceFiles().flatMap((file): NextFile[] => {
    const name = fileOf(file)
    if (isSupportFile(name)) return []
    return [inApp(file, program) ?? inPages(file, program)].filter((found) => found !== null)
  })
}

/** The path of the page whose folder a file stands in or below, `/` outside of the `app` folder. */
export function pageFolderOf(file: SourceFile, program: Program): string {
  const folders = fileOf(file).split('/').slice(0, -1)
  const start = startOf(folders, 'app', program)
  return start === null ? '/' : (appPath(folders.slice(start + 1), true) ?? '/')
}

/** Whether the program has a Next.js application: a dependency, a configuration or an import tells. */
function isNextProgram(program: Program): boolean {
  if (program.filesWith(/(?:from|require\() ?['"]next(?:\/|['"])/).length > 0) return true
  return program.memo.recall(nextPrograms, 'all', () =>
    program.sourceFiles().some((file) => {
      const name = fileOf(file)
      if (/(?:^|\/)next\.config\.[cm]?[jt]s$/.test(name)) return true
      return /(?:^|\/)(?:app|pages)\//.test(name) && program.dependencyVersion(name, 'next') !== null
    }),
  )
}

const nextPrograms = new Topic<boolean>(false)

function inApp(file: SourceFile, program: Program): NextFile | null {
  const segments = fileOf(file).split('/')
  const kind = appName.exec(segments.at(-1) ?? '')?.[1]
  const folders = segments.slice(0, -1)
  const start = kind ? startOf(folders, 'app', program) : null
  if (start === null) return null
  const path = appPath(folders.slice(start + 1), false)
  const root = folders.slice(0, start + 1).join('/')
  return path === null
    ? null
    : { kind: kind === 'route' || kind === 'layout' ? kind : 'page', path, root, file }
}

function inPages(file: SourceFile, program: Program): NextFile | null {
  const segments = fileOf(file).split('/')
  const folders = segments.slice(0, -1)
  const start = startOf(folders, 'pages', program)
  const name = pageName.exec(segments.at(-1) ?? '')?.[1]
  if (start === null || name === undefined || name.startsWith('_') || name.endsWith('.d')) return null
  const below = [...folders.slice(start + 1), ...(name === 'index' ? [] : [name])]
  const kind = folders[start + 1] === 'api' ? 'api' : 'pages-page'
  return { kind, path: pathOf(below), root: folders.slice(0, start + 1).join('/'), file }
}

/**
 * Where the folder stands that paths begin in: directly in an application, or in its `src`. An application has a
 * configuration of Next's or depends on it; where none can be seen, the first such folder counts.
 */
function startOf(folders: readonly string[], name: 'app' | 'pages', program: Program): number | null {
  const candidates = folders.flatMap((folder, index) => (folder === name ? [index] : []))
  const known = candidates.find((index) => {
    const above = folders.slice(0, index)
    const application = above.at(-1) === 'src' ? above.slice(0, -1) : above
    return ['js', 'mjs', 'ts', 'cjs'].some((ending) =>
      program.sourceFile([...application, `next.config.${ending}`].join('/')),
    )
  })
  return known ?? candidates[0] ?? null
}

/** The path of folders below `app`; null for private folders and for intercepted routes, which others answer. */
function appPath(folders: readonly string[], isLenient: boolean): string | null {
  const shown = folders.filter((folder) => !/^\([^.)]*\)$|^@/.test(folder))
  const end = shown.findIndex((folder) => folder.startsWith('_') || /^\(\.+\)/.test(folder))
  if (end >= 0 && !isLenient) return null
  return pathOf(end < 0 ? shown : shown.slice(0, end))
}

/** `users/[id]/[...rest]` as `/users/:id/:rest*`. */
function pathOf(segments: readonly string[]): string {
  const parts = segments.map((segment) =>
    segment
      .replace(/^\[?\[\.\.\.([^\]]+)\]\]?$/, (_, name: string) => `:${parameter(name)}*`)
      .replace(/\[([^\]]+)\]/g, (_, name: string) => `:${parameter(name)}`),
  )
  return `/${parts.join('/')}`
}

function parameter(name: string): string {
  return name.replace(/\W/g, '_')
}
