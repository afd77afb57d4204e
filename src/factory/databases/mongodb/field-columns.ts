import type { DocumentField } from '../../../model/document-model.ts'
import type { Column, ColumnType } from '../../../model/schema.ts'
import { readPattern } from '../../generators/pattern-grammar.ts'
import { words } from '../../generators/text.ts'

const types: Readonly<Record<string, ColumnType>> = {
  String: 'text',
  Boolean: 'boolean',
  Date: 'datetime',
  Decimal128: 'decimal',
  Double: 'real',
  Int32: 'integer',
  BigInt: 'integer',
  Buffer: 'blob',
  UUID: 'uuid',
  Mixed: 'json',
}

/** Numbers that have fractions, as far as names tell. */
const fractional =
  /price|amount|total|cost|fee|balance|rate$|ratio|percent|lat(?:itude)?$|lng$|lon(?:gitude)?$|weight|height|width|length|score|average|tax|discount|salary|budget|revenue|distance/
/** Of the keys that Headroom numbers: the last four bytes of an ObjectId. */
const largestKey = 2 ** 32 - 1

/** A field as the planner knows columns; `type` wins over what the field's own type gives. */
export function columnOfField(field: DocumentField, { type }: { readonly type?: ColumnType } = {}): Column {
  const own = type ?? typeOf(field)
  const column: Column = {
    name: field.path,
    type: field.list ? 'array' : own,
    declaredType: field.list ? `[${field.type}]` : field.type,
    nullable: !field.required,
    hasDefault: field.hasDefault || field.type === 'Map',
    generated: false,
    maxLength: field.maxLength ?? null,
    allowedValues: field.values ?? null,
  }
  if (field.list) return { ...column, maxLength: null, allowedValues: null, ...elementOf(field) }
  return { ...column, ...limitsOf(field, own), ...formOf(field, own) }
}

function typeOf({ type, path, min, max }: DocumentField): ColumnType {
  if (type !== 'Number') return types[type] ?? 'other'
  return fractional.test(words(path)) || hasFraction(min) || hasFraction(max) ? 'real' : 'integer'
}

function hasFraction(limit: number | undefined): boolean {
  return limit !== undefined && !Number.isInteger(limit)
}

/** Lists of what has no type stay empty. */
function elementOf(field: DocumentField): Pick<Column, 'element'> {
  if (['Mixed', 'ObjectId', 'Document'].includes(field.type)) return {}
  const { maxLength = null, values = null } = field
  return { element: { type: typeOf(field), declaredType: field.type, maxLength, allowedValues: values } }
}

function limitsOf({ path, type, min, max, minLength }: DocumentField, own: ColumnType): Partial<Column> {
  const isKey = path === '_id' && own === 'integer' && type !== 'Number'
  const range = isKey
    ? { min: 1, max: largestKey }
    : { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
  return {
    ...(Object.keys(range).length === 0 ? {} : { range }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(own === 'datetime' ? { timeFormat: 'epoch-millis' as const } : {}),
  }
}

/** The form that `match` asks for, where texts of that form can be made. */
function formOf({ match }: DocumentField, own: ColumnType): Pick<Column, 'pattern'> {
  const form = match?.replace(/^\^|\$$/g, '')
  return own !== 'text' || form === undefined || typeof readPattern(form) === 'string'
    ? {}
    : { pattern: form }
}
