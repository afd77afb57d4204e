import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { DocumentModel } from '../../../model/document-model.ts'
import type { Database } from '../database.ts'
import { bytesOf } from './chunks.ts'
import { documentMaker } from './documents.ts'
import { tablesOfModels } from './model-tables.ts'

/** A database of which only the models are known. It can be planned for; whatever needs the server throws `HR_NO_DATABASE`. */
export function modelsOnly(models: readonly DocumentModel[]): Database {
  const tables = tablesOfModels(models)
  const byName = new Map(tables.map((table) => [table.name, table]))
  return {
    dialect: 'mongodb',
    display: l10n.t('MongoDB, from the models in the code alone'),
    writers: 1,
    keepsReservedKeysFree: true,
    readSchema: async () => ({ dialect: 'mongodb', tables }),
    readValues: unknown,
    readChildCounts: unknown,
    readKeys: async () => [],
    readLedger: async () => ({ seed: null, tables: [], unfinished: null }),
    freeBytes: async () => null,
    beginRun: unknown,
    probe: async ({ table, columns }, indices) => {
      const beganAt = performance.now()
      const documents = indices.map(documentMaker({ table, columns, tables: byName, seed: 0 }))
      const bytes = bytesOf(documents, 1 + table.uniques.length)
      return { rows: indices.length, bytes, millis: performance.now() - beganAt }
    },
    putAway: unknown,
    append: unknown,
    putBack: unknown,
    finishRun: unknown,
    findDependents: unknown,
    removeChunk: unknown,
    dropLedger: unknown,
    close: async () => undefined,
  }
}

async function unknown(): Promise<never> {
  throw new Failure(
    'HR_NO_DATABASE',
    l10n.t(
      'Only the models in the code are known, and no database. Set "database" in headroom.config.json, start it, and plan again.',
    ),
  )
}
