import type { Dialect } from './dialect.ts'
import { capitalized, type Column, forColumns } from './resource.ts'

const sequelizeKinds: Readonly<Record<Column['kind'], string>> = {
  string: 'STRING',
  number: 'INTEGER',
  boolean: 'BOOLEAN',
  Date: 'DATE',
}

/** TypeORM with decorated entities. */
export const typeorm: Dialect = {
  id: 'typeorm',
  packages: ['typeorm', 'pg'],
  connection: `import { DataSource } from 'typeorm'

export const dataSource = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: ['dist/modules/**/*.model.js'],
  synchronize: false,
})
`,
  model: (
    resource,
  ) => `import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'

@Entity('${resource.table}')
export class ${resource.type} {
  @PrimaryGeneratedColumn()
  id: number

  @Index()
  @Column({ name: 'parent_id' })
  parentId: number

  @CreateDateColumn({ name: 'created_at' })
  createdAt: Date

${forColumns(resource, ({ name, column, kind }) => `  @Column({ name: '${column}' })\n  ${name}: ${kind}\n`)}
}
`,
  imports: ({ name, type, noun }) => `import { In } from 'typeorm'
import { dataSource } from '../../../db/typeorm'
import { ${type} } from './${noun}.model'

const ${name}Rows = dataSource.getRepository(${type})`,
  all: ({ name }) => `${name}Rows.find({ order: { createdAt: 'DESC' } })`,
  page: ({ name }) =>
    `${name}Rows.find({ order: { id: 'DESC' }, skip: (page - 1) * pageSize, take: pageSize })`,
  one: ({ name }) => `${name}Rows.findOneBy({ id })`,
  many: ({ name }) => `${name}Rows.findBy({ id: In(ids) })`,
  ofParent: ({ name }) => `${name}Rows.find({ where: { parentId } })`,
  create: ({ name }) => `${name}Rows.save(input)`,
  update: ({ name }) => `${name}Rows.update({ id }, input)`,
  remove: ({ name }) => `${name}Rows.delete({ id })`,
  count: ({ name }) => `${name}Rows.count()`,
}

/** Sequelize with `init`. */
export const sequelize: Dialect = {
  id: 'sequelize',
  packages: ['sequelize', 'pg'],
  connection: `import { Sequelize } from 'sequelize'

export const sequelize = new Sequelize(process.env.DATABASE_URL ?? '', { logging: false, pool: { max: 10 } })
`,
  model: (
    resource,
  ) => `import { type CreationOptional, DataTypes, type InferAttributes, type InferCreationAttributes, Model } from 'sequelize'
import { sequelize } from '../../../db/sequelize'

export class ${resource.type} extends Model<InferAttributes<${resource.type}>, InferCreationAttributes<${resource.type}>> {
  declare id: CreationOptional<number>
  declare parentId: number
  declare createdAt: CreationOptional<Date>
${forColumns(resource, ({ name, kind }) => `  declare ${name}: ${kind}`)}
}

${resource.type}.init(
  {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    parentId: { type: DataTypes.INTEGER, allowNull: false, field: 'parent_id' },
    createdAt: { type: DataTypes.DATE, allowNull: false, field: 'created_at' },
${forColumns(resource, ({ name, column, kind }) => `    ${name}: {\n      type: DataTypes.${sequelizeKinds[kind]},\n      allowNull: false,\n      field: '${column}',\n    },`)}
  },
  { sequelize, tableName: '${resource.table}', updatedAt: false, indexes: [{ fields: ['parent_id'] }] },
)
`,
  imports: ({ type, noun }) => `import { Op } from 'sequelize'
import { ${type} } from './${noun}.model'`,
  all: ({ type }) => `${type}.findAll({ order: [['createdAt', 'DESC']] })`,
  page: ({ type }) =>
    `${type}.findAll({ order: [['id', 'DESC']], limit: pageSize, offset: (page - 1) * pageSize })`,
  one: ({ type }) => `${type}.findByPk(id)`,
  many: ({ type }) => `${type}.findAll({ where: { id: { [Op.in]: ids } } })`,
  ofParent: ({ type }) => `${type}.findAll({ where: { parentId } })`,
  create: ({ type }) => `${type}.create(input)`,
  update: ({ type }) => `${type}.update(input, { where: { id } })`,
  remove: ({ type }) => `${type}.destroy({ where: { id } })`,
  count: ({ type }) => `${type}.count()`,
}

/** Mongoose with schemas. */
export const mongoose: Dialect = {
  id: 'mongoose',
  packages: ['mongoose'],
  connection: `import mongoose from 'mongoose'

export async function connect(): Promise<void> {
  await mongoose.connect(process.env.MONGO_URL ?? 'mongodb://localhost:27017/app')
}
`,
  model: (resource) => `import { type InferSchemaType, Schema, model } from 'mongoose'

const ${resource.name}Schema = new Schema(
  {
    parentId: { type: Schema.Types.ObjectId, ref: 'Parent', required: true, index: true },
${forColumns(resource, ({ name, kind }) => `    ${name}: {\n      type: ${capitalized(kind)},\n      required: true,\n    },`)}
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: '${resource.table}' },
)

export type ${resource.type}Document = InferSchemaType<typeof ${resource.name}Schema>
export const ${resource.type} = model('${resource.type}', ${resource.name}Schema)
`,
  imports: ({ type, noun }) => `import { ${type} } from './${noun}.model'`,
  all: ({ type }) => `${type}.find().sort({ createdAt: -1 })`,
  page: ({ type }) => `${type}.find().sort({ _id: -1 }).skip((page - 1) * pageSize).limit(pageSize).lean()`,
  one: ({ type }) => `${type}.findById(id)`,
  many: ({ type }) => `${type}.find({ _id: { $in: ids } })`,
  ofParent: ({ type }) => `${type}.find({ parentId })`,
  create: ({ type }) => `${type}.create(input)`,
  update: ({ type }) => `${type}.findByIdAndUpdate(id, input, { new: true })`,
  remove: ({ type }) => `${type}.deleteOne({ _id: id })`,
  count: ({ type }) => `${type}.countDocuments()`,
}
