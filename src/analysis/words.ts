/** The English plural of a singular noun in camel case: `post` gives `posts`, `category` gives `categories`. */
export function plural(noun: string): string {
  if (/(?:s|x|z|ch|sh)$/i.test(noun))
    return /(?:[^s]s)$/i.test(noun) && !/(?:us|is|as)$/i.test(noun) ? noun : `${noun}es`
  return /[^aeiou]y$/i.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
}

/** The singular of an English plural, as far as its ending tells. */
export function singular(noun: string): string {
  if (/ies$/i.test(noun)) return `${noun.slice(0, -3)}y`
  if (/(?:ses|xes|zes|ches|shes)$/i.test(noun)) return noun.slice(0, -2)
  return /[^s]s$/i.test(noun) ? noun.slice(0, -1) : noun
}

/** `post_tags` as `postTags`. */
export function camelCase(name: string): string {
  return name.replace(/[_\s-]+(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** The same name with its first letter in upper case. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** The same name with its first letter in lower case. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
