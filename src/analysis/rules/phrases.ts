import * as l10n from '@vscode/l10n'
import type { Loop } from '../facts.ts'

/** What a loop walks over in words: ``every item of `posts` ``. */
export function itemsOf({ items }: Loop): string {
  return items === null ? l10n.t('every item') : l10n.t('every item of `{0}`', items)
}

/** Whether a loop runs once for each item of a list whose length data decides. */
export function repeats(loop: Loop): boolean {
  return loop.source === 'items' && loop.keyed && !loop.stopsWhenFound && !loop.cached
}
