import { incrementTypeorm } from './reading/increments.ts'
import { entityMethods } from './reading/entity-methods.ts'
import { typeormExamples } from './typeorm/examples.ts'
import type { Orm } from './orm.ts'
import {
  addTypeormIndex,
  countTypeorm,
  includeTypeorm,
  selectTypeorm,
  singleWriteTypeorm,
} from './typeorm/fixes.ts'
import { childrenTypeorm, countsTypeorm, lookupTypeorm } from './typeorm/lookup.ts'
import { orderTypeorm, paginateTypeorm, paginateTypeormByKey } from './typeorm/paging.ts'
import { entityOfRow, recogniseTypeorm } from './typeorm/recognise.ts'
import { entityTables } from './typeorm/schema.ts'

/** TypeORM: repositories, entity managers, active record, query builders, custom repositories and plain SQL. */
export const typeorm: Orm = {
  id: 'typeorm',
  examples: typeormExamples,
  recognise: recogniseTypeorm,
  rowMethods: (call, resolver) => entityMethods(call, /^typeorm$/, 'typeorm', entityOfRow, resolver),
  tables: entityTables,
  paginate: paginateTypeorm,
  paginateByKey: paginateTypeormByKey,
  lookup: lookupTypeorm,
  children: childrenTypeorm,
  countsByKey: countsTypeorm,
  singleWrite: singleWriteTypeorm,
  count: countTypeorm,
  selectColumns: selectTypeorm,
  include: includeTypeorm,
  appendOrder: orderTypeorm,
  addIndex: addTypeormIndex,
  increment: incrementTypeorm,
}
