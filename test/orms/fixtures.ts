import { cpSync, existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** The folder of all fixtures, an npm project of its own. */
export const ormsFolder = import.meta.dirname

/** What is asked of the application: `/posts` is a GET. */
export type FixtureRequest =
  string | { readonly method: string; readonly path: string; readonly body?: unknown }

/** What a `fixture.json` says. */
export interface Fixture {
  /** `knex/batch`: the ORM and what is mended. */
  readonly name: string
  readonly rule: string
  /** The fix that is carried out: of the first finding of the rule that offers it. */
  readonly fix: string
  readonly requests: readonly FixtureRequest[]
  /** How many rows of each list are still answered after the fix; null where the answers stay equal. */
  readonly firstPage: number | null
  /** Whether the application can run here; otherwise it is type-checked only. */
  readonly run: boolean
  /** Whether the fix saves queries. */
  readonly fewerQueries: boolean
  /** The column a page starts after, for pages by key; `id` unless told. */
  readonly key?: string
  /** Text that the mended files hold. */
  readonly contains?: readonly string[]
}

/** All fixtures, or those whose names start with what the environment variable `ORMS` says. */
export function fixtures(): Fixture[] {
  return globSync('*/*/fixture.json', { cwd: ormsFolder, exclude: ['node_modules/**'] })
    .toSorted()
    .map((file): Fixture => {
      const settings: Omit<Fixture, 'name'> = JSON.parse(readFileSync(join(ormsFolder, file), 'utf8'))
      return { ...settings, name: dirname(file).split(sep).join('/') }
    })
    .filter(({ name }) => name.startsWith(process.env['ORMS'] ?? ''))
}

/** Copies a fixture's files into a folder, with the versions of the packages it uses. */
export function copyFixture(name: string, folder: string): void {
  cpSync(join(ormsFolder, name), folder, {
    recursive: true,
    filter: (path) => !path.endsWith('fixture.json'),
  })
  if (!existsSync(join(folder, 'package.json')))
    cpSync(join(ormsFolder, 'package.json'), join(folder, 'package.json'))
}
