import type { Orm } from './orm.ts'
import { sequelizeRowMethods } from './sequelize-methods.ts'
import { recogniseSequelize } from './sequelize-recognise.ts'
import { modelTables } from './sequelize-schema.ts'

/** Sequelize 6 and 7, with `define`, `init` and sequelize-typescript's decorators. */
export const sequelize: Orm = {
  id: 'sequelize',
  examples: [],
  recognise: recogniseSequelize,
  tables: modelTables,
  rowMethods: sequelizeRowMethods,
  paginate: () => null,
  lookup: () => null,
}
