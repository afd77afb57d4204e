import { typeormExamples } from './typeorm-examples.ts'
import type { Orm } from './orm.ts'
import {
  addTypeormIndex,
  countTypeorm,
  includeTypeorm,
  orderTypeorm,
  paginateTypeorm,
  paginateTypeormByKey,
  selectTypeorm,
  singleWriteTypeorm,
} from './typeorm-fixes.ts'
import { lookupTypeorm } from './typeorm-lookup.ts'
import { recogniseTypeorm } from './typeorm-recognise.ts'
import { entityTables } from './typeorm-schema.ts'

/** TypeORM: repositories, entity managers, active record, query builders, custom repositories and plain SQL. */
export const typeorm: Orm = {
  id: 'typeorm',
  examples: typeormExamples,
  recognise: recogniseTypeorm,
  tables: entityTables,
  paginate: paginateTypeorm,
  paginateByKey: paginateTypeormByKey,
  lookup: lookupTypeorm,
  singleWrite: singleWriteTypeorm,
  count: countTypeorm,
  selectColumns: selectTypeorm,
  include: includeTypeorm,
  appendOrder: orderTypeorm,
  addIndex: addTypeormIndex,
}
