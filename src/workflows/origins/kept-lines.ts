import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { hashLines, reanchor, type HashedLines, type LineRange } from '../../provenance/anchors.ts'
import { readAttribution, type Attribution, type AttributionStore } from './attribution-store.ts'

/** Fewer lines than these may stand in any file by chance. */
const fewestToFollow = 3

/** Lines of the store as they stand now. */
export interface KeptLines extends LineRange {
  readonly source: string
  readonly score: number
  readonly at: number
}

/**
 * What the project's store says of the lines of some texts, by file, re-anchored on them. Lines of a file that is gone are
 * looked for in all of the texts: it may have been renamed.
 */
export async function keptLines(
  root: string,
  texts: ReadonlyMap<string, string>,
): Promise<Map<string, KeptLines[]>> {
  const store = await readAttribution(root)
  const kept = new Map<string, KeptLines[]>()
  const hashedBy = rememberHashes(texts, store)
  const add = (file: string, attribution: Attribution): void => {
    const { source, score, at } = attribution
    const found = reanchor(attribution, hashedBy(file))
    const lines = (found?.ranges ?? []).map((range) => ({ ...range, source, score, at }))
    kept.set(file, [...(kept.get(file) ?? []), ...lines])
  }
  for (const [file, attributions] of Map.groupBy(store.attributions, (each) => each.file)) {
    if (texts.has(file)) for (const attribution of attributions) add(file, attribution)
    else if (await isGone(root, file)) {
      for (const attribution of attributions) {
        const now = renamedTo(attribution, [...texts.keys()], hashedBy)
        if (now !== null) add(now, attribution)
      }
    }
  }
  return kept
}

function rememberHashes(
  texts: ReadonlyMap<string, string>,
  { salt }: AttributionStore,
): (file: string) => HashedLines {
  const known = new Map<string, HashedLines>()
  return (file) => {
    const hashed = known.get(file) ?? hashLines((texts.get(file) ?? '').split('\n'), salt)
    known.set(file, hashed)
    return hashed
  }
}

async function isGone(root: string, file: string): Promise<boolean> {
  return access(join(root, file)).then(
    () => false,
    () => true,
  )
}

/** The file that has most of an attribution's lines now; null where none has enough. */
function renamedTo(
  attribution: Attribution,
  files: readonly string[],
  hashedBy: (file: string) => HashedLines,
): string | null {
  if (attribution.hashes.length < fewestToFollow) return null
  const found = files
    .map((file) => ({ file, share: reanchor(attribution, hashedBy(file))?.share ?? 0 }))
    .toSorted((one, other) => other.share - one.share)
  return found[0] !== undefined && found[0].share > 0 ? found[0].file : null
}
