import * as vscode from 'vscode'
import type { Choices } from './load-test-session.ts'

/** Asks for one text; null where the user turned away. */
async function ask(options: vscode.InputBoxOptions): Promise<string | null> {
  const text = await vscode.window.showInputBox({ ignoreFocusOut: true, ...options })
  return text === undefined ? null : text.trim()
}

function toUrl(text: string): string {
  if (/^\d+$/.test(text)) return `http://localhost:${text}`
  return /^https?:\/\//.test(text) ? text : `http://${text}`
}

/** Asks where the server listens: a port or an address. */
export async function askAddress(choices: Choices): Promise<Choices | null> {
  const text = await ask({
    title: vscode.l10n.t('Where does your server listen?'),
    prompt: vscode.l10n.t('A port or an address on this machine, for example 3001 or http://localhost:3001'),
    value: choices.baseUrl ?? '',
    validateInput: (input) =>
      URL.canParse(toUrl(input.trim())) ? null : vscode.l10n.t('Write a port or an http address.'),
  })
  return text === null ? null : { ...choices, baseUrl: toUrl(text) }
}

/** Asks for the values of one path parameter. */
export async function askValues(choices: Choices, name: string): Promise<Choices | null> {
  const text = await ask({
    title: vscode.l10n.t('Values of :{0}', name),
    prompt: vscode.l10n.t(
      'A list (1,2,3), a column (users.id) or a file (@ids.txt). One repeated value mostly measures a cache.',
    ),
    value: choices.parameters?.[name] ?? '',
    validateInput: (input) => (input.trim() === '' ? vscode.l10n.t('At least one value is needed.') : null),
  })
  return text === null ? null : { ...choices, parameters: { ...choices.parameters, [name]: text } }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Asks for the request body. */
export async function askBody(choices: Choices): Promise<Choices | null> {
  const text = await ask({
    title: vscode.l10n.t('Request body'),
    prompt: vscode.l10n.t('JSON, sent with every request'),
    value: choices.body ?? '{}',
    validateInput: (input) => (isJson(input) ? null : vscode.l10n.t('This is not JSON yet.')),
  })
  return text === null ? null : { ...choices, body: text }
}

/** Asks for the budget; `current` is the one that holds now. */
export async function askBudget(choices: Choices, current: string): Promise<Choices | null> {
  const text = await ask({
    title: vscode.l10n.t('Budget'),
    prompt: vscode.l10n.t('What the endpoint must keep to, for example p95<300ms,errors<1%'),
    value: choices.budget ?? current,
  })
  return text === null || text === '' ? null : { ...choices, budget: text }
}

function parseLevels(text: string): number[] {
  return text
    .trim()
    .split(/[\s,]+/)
    .map(Number)
}

function isUsers(text: string): boolean {
  return parseLevels(text).every((count) => Number.isInteger(count) && count >= 1 && count <= 10_000)
}

function areRates(text: string): boolean {
  return parseLevels(text).every((rate) => rate > 0 && rate <= 100_000)
}

/** The load of a profile: its levels, and how long each of them is held, or all of them together. */
export interface Levels {
  readonly levels: readonly number[]
  readonly seconds: number
  readonly inAll: boolean
}

/** Asks for the users of each step and how long it is held. */
export async function askUsers(choices: Choices, current: Levels): Promise<Choices | null> {
  const users = await ask({
    title: vscode.l10n.t('Users (1 of 2)'),
    prompt: vscode.l10n.t('Virtual users at each step, for example 10,50,200'),
    value: current.levels.join(','),
    validateInput: (input) =>
      isUsers(input) ? null : vscode.l10n.t('Write whole numbers from 1 to 10000, separated by commas.'),
  })
  if (users === null) return null
  const stepSeconds = await askSeconds(vscode.l10n.t('Users (2 of 2)'), current)
  return stepSeconds === null ? null : { ...choices, users: parseLevels(users), stepSeconds }
}

/** Asks for the requests a second of each step and how long it is held. */
export async function askRates(choices: Choices, current: Levels): Promise<Choices | null> {
  const rates = await ask({
    title: vscode.l10n.t('Rates (1 of 2)'),
    prompt: vscode.l10n.t('Requests a second at each step, for example 50,100,200'),
    value: current.levels.join(','),
    validateInput: (input) =>
      areRates(input) ? null : vscode.l10n.t('Write numbers up to 100000, separated by commas.'),
  })
  if (rates === null) return null
  const stepSeconds = await askSeconds(vscode.l10n.t('Rates (2 of 2)'), current)
  return stepSeconds === null ? null : { ...choices, rates: parseLevels(rates), stepSeconds }
}

/** Asks for the rows of each step of a volume sweep, and how long it is held. */
export async function askRows(choices: Choices, current: Levels): Promise<Choices | null> {
  const rows = await ask({
    title: vscode.l10n.t('Rows (1 of 2)'),
    prompt: vscode.l10n.t('Rows of the table at each step, for example 100,1000,10000,100000'),
    value: current.levels.join(','),
    validateInput: (input) =>
      areRows(input) ? null : vscode.l10n.t('Write at least three whole numbers, separated by commas.'),
  })
  if (rows === null) return null
  const stepSeconds = await askSeconds(vscode.l10n.t('Rows (2 of 2)'), current)
  return stepSeconds === null ? null : { ...choices, rowsAt: parseLevels(rows), stepSeconds }
}

function areRows(text: string): boolean {
  const levels = parseLevels(text)
  return levels.length >= 3 && levels.every((rows) => Number.isInteger(rows) && rows >= 1 && rows <= 1e9)
}

async function askSeconds(title: string, { seconds, inAll }: Levels): Promise<number | null> {
  const text = await ask({
    title,
    prompt: inAll ? vscode.l10n.t('Seconds in all') : vscode.l10n.t('Seconds each step is held'),
    value: String(seconds),
    validateInput: (input) =>
      Number(input) >= 0.5 && Number(input) <= 86_400
        ? null
        : vscode.l10n.t('Write a number from 0.5 to 86400.'),
  })
  return text === null ? null : Number(text)
}

/** A load profile as people choose one. */
export interface ProfileChoice {
  readonly id: string
  readonly title: string
  readonly description: string
}

/** Asks for the load profile. Levels and time go back to the profile's own: another profile means other ones. */
export async function askProfile(
  { users: _users, rates: _rates, rowsAt: _rows, stepSeconds: _seconds, ...choices }: Choices,
  profiles: readonly ProfileChoice[],
): Promise<Choices | null> {
  const picked = await vscode.window.showQuickPick(
    profiles.map(({ id, title, description }) => ({ id, label: title, detail: description })),
    { title: vscode.l10n.t('Load profile') },
  )
  return picked === undefined ? null : { ...choices, profile: picked.id }
}
