import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { capture, temporaryFolder } from './lifetime.ts'
import { inRepository, sampleFolder } from './repository.ts'

/** A workspace folder of one's own; disposing of it deletes it. */
export interface SampleCopy extends AsyncDisposable {
  readonly folder: string
}

/** Copies the sample, without its data and results, into a temporary folder that shares its node_modules. */
export async function copySample(): Promise<SampleCopy> {
  const parent = await temporaryFolder('headroom-sample-')
  // What folders around a project are named says nothing about the files in it.
  const folder = join(parent.path, 'build', 'activity-api')
  const skipped = ['node_modules', 'data', '.headroom'].map((name) => join(sampleFolder, name))
  await cp(sampleFolder, folder, { recursive: true, filter: (source) => !skipped.includes(source) })
  await symlink(join(sampleFolder, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return { folder, [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose]() }
}

async function runIn(folder: string, args: readonly string[]): Promise<void> {
  const { code, output } = await capture(process.execPath, args, { cwd: folder })
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`)
}

/** Creates the copy's database with the few rows that it starts with. */
export async function migrateSample(folder: string): Promise<void> {
  await runIn(folder, ['src/migrate.ts'])
}

/** Creates the copy's database and fills it with a thousand users of 200 activities each, through dist/cli.cjs. */
export async function seedSample(folder: string): Promise<void> {
  await migrateSample(folder)
  const headroom = inRepository('dist', 'cli.cjs')
  await runIn(folder, [headroom, 'seed', '--rows', 'users=1000', '--per', 'activities=200', '--yes'])
}

/** A port on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('The server has no port.'))
        else resolve(address.port)
      })
    })
  })
}
