import { readdirSync, readFileSync } from 'node:fs'
import type { ToView } from '../../src/model/panel.ts'

const folder = new URL('../recordings/', import.meta.url)

export interface Recording {
  readonly name: string
  readonly messages: readonly ToView[]
}

/** Every recording in test/recordings, whoever made it. */
export function allRecordings(): Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .map((file) => ({ name: file.slice(0, -'.ndjson'.length), messages: messagesIn(file) }))
}

/** The messages of one recording. */
export function recording(name: string): readonly ToView[] {
  return messagesIn(`${name}.ndjson`)
}

function messagesIn(file: string): ToView[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line): ToView => JSON.parse(line))
}
