import type { DocumentModel } from '../../../model/document-model.ts'
import type { Schema, Table } from '../../../model/schema.ts'
import type { Connection } from './connection.ts'
import { tablesOfModels } from './model-tables.ts'
import { jsonSchemaOf, modelOfValidator, withValidator } from './validators.ts'

/** What the database itself says of a collection. */
interface LiveCollection {
  readonly validator: Readonly<Record<string, unknown>> | null
  readonly uniques: readonly { readonly paths: readonly string[]; readonly partial: boolean }[]
  readonly rowCount: number
}

/** The collections as tables: as the models say, with the validators, unique indexes and documents that there are. */
export async function introspect(connection: Connection, models: readonly DocumentModel[]): Promise<Schema> {
  const live = await readCollections(connection)
  const known = new Set(models.map(({ collection }) => collection))
  const described = models.map((model) => {
    const validator = live.get(model.collection)?.validator ?? null
    return validator === null ? model : withValidator(model, validator)
  })
  const others = [...live].flatMap(([name, { validator }]) =>
    validator === null || known.has(name) ? [] : [modelOfValidator(name, validator)],
  )
  const tables = tablesOfModels([...described, ...others])
  return { dialect: 'mongodb', tables: tables.map((table) => withLive(table, live.get(table.name))) }
}

function withLive(table: Table, live: LiveCollection | undefined): Table {
  if (live === undefined) return table
  const columns = new Set(table.columns.map(({ name }) => name))
  const stated = new Set(table.uniques.map((paths) => paths.join('\n')))
  const added = live.uniques.filter(
    ({ paths }) => paths.every((path) => columns.has(path)) && !stated.has(paths.join('\n')),
  )
  const always = new Set(added.filter(({ partial }) => !partial).flatMap(({ paths }) => paths))
  return {
    ...table,
    columns: table.columns.map((column) =>
      always.has(column.name) ? { ...column, nullable: false } : column,
    ),
    uniques: [...table.uniques, ...added.map(({ paths }) => paths)],
    partialUniques: [
      ...(table.partialUniques ?? []),
      ...added.filter(({ partial }) => partial).map(({ paths }) => paths),
    ],
    rowCount: live.rowCount,
  }
}

function readCollections(connection: Connection): Promise<ReadonlyMap<string, LiveCollection>> {
  return connection.with(async (db) => {
    const found = await db.listCollections({}, { nameOnly: false }).toArray()
    const live = new Map<string, LiveCollection>()
    for (const { name, type, options } of found) {
      if (type !== 'collection' || name.startsWith('system.') || name.startsWith('headroom_')) continue
      const collection = db.collection(name)
      const indexes = (await collection.indexes()).filter(({ unique }) => unique === true)
      live.set(name, {
        validator: jsonSchemaOf(options),
        uniques: indexes.map(({ key, sparse, partialFilterExpression }) => ({
          paths: Object.keys(key),
          partial: sparse === true || partialFilterExpression !== undefined,
        })),
        rowCount: await collection.estimatedDocumentCount(),
      })
    }
    return live
  })
}
