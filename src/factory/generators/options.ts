import * as l10n from '@vscode/l10n'
import type { GeneratorOptions } from './generator.ts'

/** A number among a generator's options. Throws a TypeError where it is missing: plans are made by the planner, not by hand. */
export function numberOption(options: GeneratorOptions, name: string): number {
  const value = options[name]
  if (typeof value !== 'number')
    throw new TypeError(l10n.t('The plan\'s option "{0}" is not a number.', name))
  return value
}

/** A text among a generator's options. Throws a TypeError where it is missing. */
export function textOption(options: GeneratorOptions, name: string): string {
  const value = options[name]
  if (typeof value !== 'string') throw new TypeError(l10n.t('The plan\'s option "{0}" is not a text.', name))
  return value
}

/** A list of texts among a generator's options. Throws a TypeError where it is missing. */
export function textsOption(options: GeneratorOptions, name: string): readonly string[] {
  const value = options[name]
  if (!Array.isArray(value)) throw new TypeError(l10n.t('The plan\'s option "{0}" is not a list.', name))
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
