import { incrementMikro } from './reading/increments.ts'
import { entityMethods } from './reading/entity-methods.ts'
import { mikroExamples } from './mikro-orm/examples.ts'
import {
  addMikroIndex,
  countMikro,
  includeMikro,
  orderMikro,
  paginateMikro,
  paginateMikroByKey,
  selectMikro,
  singleWriteMikro,
} from './mikro-orm/fixes.ts'
import { childrenMikro, countsMikro, lookupMikro } from './mikro-orm/lookup.ts'
import { mikroEntityOfRow, recogniseMikro } from './mikro-orm/recognise.ts'
import { mikroPackages } from './mikro-orm/receivers.ts'
import { mikroTables } from './mikro-orm/schema.ts'
import type { Orm } from './orm.ts'

/** MikroORM: entity managers, repositories, query builders, and the relations of rows. */
export const mikroOrm: Orm = {
  id: 'mikro-orm',
  examples: mikroExamples,
  recognise: recogniseMikro,
  rowMethods: (call, resolver) =>
    entityMethods(call, mikroPackages, '@mikro-orm', mikroEntityOfRow, resolver),
  tables: mikroTables,
  paginate: paginateMikro,
  paginateByKey: paginateMikroByKey,
  lookup: lookupMikro,
  children: childrenMikro,
  countsByKey: countsMikro,
  singleWrite: singleWriteMikro,
  count: countMikro,
  selectColumns: selectMikro,
  include: includeMikro,
  appendOrder: orderMikro,
  addIndex: addMikroIndex,
  increment: incrementMikro,
}
