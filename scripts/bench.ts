import type { HostTestResult } from '../test/editor/run.ts'
import type { Measure } from '../test/editor/bench/responsiveness.test.ts'
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { format, resolveConfig } from 'prettier'
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Figure, figureTable, isMet, median, round } from './bench/figures.ts'
import { analysisAtScale } from './bench/scale.ts'
import { openEditorWindow } from './editor-window.ts'
import { runScript, SetupError } from './lifetime.ts'
import { buildAll, type Metafiles } from './build.ts'
import { makePackage } from './package.ts'
import { inRepository } from './repository.ts'
import { migrateSample } from './sample-copy.ts'
import { readResults, runHostSuite } from './testing/host-suite.ts'
import { openFile, runCommand } from './workbench.ts'

/** Fresh editors in which activation is measured. */
const activationRuns = 5

const lazyPackages = ['ts-morph', '@ts-morph/common', 'undici', 'hdr-histogram-js']

/** The packages that must not be loaded with the extension, and yet are in its bundle. */
async function eagerPackages(): Promise<readonly string[]> {
  const metafiles: Metafiles = JSON.parse(await readFile(inRepository('dist', 'metafile.json'), 'utf8'))
  const modules = Object.values(metafiles['extension']?.outputs ?? {}).flatMap((file) =>
    Object.keys(file.inputs),
  )
  if (modules.length === 0) throw new Error('dist/metafile.json says nothing of the extension.')
  return lazyPackages.filter((name) => modules.some((module) => module.includes(`node_modules/${name}/`)))
}

/** What one activation of the installed VSIX took. */
interface Activation {
  /** How long the host's thread was held, as the extension logs it. */
  readonly threadMillis: number
  /** As the editor shows it: wall-clock time, waiting for whatever else starts included. */
  readonly shownMillis: number
  /** The same of the editor's own TypeScript support in the same window. */
  readonly typescriptMillis: number
}

async function shownMillis(page: Page, extension: string): Promise<number> {
  const row = page.locator('.runtime-extensions-editor .monaco-list-row').filter({ hasText: extension })
  const text = await row.locator('.activation-time').innerText()
  const millis = /(\d+)\s*ms/.exec(text)?.[1]
  if (millis === undefined) throw new Error(`The editor shows no activation time of ${extension}: ${text}`)
  return Number(millis)
}

async function loggedMillis(dataFolder: string): Promise<number> {
  const [log] = globSync('**/Headroom.log', { cwd: dataFolder })
  const text = log === undefined ? '' : await readFile(join(dataFolder, log), 'utf8')
  const millis = /Activated in ([\d.]+) ms/.exec(text)?.[1]
  if (millis === undefined) throw new Error('The extension logged no activation.')
  return Number(millis)
}

async function activate(vsix: string, signal: AbortSignal): Promise<Activation> {
  await using editor = await openEditorWindow({ vsix, signal })
  const { page, server } = editor
  await openFile(page, 'src/routes/activities.ts')
  await page.locator('.codelens-decoration').first().waitFor()
  await runCommand(page, 'Developer: Show Running Extensions')
  // The list only holds the rows in view.
  await page.setViewportSize({ width: 1200, height: 3000 })
  return {
    threadMillis: await loggedMillis(server.dataFolder),
    shownMillis: await shownMillis(page, 'Headroom'),
    typescriptMillis: await shownMillis(page, 'JavaScript and TypeScript Language Features'),
  }
}

/** The middle one of the activations counts. */
function activationFigure(
  name: string,
  goal: number | null,
  activations: readonly Activation[],
  millisOf: (activation: Activation) => number,
): Figure {
  const millis = activations.map(millisOf)
  return { name, unit: 'ms', value: median(millis), goal, note: millis.map(round).join(', ') }
}

