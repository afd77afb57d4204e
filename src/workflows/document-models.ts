import type { DocumentModel } from '../model/document-model.ts'
import { openInspection } from './inspect.ts'
import { holdsSource } from '../analysis/source-tree.ts'

/** Names under which applications are told of their MongoDB. */
const variables = [
  'MONGODB_URI',
  'MONGODB_URL',
  'MONGO_URI',
  'MONGO_URL',
  'MONGO_DB_URI',
  'DATABASE_URI',
  'DB_URI',
  'DB_URL',
]

/** The URL of a MongoDB that the environment names; null where it names none. */
export function mongodbUrlIn(environment: NodeJS.ProcessEnv): string | null {
  const urls = variables.map((name) => environment[name] ?? '')
  return urls.find(isMongodbUrl) ?? null
}

/** Whether documents are kept there, whose form only the code knows. */
export function isMongodbUrl(url: string): boolean {
  return /^mongodb(?:\+srv)?:/i.test(url.trim())
}

/** The models of documents in a project's code; none where it can't be read. */
export async function readModels(root: string): Promise<readonly DocumentModel[]> {
  if (!holdsSource(root)) return []
  const inspection = openInspection(root)
  try {
    const tables = await inspection.tables().catch(() => [])
    return tables.flatMap(({ document }) => document ?? [])
  } finally {
    await inspection.dispose()
  }
}
