import { Decimal128, Long } from 'mongodb'
import type { DocumentField, DocumentModel } from '../../../model/document-model.ts'

type JsonSchema = Readonly<Record<string, unknown>>

const types: Readonly<Record<string, string>> = {
  string: 'String',
  int: 'Int32',
  long: 'BigInt',
  double: 'Double',
  number: 'Number',
  decimal: 'Decimal128',
  bool: 'Boolean',
  boolean: 'Boolean',
  date: 'Date',
  objectId: 'ObjectId',
  binData: 'Buffer',
}

/** The `$jsonSchema` of a collection's validator; null where it has none. */
export function jsonSchemaOf(options: unknown): JsonSchema | null {
  const validator = isRecord(options) ? options['validator'] : undefined
  const schema = isRecord(validator) ? validator['$jsonSchema'] : undefined
  return isRecord(schema) ? schema : null
}

/** The model with what a validator of the database asks for besides: the database refuses what doesn't meet it. */
export function withValidator(model: DocumentModel, schema: JsonSchema): DocumentModel {
  const asked = fieldsOf(schema, '')
  const known = new Set(model.fields.map(({ path }) => path))
  const added = asked.filter(({ path, required }) => required && !known.has(path) && !isInside(path, known))
  const fields = model.fields.map((field) => {
    const own = asked.find(({ path }) => path === field.path)
    return own === undefined ? field : merged(field, own)
  })
  return { ...model, fields: [...fields, ...added] }
}

/** A collection that only its validator describes. */
export function modelOfValidator(collection: string, schema: JsonSchema): DocumentModel {
  return { name: collection, collection, fields: fieldsOf(schema, ''), uniques: [] }
}

function isInside(path: string, known: ReadonlySet<string>): boolean {
  return [...known].some((other) => path.startsWith(`${other}.`) || other.startsWith(`${path}.`))
}

/** Both must hold. */
function merged(field: DocumentField, asked: DocumentField): DocumentField {
  const { type, list, path: _path, required, hasDefault: _hasDefault, ...limits } = asked
  const isNarrower = field.type === 'Mixed' || (field.type === 'Number' && type !== 'Mixed' && !list)
  return { ...field, ...limits, type: isNarrower ? type : field.type, required: field.required || required }
}

function fieldsOf(schema: JsonSchema, prefix: string): readonly DocumentField[] {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {}
  const required: unknown = schema['required']
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isRecord(property)) return []
    const isRequired = Array.isArray(required) && required.includes(name)
    return fieldsFrom(prefix + name, property, isRequired)
  })
}

function fieldsFrom(path: string, property: JsonSchema, required: boolean): readonly DocumentField[] {
  const kinds = [property['bsonType'] ?? property['type']].flat().filter((kind) => kind !== 'null')
  const kind = typeof kinds[0] === 'string' ? kinds[0] : ''
  if (kind === 'object' && isRecord(property['properties'])) return fieldsOf(property, `${path}.`)
  const items = isRecord(property['items']) ? property['items'] : {}
  if (kind === 'array') {
    const [element, ...others] = fieldsFrom('', items, false)
    const isDocument = others.length > 0 || (element?.path ?? '') !== ''
    const fields = isDocument ? fieldsOf(items, '') : []
    const type = isDocument ? 'Document' : (element?.type ?? 'Mixed')
    return [
      { ...element, path, type, list: true, required, hasDefault: false, ...(isDocument ? { fields } : {}) },
    ]
  }
  const values: unknown = property['enum']
  const texts = Array.isArray(values) ? values.filter((value) => value !== null).map(String) : undefined
  const given = {
    values: texts,
    min: numberOf(property['minimum']),
    max: numberOf(property['maximum']),
    minLength: numberOf(property['minLength']),
    maxLength: numberOf(property['maxLength']),
    match: typeof property['pattern'] === 'string' ? property['pattern'] : undefined,
  }
  const limits = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const type = types[kind] ?? (texts === undefined ? 'Mixed' : 'String')
  return [{ path, type, list: false, required, hasDefault: false, ...limits }]
}

function numberOf(value: unknown): number | undefined {
  const number = value instanceof Long || value instanceof Decimal128 ? Number(value.toString()) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
