import type { DatabaseKind } from './database.ts'

/** MongoDB servers on this machine, whose documents Mongoose's models describe. */
export const mongodb: DatabaseKind = {
  id: 'mongodb',
  schemes: ['mongodb', 'mongodb+srv'],
  exampleUrl: 'mongodb://localhost:27017/app',
  open: async (url, _root, models = []) => {
    // The driver takes a tenth of a second to load, which nobody else should wait for.
    const { openMongodb } = await import('./mongodb/open.ts')
    return openMongodb(url, models)
  },
}
