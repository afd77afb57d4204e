import { incrementSequelize } from './reading/increments.ts'
import type { Orm } from './orm.ts'
import { sequelizeExamples } from './sequelize/examples.ts'
import {
  addSequelizeIndex,
  countSequelize,
  includeSequelize,
  orderSequelize,
  paginateSequelize,
  paginateSequelizeByKey,
  selectSequelize,
  singleWriteSequelize,
} from './sequelize/fixes.ts'
import { childrenSequelize, countsSequelize, lookupSequelize } from './sequelize/lookup.ts'
import { recogniseSequelize } from './sequelize/recognise.ts'
import { sequelizeRowMethods } from './sequelize/rows.ts'
import { modelTables } from './sequelize/schema.ts'

/** Sequelize 6 and 7: models by `define`, by classes with `init` and by sequelize-typescript's decorators. */
export const sequelize: Orm = {
  id: 'sequelize',
  examples: sequelizeExamples,
  recognise: recogniseSequelize,
  rowMethods: sequelizeRowMethods,
  tables: modelTables,
  paginate: paginateSequelize,
  paginateByKey: paginateSequelizeByKey,
  lookup: lookupSequelize,
  children: childrenSequelize,
  countsByKey: countsSequelize,
  singleWrite: singleWriteSequelize,
  count: countSequelize,
  selectColumns: selectSequelize,
  include: includeSequelize,
  appendOrder: orderSequelize,
  addIndex: addSequelizeIndex,
  increment: incrementSequelize,
}
