import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { article } from './bench/factory/article.ts'
import { copyFile } from './bench/factory/copy-file.ts'
import { drizzle } from './bench/factory/drizzle.ts'
import { editor } from './bench/factory/editor.ts'
import { mariadb } from './bench/factory/mariadb.ts'
import { sqlite } from './bench/factory/sqlite.ts'
import { installPeer } from './bench/peer-packages.ts'
import { type Bench, runBench } from './bench/sections.ts'
import { buildAll } from './build.ts'
import { runScript } from './lifetime.ts'
import { ensureDatabaseServers } from './setup/database-servers.ts'
import { installDebianPackages } from './setup/system-packages.ts'

const bench: Bench = {
  script: 'bench:factory',
  sections: [copyFile, drizzle, sqlite, mariadb, editor, article],
  document: 'data-factory.md',
  prepare: async (signal) => {
    await ensureDatabaseServers(signal)
    const folders = (process.env['PATH'] ?? '').split(delimiter)
    if (!folders.some((folder) => existsSync(join(folder, 'sqlite3')))) {
      await installDebianPackages(['sqlite3'], signal)
    }
    await installPeer('drizzle-seed', signal)
    await buildAll(true)
  },
}

await runScript(({ signal }) => runBench(bench, signal))
