import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { build } from 'esbuild'
import { inRepository, sampleFolder } from './repository.ts'

// A copy of the sample runs on a machine without a network, and the packages that it uses are 100 and have thousands of
// files. What it imports is bundled to one file a package; SQLite, which would be machine code for each system, is Node's
// own. Their version is one that `npm install` replaces by the real packages.

const bundled = ['express', 'knex', 'zod']
const version = '0.0.0-offline'
/** Drivers that Knex would load for other databases; a copy without them says so when it is asked for one. */
const external = [
  'better-sqlite3',
  'mariadb/callback',
  'pg',
  'pg-query-stream',
  'pg-native',
  'sqlite3',
  'mysql',
  'mysql2',
  'tedious',
  'oracledb',
]
/** Packages whose types come along, so that an editor shows the copy without errors. */
const typesAlone = ['@types', 'undici-types']

const require = createRequire(join(sampleFolder, 'package.json'))

/** Makes `outDir` the `node_modules` of a copy of the sample. Its real packages must be installed. */
export async function buildSamplePackages(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true })
  await Promise.all(bundled.map((name) => bundle(name, join(outDir, name))))
  await cp(inRepository('scripts', 'sample-packages'), outDir, { recursive: true })
  for (const name of typesAlone) await copyTypes(name, join(outDir, name))
}

async function bundle(name: string, outDir: string): Promise<void> {
  const source = installed(name)
  await mkdir(outDir, { recursive: true })
  await build({
    stdin: { contents: entryOf(name), resolveDir: sampleFolder },
    outfile: join(outDir, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    external,
    banner: {
      js: `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);`,
    },
    legalComments: 'none',
    logLevel: 'error',
  })
  await copyTypes(name, outDir)
  const licence = (await readdir(source)).find((file) => /^licen[cs]e/i.test(file))
  if (licence !== undefined) await cp(join(source, licence), join(outDir, 'LICENSE'))
  const manifest: { types?: string; license: string } = JSON.parse(
    await readFile(join(source, 'package.json'), 'utf8'),
  )
  const { types, license } = manifest
  const typed = types === undefined ? {} : { types: `./${join(types.replace('.d.cts', '.d.ts'))}` }
  await writeFile(
    join(outDir, 'package.json'),
    `${JSON.stringify({ name, version, license, type: 'module', exports: { ...typed, default: './index.js' } }, null, 2)}\n`,
  )
}

/** All that a package exports, by name: what is bundled from CommonJS would otherwise only have a default. */
function entryOf(name: string): string {
  if (name === 'zod') return `export * from 'zod'`
  const exported: object = require(name)
  const names = Object.keys(exported).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key) && !reserved.has(key))
  return `import all from '${name}'
export default all
export const { ${names.join(', ')} } = all`
}

const reserved = new Set([
  'default',
  'static',
  'function',
  'enum',
  'null',
  'undefined',
  'void',
  'catch',
  'instanceof',
  'package',
])

/** A package's declarations, and for a package of types alone what says where they begin. */
async function copyTypes(name: string, outDir: string): Promise<void> {
  const source = installed(name)
  const files = await readdir(source, { recursive: true })
  const wanted = files.filter((file) => {
    const isOwn = !file.split(sep).includes('node_modules')
    return isOwn && (file.endsWith('.d.ts') || (typesAlone.includes(name) && file.endsWith('package.json')))
  })
  await Promise.all(
    wanted.map(async (file) => {
      const target = join(outDir, file)
      await mkdir(dirname(target), { recursive: true })
      const text = await readFile(join(source, file), 'utf8')
      await writeFile(target, file.endsWith('.d.ts') ? withoutDocumentation(text) : text)
    }),
  )
}

/** Declarations without their documentation, which is most of them; what speaks of licences stays. */
function withoutDocumentation(text: string): string {
  return text.replace(/^[ \t]*\/\*\*[^]*?\*\/[ \t]*\r?\n/gm, (comment) =>
    /licen[cs]e|copyright/i.test(comment) ? comment : '',
  )
}

function installed(name: string): string {
  return join(sampleFolder, 'node_modules', name)
}

if (import.meta.main) await buildSamplePackages(inRepository('dist', 'sample-packages'))
