import { readJson } from '../json-edit.ts'
import type { Edited, SetupEntry } from './entries.ts'

/** Longer texts hold more than a frame. */
const longestNoted = 400

/** A file with an entry in it; `text` is null where it isn't there. */
export function putIn(entry: SetupEntry, text: string | null): Edited {
  return entry.add(text ?? '')
}

/**
 * A file without an entry: as it was before, where `former` says so and nobody has changed the rest since. What is left in a
 * file of which nothing is known (`undefined`) may be its owner's, and stays.
 */
export function takenOut(entry: SetupEntry, text: string | null, former: string | null | undefined): Edited {
  if (text === null) return { text: null }
  const edited = entry.remove(text)
  if ('problem' in edited || edited.text === text || former === undefined) return edited
  const expected = backAgain(entry, former)
  const isUntouched = expected !== null && bare(expected) === bare(edited.text)
  return isUntouched ? { text: former } : edited
}

/**
 * What is to be noted of a file before an entry is put in: its text where taking the entry out doesn't give that back. Texts
 * with anything in them are never noted: a setting may be a secret. Where the entry is there already, the note is right.
 */
export function textToNote(
  entry: SetupEntry,
  text: string | null,
): { readonly text: string | null | undefined } | 'as noted' {
  if (text === null) return { text }
  const without = entry.remove(text)
  if ('text' in without && without.text !== text) return 'as noted'
  const isNoted = holdsNothing(text) && backAgain(entry, text) !== text
  return { text: isNoted ? text : undefined }
}

/** What becomes of a text when an entry is put in and taken out again; null where it can't be put in. */
function backAgain(entry: SetupEntry, text: string | null): string | null {
  const added = putIn(entry, text)
  if ('problem' in added || added.text === null) return null
  const removed = entry.remove(added.text)
  return 'problem' in removed ? null : removed.text
}

/** Whether a text is no more than a frame for settings. */
function holdsNothing(text: string): boolean {
  if (text.length > longestNoted) return false
  if (text.trim() === '') return true
  const read = readJson(text.replace(/^\uFEFF/, ''))
  return 'value' in read && isFrame(read.value)
}

function isFrame(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'object' && value !== null && Object.values(value).every(isFrame)
}

function bare(text: string | null): string {
  return (text ?? '').replaceAll(/[\s\uFEFF]+/g, '')
}
