import { readFile, stat } from 'node:fs/promises'
import { relative } from 'node:path'
import { createVSIX } from '@vscode/vsce'
import { buildAll } from './build.ts'
import { runScript } from './lifetime.ts'
import { inRepository, repository } from './repository.ts'

/** A VSIX file: absolute path and size. */
export interface Package {
  readonly path: string
  readonly bytes: number
}

/** Makes the production build and headroom-<version>.vsix from it, as it would be published. */
export async function makePackage(): Promise<Package> {
  await buildAll(true)
  const manifest: { version: string } = JSON.parse(await readFile(inRepository('package.json'), 'utf8'))
  const path = inRepository(`headroom-${manifest.version}.vsix`)
  await createVSIX({
    cwd: repository,
    packagePath: path,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  })
  return { path, bytes: (await stat(path)).size }
}

if (import.meta.main) {
  await runScript(async () => {
    const { path, bytes } = await makePackage()
    console.log(`${relative(process.cwd(), path)}: ${(bytes / 1_000_000).toFixed(2)} MB`)
    return 0
  })
}
