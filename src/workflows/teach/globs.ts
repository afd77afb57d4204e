import { posix } from 'node:path'
import type { Route } from '../../model/route.ts'

const mostGlobs = 8

/**
 * The files with a project's routes and handlers, as globs relative to it for `applyTo` of an instructions file: files that
 * stand alone by name, others by their folder and extension; few and wide ones where there would be many.
 */
export function routeGlobs(routes: readonly Route[]): string[] {
  const files = [...new Set(routes.flatMap(({ file, handler }) => [file, handler?.file ?? file]))]
  const byFolder = Map.groupBy(files, (file) => posix.dirname(file))
  const narrow = [...byFolder].flatMap(([folder, inside]) =>
    inside.length === 1 ? inside.map(literal) : inside.map((file) => below(folder, file)),
  )
  const globs = unique(narrow)
  if (globs.length <= mostGlobs) return globs
  const wide = unique(files.map((file) => below(file.split('/')[0] ?? '.', file)))
  return wide.length <= mostGlobs ? wide : unique(files.map((file) => below('.', file)))
}

/** A file as a glob of its own; where its name means something in a glob, the folder above that. */
function literal(file: string): string {
  return isPlain(file) ? file : below(posix.dirname(file), file)
}

/** Everything of a file's kind below a folder, or below what of the folder's name is plain: `app/[id]` is a pattern. */
function below(folder: string, file: string): string {
  const segments = folder === '.' ? [] : folder.split('/')
  const odd = segments.findIndex((segment) => !isPlain(segment))
  const plain = odd === -1 ? segments : segments.slice(0, odd)
  return [...plain, '**', `*${posix.extname(file)}`].join('/')
}

function isPlain(text: string): boolean {
  return /^[\w./@+~ -]+$/.test(text)
}

/** In order, without those that a wider one of them holds. */
function unique(globs: readonly string[]): string[] {
  const all = [...new Set(globs)].toSorted()
  return all.filter((glob) => !all.some((other) => other !== glob && holds(other, glob)))
}

/** Whether `src/**\/*.ts` holds `src/routes/**\/*.ts` or `src/app.ts`. */
function holds(wide: string, glob: string): boolean {
  const [folder, name] = wide.split('**/')
  return name !== undefined && glob.startsWith(folder ?? '') && glob.endsWith(name.slice(1))
}
