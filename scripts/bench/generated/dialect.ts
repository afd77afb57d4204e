import type { Resource } from './resource.ts'

/** How the generated application writes its queries with one ORM. Query texts use the names of the repository's parameters. */
export interface Dialect {
  readonly id: string
  readonly packages: readonly string[]
  /** src/db/<id>.ts. */
  readonly connection: string
  readonly model: (resource: Resource) => string
  readonly imports: (resource: Resource) => string
  readonly all: (resource: Resource) => string
  /** Parameters `page` and `pageSize`. */
  readonly page: (resource: Resource) => string
  /** Parameter `id`. */
  readonly one: (resource: Resource) => string
  /** Parameter `ids`. */
  readonly many: (resource: Resource) => string
  /** Parameter `parentId`. */
  readonly ofParent: (resource: Resource) => string
  /** Parameter `input`. */
  readonly create: (resource: Resource) => string
  /** Parameters `id` and `input`. */
  readonly update: (resource: Resource) => string
  readonly remove: (resource: Resource) => string
  readonly count: (resource: Resource) => string
}
