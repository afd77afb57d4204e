import { isDeepStrictEqual } from 'node:util'
import { openAnalysis } from '../../src/analysis/client.ts'
import type { Overlay } from '../../src/model/source.ts'
import type { GeneratedFile } from './generated/application.ts'

const editCount = 15
const editedLayers = ['service', 'controller', 'repository', 'mapper', 'router'] as const

/** What is added to the first function of a file: a comment, work of one's own, and a call in a loop. */
const statements = [
  '  // A comment that changes nothing.',
  '  const startedAtMoment = performance.now()\n  console.log(startedAtMoment)',
  "  for (const url of ['/a', '/b']) await fetch(url)",
]

/**
 * How long checks take that each follow an edit of one more file, as an editor sends them: the edited text in place of
 * the file on disk. The analysis has read the folder before. Throws where it ends up with another report than an
 * analysis that starts with the edited files.
 */
export async function measureReanalysis(
  folder: string,
  files: readonly GeneratedFile[],
): Promise<readonly number[]> {
  const all = edits(files)
  const times: number[] = []
  const kept = openAnalysis(folder)
  const fresh = openAnalysis(folder)
  try {
    const before = await kept.check({})
    let after = before
    for (const count of all.keys()) {
      const overlays = all.slice(0, count + 1)
      const startedAt = performance.now()
      after = await kept.check({ overlays })
      times.push(performance.now() - startedAt)
    }
    if (isDeepStrictEqual(after, before)) throw new Error('The check did not see the edits.')
    if (!isDeepStrictEqual(after, await fresh.check({ overlays: all })))
      throw new Error('A check after edits finds something else than one that starts afresh.')
    return times
  } finally {
    await Promise.all([kept.dispose(), fresh.dispose()])
  }
}

/** Edits of files all over the application, the same in every run. */
export function edits(files: readonly GeneratedFile[]): Overlay[] {
  return Array.from({ length: editCount }, (_, index) => {
    const layer = editedLayers[index % editedLayers.length]
    const candidates = files.filter(({ path }) => path.endsWith(`.${layer}.ts`))
    const file = candidates[(index * 17 + 3) % candidates.length]
    if (file === undefined) throw new Error(`The generated application has no ${layer}.`)
    return { file: file.path, text: edited(file.text, statements[index % statements.length] ?? '') }
  })
}

function edited(text: string, statement: string): string {
  const routerEnd = text.indexOf('\nexport default router')
  if (routerEnd >= 0)
    return `${text.slice(0, routerEnd)}\nrouter.get('/added', controller.page)${text.slice(routerEnd)}`
  const line = /^(?:export )?(?:async )?function .*\{$/m.exec(text)
  if (line === null) throw new Error('The file to edit has no function.')
  const end = line.index + line[0].length
  return `${text.slice(0, end)}\n${statement}${text.slice(end)}`
}
