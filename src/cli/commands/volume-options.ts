import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { Failure, failureData } from '../../model/failure.ts'
import type { VolumeChoices } from '../../workflows/prepare.ts'
import { clearStatus } from '../terminal.ts'

/** The options of `headroom load` that are about `--profile volume` alone. */
export interface VolumeOptions {
  table?: string
  rowsAt?: number[]
  per?: Record<string, number>
  undoAfter?: true
}

/** Adds the options of {@link VolumeOptions} to a command. */
export function withVolumeOptions(command: Command): Command {
  return command
    .option('--table <table>', 'volume: the table that grows; without it the one that the endpoint reads')
    .option('--rows-at <list>', 'volume: its rows at each step, for example 100,1k,10k,100k', rowList)
    .option(
      '--per <table=n>',
      'volume: a table that grows with it, by n rows for each of its new rows',
      perTable,
    )
    .option('--undo-after', 'volume: take the added rows away again at the end')
}

/** What was said of a volume sweep. Throws `HR_USAGE` where something was said and another profile was chosen. */
export function volumeChoices(profile: string, options: VolumeOptions): VolumeChoices {
  const { table, rowsAt, per, undoAfter } = options
  const said = Object.entries({
    '--table': table,
    '--rows-at': rowsAt,
    '--per': per,
    '--undo-after': undoAfter,
  })
  const first = said.find(([, value]) => value !== undefined)?.[0]
  if (profile !== 'volume' && first !== undefined) {
    throw new Failure('HR_USAGE', `${first} is for --profile volume.`)
  }
  return {
    ...(table === undefined ? {} : { table }),
    ...(rowsAt === undefined ? {} : { rowsAt }),
    ...(per === undefined ? {} : { per }),
    ...(undoAfter === undefined ? {} : { undoAfter }),
  }
}

/**
 * Does what may add rows to the database, and where nobody has agreed to that yet, asks on a terminal and does it again.
 * Elsewhere the failure that asks for consent passes through.
 */
export async function withConsent<T>(agreed: boolean, act: (agreed: boolean) => Promise<T>): Promise<T> {
  try {
    return await act(agreed)
  } catch (error) {
    const { code, message } = failureData(error)
    if (code !== 'HR_VOLUME_CONSENT' || !process.stdin.isTTY) throw error
    clearStatus()
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    const answer = await terminal
      .question(`${message}\nAdd these rows? [Y/n] `)
      .finally(() => terminal.close())
    if (/^n/i.test(answer.trim())) throw new Failure('HR_CONSENT', 'Nothing was written.')
    return act(true)
  }
}

const unitOf: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000 }

function rowList(text: string): number[] {
  const levels = text.split(',').map((part) => {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(part.trim()) ?? []
    return Number(number) * (unitOf[unit.toLowerCase()] ?? Number.NaN)
  })
  const valid = levels.every((rows) => Number.isInteger(rows) && rows >= 1 && rows <= 1_000_000_000)
  if (!valid) throw new InvalidArgumentError('Write numbers of rows, for example 100,1k,10k,1M.')
  return levels
}

function perTable(text: string, previous: Record<string, number> | undefined): Record<string, number> {
  const [, table = '', count] = /^([^=]+)=(\d+)$/.exec(text.trim()) ?? []
  if (table === '') throw new InvalidArgumentError('Write table=rows, for example activities=5.')
  return { ...previous, [table]: Number(count) }
}
