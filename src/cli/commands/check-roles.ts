import { resolve } from 'node:path'
import { Command } from 'commander'
import type { AccessCell, RoleMatrix } from '../../model/role-matrix.ts'
import { baselineFileName, changedCells, checkRoles, writeBaseline } from '../../workflows/check-roles.ts'
import { readConfig } from '../../workflows/config.ts'
import { inspect } from '../../workflows/inspect.ts'
import { clearStatus, colourful, log, status } from '../terminal.ts'
import { paletteFor, type Palette } from '../text-shapes.ts'

interface CheckRolesOptions {
  baseUrl?: string
  database?: string
  start?: true
  yes?: true
  write?: true
  json?: true
}

/** `headroom check-roles`: every role asks for every route once; is it let in or refused as before? */
export function checkRolesCommand(signal: AbortSignal): Command {
  return new Command('check-roles')
    .description('Ask for every route as every role: allowed or refused as before?')
    .argument('[dir]', 'the project', '.')
    .option('--base-url <url>', 'where the dev server listens')
    .option('--database <url>', 'where parameter values are drawn from')
    .option('--start', 'start the dev server when nothing listens, and stop it afterwards')
    .option('--yes', 'send POST, PUT, PATCH and DELETE requests too, which change data')
    .option('--write', `write what was found to ${baselineFileName}, to be committed`)
    .option('--json', 'print the matrix as one JSON document')
    .action(async (dir: string, options: CheckRolesOptions) => {
      const root = resolve(dir)
      const { baseUrl, database } = options
      const config = await readConfig(root, baseUrl === undefined ? {} : { baseUrl })
      const { routes } = await inspect(root, { provenance: 'none' })
      const check = { root, config, routes, start: options.start === true, writes: options.yes === true }
      const matrix = await checkRoles(
        database === undefined ? check : { ...check, database },
        (role) => status(`Asking as ${role} …`),
        signal,
      )
      clearStatus()
      if (options.json) console.log(JSON.stringify(matrix))
      else console.log(matrixText(matrix, paletteFor(colourful())))
      if (options.write) log(`Written to ${await writeBaseline(root, matrix)}.`)
      else if (changedCells(matrix).length > 0) process.exitCode = 1
    })
}

function matrixText(matrix: RoleMatrix, palette: Palette): string {
  const { roles, routes, cells, notChecked } = matrix
  const width = Math.max(5, ...routes.map((route) => route.length))
  const cell = (route: string, role: string): string => {
    const found = cells.find((each) => each.route === route && each.role === role)
    return found === undefined ? '' : cellText(found, palette, columnWidth(role))
  }
  const header = ['Route'.padEnd(width), ...roles.map((role) => role.padEnd(columnWidth(role)))].join('  ')
  const lines = routes.map((route) =>
    [route.padEnd(width), ...roles.map((role) => cell(route, role))].join('  '),
  )
  const skipped = notChecked.map(({ route, reason }) => palette.muted(`${route}: not checked, ${reason}`))
  return [
    palette.bold(header),
    ...lines,
    ...(skipped.length > 0 ? ['', ...skipped] : []),
    '',
    conclusion(matrix),
  ].join('\n')
}

/** Wide enough for "not found 404" and a mark. */
function columnWidth(role: string): number {
  return Math.max(15, role.length)
}

function cellText({ status: code, outcome, before }: AccessCell, palette: Palette, width: number): string {
  const text = `${outcome.replace('-', ' ')} ${code ?? 'no answer'}`
  if (before === null || before === outcome) return text.padEnd(width)
  return palette.bad(`${text} !`.padEnd(width))
}

function conclusion(matrix: RoleMatrix): string {
  const changed = changedCells(matrix)
  if (changed.length > 0) {
    const list = changed.map(
      ({ role, route, outcome, before }) => `  ${route} as ${role}: ${outcome}, was ${before ?? ''}`,
    )
    const what = changed.length === 1 ? '1 answer has changed' : `${changed.length} answers have changed`
    return [`${what}:`, ...list, 'Mend it, or take it over with --write.'].join('\n')
  }
  const unknown = matrix.cells.filter(({ before }) => before === null).length
  if (unknown === 0) return `As before: ${matrix.cells.length} answers.`
  return `${unknown} of ${matrix.cells.length} answers have nothing to be compared with yet: --write keeps them in ${baselineFileName}.`
}
