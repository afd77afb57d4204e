import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { toJsonSchema } from '@valibot/to-json-schema'
import { settings } from '../src/editor/settings.ts'
import { configSchema } from '../src/workflows/config.ts'

// Writes what is derived from code: the settings in package.json and package.nls.json, the JSON schema of
// headroom.config.json, and the list of translatable texts. With --check it writes nothing and exits 1 where a file is
// not as it would be written.

const root = dirname(dirname(fileURLToPath(import.meta.url)))

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } }
  contributes: { configuration: object }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function describe(name: string): string {
  return `setting.${name}`
}

function manifest(text: string): string {
  const value: Manifest = JSON.parse(text)
  const entries = Object.entries(settings)
  value.contributes.configuration = {
    title: 'Headroom',
    properties: Object.fromEntries(
      entries.map(([name, { schema, scope, default: fallback }]) => [
        `headroom.${name}`,
        { ...schema, default: fallback, scope, markdownDescription: `%${describe(name)}%` },
      ]),
    ),
  }
  value.capabilities.untrustedWorkspaces.restrictedConfigurations = entries
    .filter(([, { restricted }]) => restricted)
    .map(([name]) => `headroom.${name}`)
  return json(value)
}

function manifestTexts(text: string): string {
  const texts: Record<string, string> = JSON.parse(text)
  const kept = Object.entries(texts).filter(([key]) => !key.startsWith(describe('')))
  const described = Object.entries(settings).map(([name, { description }]) => [describe(name), description])
  return json(Object.fromEntries([...kept, ...described]))
}

function configJsonSchema(): string {
  const schema = toJsonSchema(configSchema, { typeMode: 'input' })
  return json({ ...schema, title: 'Headroom', allowComments: true, allowTrailingCommas: true })
}

/** The texts of `l10n.t('…')`, each its own key, as `vscode.l10n` looks them up. */
async function translatableTexts(): Promise<string> {
  const folder = join(root, 'src/editor')
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\bl10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g),
  ])
  const texts = calls.map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  )
  return json(Object.fromEntries([...new Set(texts)].toSorted().map((text) => [text, text])))
}

async function current(file: string): Promise<string> {
  return readFile(join(root, file), 'utf8').catch(() => '')
}

async function generate(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['package.json', manifest(await current('package.json'))],
    ['package.nls.json', manifestTexts(await current('package.nls.json'))],
    ['media/config.schema.json', configJsonSchema()],
    ['l10n/bundle.l10n.json', await translatableTexts()],
  ])
}

const check = process.argv.includes('--check')
for (const [file, unformatted] of await generate()) {
  const path = join(root, file)
  const text = await format(unformatted, { ...(await resolveConfig(path)), filepath: path })
  if ((await current(file)) === text) continue
  if (check) {
    console.error(`${file} is not as generated. Run: node scripts/generate.ts`)
    process.exitCode = 1
  } else {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    console.error(`Wrote ${file}`)
  }
}
