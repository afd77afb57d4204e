import type { GeneratorOptions } from './generator.ts'

/** A number among a generator's options. Throws a TypeError where it is missing: plans are made by the planner, not by hand. */
export function numberOption(options: GeneratorOptions, name: string): number {
  const value = options[name]
  if (typeof value !== 'number') throw new TypeError(`The plan's option "${name}" is not a number.`)
  return value
}

/** A text among a generator's options. Throws a TypeError where it is missing. */
export function textOption(options: GeneratorOptions, name: string): string {
  const value = options[name]
  if (typeof value !== 'string') throw new TypeError(`The plan's option "${name}" is not a text.`)
  return value
}

/** A list of texts among a generator's options. Throws a TypeError where it is missing. */
export function textsOption(options: GeneratorOptions, name: string): readonly string[] {
  const value = options[name]
  if (!Array.isArray(value)) throw new TypeError(`The plan's option "${name}" is not a list.`)
  return value.map(String)
}

/** An object among a generator's options, or null. */
export function objectOption(options: GeneratorOptions, name: string): GeneratorOptions | null {
  const value = options[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
}

/** A list of numbers among a generator's options, or null. */
export function numbersOption(options: GeneratorOptions, name: string): readonly number[] | null {
  const value = options[name]
  return Array.isArray(value) && value.length > 0 ? value.map(Number) : null
}
