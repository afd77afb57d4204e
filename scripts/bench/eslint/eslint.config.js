// oxlint-disable import/no-default-export -- ESLint asks for it
import parser from '@typescript-eslint/parser'

/** One rule that needs no types: as little as ESLint can be asked for. */
export default [
  {
    files: ['**/*.ts'],
    languageOptions: { parser },
    rules: { 'no-await-in-loop': 'error' },
  },
]
