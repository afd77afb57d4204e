import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser'
import * as v from 'valibot'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { factoryFields } from './factory-fields.ts'
import { described, loadFields } from './load-fields.ts'

export const configFileName = 'headroom.config.json'

/** The shape of `headroom.config.json`; its JSON schema in `media/` is generated from this. */
export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  baseUrl: v.optional(
    v.pipe(
      v.string(),
      v.url(l10n.t('it must be a URL such as http://localhost:3000')),
      v.description('Where the dev server listens, for example http://localhost:3000. Loopback only.'),
    ),
  ),
  startCommand: v.optional(described('Starts the dev server when nothing listens, for example npm run dev.')),
  database: v.optional(
    described(
      'The local database: sqlite:./data/app.sqlite, or ${env:DATABASE_URL} to read it from the environment.',
    ),
  ),
  databaseVariable: v.optional(
    described(
      'The environment variable by which the server is told its database. With it, seeding fills a copy, and the server that Headroom starts uses that. Known where "database" is ${env:NAME}.',
    ),
  ),
  budget: v.optional(described('The budget of every route that has none of its own.'), 'p95<2s,errors<1%'),
  budgets: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description('Budgets by route: { "GET /users": "p95<300ms,errors<1%" }.'),
    ),
    {},
  ),
  budgetClasses: v.optional(
    v.pipe(
      v.strictObject({
        auth: v.optional(described('Log-in, sign-up, tokens, passwords.')),
        search: v.optional(described('Search, lookup, suggestions.')),
        list: v.optional(described('GET of several of something, such as GET /users.')),
        write: v.optional(described('Whatever else changes data.')),
      }),
      v.description(
        'Budgets by class of route, for routes that "budgets" doesn\'t name: { "list": "p95<300ms" }.',
      ),
    ),
    {},
  ),
  ...loadFields,
  factory: v.optional(
    v.pipe(factoryFields, v.description('The rows that headroom seed makes in the local database.')),
    {},
  ),
  agentsMayWrite: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether coding agents may load test POST, PUT, PATCH and DELETE endpoints, which change data. Without it they may load test GET and HEAD alone.',
      ),
    ),
  ),
  ignore: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          path: described('A glob relative to the project, for example legacy/**.'),
          rules: v.optional(
            v.pipe(v.array(v.string()), v.description('Ids of rules; all of them where it is left out.')),
          ),
          reason: v.optional(described('Why, for whoever reads it next.')),
        }),
      ),
      v.description('Findings that are not shown, by path.'),
    ),
    [],
  ),
})

export type ProjectConfig = v.InferOutput<typeof configSchema>

/**
 * Reads `headroom.config.json` (comments allowed) of a project; a missing file gives the defaults.
 * `overrides` win over the file. Throws `HR_CONFIG` with file, place and reason when it can't be used.
 */
export async function readConfig(
  root: string,
  overrides: Partial<ProjectConfig> = {},
): Promise<ProjectConfig> {
  const source = await readFile(join(root, configFileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '{}'
    throw new Failure('HR_CONFIG', l10n.t("{0} can't be read: {1}.", configFileName, error.message), {
      cause: error,
    })
  })
  return parseConfig(source, overrides)
}

/** The configuration that a text holds, as {@link readConfig}. Throws `HR_CONFIG`. */
export function parseConfig(source: string, overrides: Partial<ProjectConfig> = {}): ProjectConfig {
  const errors: ParseError[] = []
  const value: unknown = parse(source.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true })
  const first = errors[0]
  if (first !== undefined) {
    const line = source.slice(0, first.offset).split('\n').length
    throw new Failure(
      'HR_CONFIG',
      l10n.t(
        '{0} line {1} is not JSON: {2}.',
        configFileName,
        line,
        inWords(printParseErrorCode(first.error)),
      ),
    )
  }
  if (!isRecord(value))
    throw new Failure('HR_CONFIG', l10n.t('{0} must hold one object: { … }.', configFileName))
  const result = v.safeParse(configSchema, { ...value, ...overrides })
  if (!result.success) {
    const [issue] = result.issues
    const place = v.getDotPath(issue)
    throw new Failure(
      'HR_CONFIG',
      place === null
        ? l10n.t('{0}: {1}.', configFileName, issueWords(issue))
        : l10n.t('{0}, {1}: {2}.', configFileName, place, issueWords(issue)),
    )
  }
  return result.output
}

/** `CloseBraceExpected` as `close brace expected`. */
function inWords(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

/** What the validator expects or got, in words: `at least 1`, `list`, `"a" or "b"`. */
function valueWords(text: string): string {
  const [, sign = '', values = ''] = /^(>=|<=|>)?([^]*)$/.exec(text) ?? []
  const [first = '', ...others] = values.replaceAll(/[()]/g, '').split(' | ').map(typeWords)
  const all = others.reduce((known, other) => l10n.t('{0} or {1}', known, other), first)
  if (sign === '>=') return l10n.t('at least {0}', all)
  if (sign === '<=') return l10n.t('at most {0}', all)
  return sign === '>' ? l10n.t('more than {0}', all) : all
}

function typeWords(name: string): string {
  if (name === 'Array') return l10n.t('list')
  return name === 'Object' ? l10n.t('object') : name
}

/** What is wrong with a field, without the validator's own words and without its value, which may be a secret. */
function issueWords({ type, message, expected, received, input }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message
  if (expected === 'never') return l10n.t('there is no such field')
  if (received === 'undefined') return l10n.t('it is missing')
  // Where the type fits, what doesn't is the value.
  if (expected === null) return l10n.t('expected {0}', type)
  if (/^(?:["<>=]|-?\d)/.test(expected.replace('(', ''))) return l10n.t('expected {0}', valueWords(expected))
  const [wanted, got] = [valueWords(expected), typeWords(typeNameOf(input))]
  return wanted === got
    ? l10n.t('expected another {0}', wanted)
    : l10n.t('expected {0}, got {1}', wanted, got)
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Array.isArray(value) ? 'Array' : 'Object'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Replaces `${env:NAME}` by the environment variable. Throws `HR_ENVIRONMENT` naming the variable, never its value,
 * when it is not set.
 */
export function fromEnvironment(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  return text.replaceAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = environment[name]
    if (value === undefined) {
      throw new Failure(
        'HR_ENVIRONMENT',
        l10n.t('The environment variable {0} is not set; {1} asks for it.', name, `\${env:${name}}`),
      )
    }
    return value
  })
}
