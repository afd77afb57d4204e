import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { toJsonSchema } from '@valibot/to-json-schema'
import { type ToolDefinition, toolDefinitions } from '../src/agent/definitions.ts'
import { settings } from '../src/editor/settings.ts'
import { profiles } from '../src/load/profiles/index.ts'
import { loadText } from '../src/model/load-level.ts'
import { configSchema } from '../src/workflows/config.ts'
import { wordPools } from './word-pools.ts'

// Writes what is derived from code: settings and tools for models in package.json and package.nls.json, the JSON schema of
// headroom.config.json, the list of translatable texts, docs/load-profiles.md, and the word lists of generated rows. With
// --check it writes nothing and exits 1 where a file is not as it would be written.

const root = dirname(dirname(fileURLToPath(import.meta.url)))

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } }
  contributes: { languageModelTools: object; configuration: object }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function describe(name: string): string {
  return `setting.${name}`
}

function toolText(name: string, what: 'title' | 'description'): string {
  return `tool.${name}.${what}`
}

/** A tool as the editor's models see it. People refer to `headroom_list_routes` as `#headroomListRoutes`. */
function contributedTool({ name, description, readOnly, inputSchema }: ToolDefinition): object {
  return {
    name,
    tags: ['headroom'],
    toolReferenceName: name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    displayName: `%${toolText(name, 'title')}%`,
    modelDescription: description,
    userDescription: `%${toolText(name, 'description')}%`,
    canBeReferencedInPrompt: true,
    icon: readOnly ? '$(search)' : '$(tools)',
    inputSchema,
  }
}

function manifest(text: string): string {
  const value: Manifest = JSON.parse(text)
  value.contributes.languageModelTools = toolDefinitions().map(contributedTool)
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
  const described = Object.entries(settings).map(([name, { description }]) => [describe(name), description])
  const titles = toolDefinitions().map(({ name, title }) => [toolText(name, 'title'), title])
  const kept = Object.entries(texts).filter(([key]) => !/^(setting\.|tool\..*\.title$)/.test(key))
  return json(Object.fromEntries([...kept, ...described, ...titles]))
}

function configJsonSchema(): string {
  const schema = toJsonSchema(configSchema, { typeMode: 'input' })
  return json({ ...schema, title: 'Headroom', allowComments: true, allowTrailingCommas: true })
}

/** Where texts are shown in the editor's language. */
const translatedFolders = ['src', 'webview']

async function sourcesBelow(name: string): Promise<string[]> {
  const folder = join(root, name)
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'))
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
}

/** The texts of `l10n.t('…')`, each its own key, as `vscode.l10n` looks them up. */
async function translatableTexts(): Promise<string> {
  const sources = (await Promise.all(translatedFolders.map(sourcesBelow))).flat()
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\bl10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g),
  ])
  const texts = calls.map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  )
  return json(Object.fromEntries([...new Set(texts)].toSorted().map((text) => [text, text])))
}

/** All load profiles with the ramps that are drawn in their sources. */
async function loadProfiles(): Promise<string> {
  const sections = profiles.map(async ({ id, title, description, model, steps }) => {
    const source = await readFile(join(root, 'src/load/profiles', `${id}.ts`), 'utf8')
    const drawing = [...(/\* ```\n([^]*?)\* ```/.exec(source)?.slice(1) ?? [])].join('')
    const ramp = drawing.replaceAll(/^ \* ?/gm, '').trimEnd()
    const planned = steps({})
    const counted = planned.filter(({ phase }) => phase === 'ramp' || phase === 'recovery')
    const levels = counted.map(loadText).join(' → ')
    const seconds = planned.reduce((sum, step) => sum + step.durationSeconds, 0)
    return [
      `## ${title} (\`--profile ${id}\`)`,
      description,
      `${model === 'open' ? 'Open' : 'Closed'} model. By default ${levels}, ${Math.round(seconds)} s in all.`,
      `\`\`\`text\n${ramp}\n\`\`\``,
    ].join('\n\n')
  })
  const intro =
    'How load develops over a run. In a **closed** model a virtual user waits for its answer before it asks again, as people do; a server that stalls is asked less. In an **open** model requests arrive at their rate whatever the server does, and latency counts from the moment a request should have been sent. Levels and times are set with `--users`, `--rate` and `--duration`.'
  return ['# Load profiles', intro, ...(await Promise.all(sections))].join('\n\n')
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
    ['docs/load-profiles.md', await loadProfiles()],
    ...wordPools(),
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