async function responsiveness(signal: AbortSignal): Promise<readonly Figure[]> {
  const results = inRepository('test', 'output', 'bench.ndjson')
  const prepare = migrateSample
  await runHostSuite({ folder: 'test/editor/bench', results, prepare, signal, onLog() {} })
  const all = await readResults<Measure | HostTestResult>(results)
  for (const each of all)
    if (each.kind === 'test' && each.error !== null) console.error(`${each.title}\n${each.error}`)
  const figure = (
    name: Measure['name'],
    title: string,
    goal: number | null,
    which: 'median' | 'max',
  ): Figure => {
    const found = all.find((each) => each.kind === 'measure' && each.name === name)
    const measure = found?.kind === 'measure' ? found : null
    return {
      name: title,
      unit: 'ms',
      value: measure === null ? null : which === 'max' ? measure.maxMillis : measure.medianMillis,
      goal,
      note:
        measure === null
          ? ''
          : `median ${round(measure.medianMillis)}, max ${round(measure.maxMillis)}, n ${measure.samples}`,
    }
  }
  return [
    figure('diagnostics', 'Diagnostics after the last keystroke', 300, 'median'),
    figure('lenses', 'Lenses after the last keystroke', 300, 'median'),
    figure('block-check-busy', "Longest work at a stretch on the host's thread, checks", 30, 'max'),
    figure('block-check', '  longest wait for that thread, other programs included', null, 'max'),
    figure('block-load-busy', "Longest work at a stretch on the host's thread, load test", 30, 'max'),
    figure('block-load', '  longest wait for that thread, other programs included', null, 'max'),
    figure('block-seed-busy', "Longest work at a stretch on the host's thread, seeding", 30, 'max'),
    figure('block-seed', '  longest wait for that thread, other programs included', null, 'max'),
    figure('block-idle', '  the same while nothing happens', null, 'max'),
  ]
}

/** Puts the figures between the README's marks, with what they were measured on. */
async function writeReadme(figures: readonly Figure[]): Promise<void> {
  const rows = figures.map(({ name, unit, value, goal }) => {
    const shown = value === null ? 'not measured' : `${round(value)} ${unit}`
    return `| ${name.trim()} | ${shown} | ${goal === null ? '' : `≤ ${goal} ${unit}`} |`
  })
  const machine = `A wait is longer than the work where the machine has fewer free cores than editor, browser, server and generator want. Measured on ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version}.`
  const table = ['| | measured | goal |', '|---|---|---|', ...rows, '', machine].join('\n')
  const file = inRepository('README.md')
  const readme = await readFile(file, 'utf8')
  const marked = /<!-- bench -->[^]*<!-- \/bench -->/
  if (!marked.test(readme)) throw new Error('README.md has no marks for the figures.')
  const text = readme.replace(marked, () => `<!-- bench -->\n\n${table}\n\n<!-- /bench -->`)
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }))
}

/** What is measured in a real VS Code, and of the package that is installed there. */
async function editorFigures(signal: AbortSignal): Promise<readonly Figure[]> {
  const packed = await makePackage()
  const eager = await eagerPackages()
  console.error('headroom: measuring in a real VS Code …')
  const activations: Activation[] = []
  for (let run = 0; run < activationRuns; run++) activations.push(await activate(packed.path, signal))
  return [
    { name: 'VSIX', unit: 'MB', value: packed.bytes / 1e6, goal: 5, note: '' },
    activationFigure(
      "Activation of the VSIX, on the host's thread",
      50,
      activations,
      (each) => each.threadMillis,
    ),
    activationFigure(
      '  as the editor shows it, waiting included',
      null,
      activations,
      (each) => each.shownMillis,
    ),
    activationFigure(
      "  the editor's own TypeScript support, in the same windows",
      null,
      activations,
      (each) => each.typescriptMillis,
    ),
    {
      name: 'Heavy packages in the activation path',
      unit: 'modules',
      value: eager.length,
      goal: 0,
      note: eager.join(', '),
    },
    ...(await responsiveness(signal)),
  ]
}

await runScript(async ({ signal }) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean' } },
  })
  const isAnalysisAlone = positionals[0] === 'analysis'
  if (positionals.length > (isAnalysisAlone ? 1 : 0) || (isAnalysisAlone && values.write)) {
    throw new SetupError('Usage: npm run bench [-- --write | -- analysis]')
  }
  const busy = loadavg()[0] ?? 0
  if (busy > availableParallelism() / 2) {
    console.error(
      `headroom: this machine is busy (load ${busy.toFixed(1)}): times will be longer than they need be.`,
    )
  }
  await buildAll(true)
  const analysis = await analysisAtScale(signal)
  const figures = isAnalysisAlone ? analysis : [...(await editorFigures(signal)), ...analysis]
  console.log(figureTable(figures))
  if (values.write) await writeReadme(figures)
  return figures.every(isMet) ? 0 : 1
})
