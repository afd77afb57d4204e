/** A colour without its transparency: some themes take chart colours from highlights, on which a thin line is not seen. */
export function opaque(colour: string): string {
  const hex = /^#([0-9a-f]{3})[0-9a-f]$|^#([0-9a-f]{6})[0-9a-f]{2}$/i.exec(colour)
  if (hex !== null) return `#${hex[1] ?? hex[2]}`
  const [, parts] = /^rgba\(([^,]+,[^,]+,[^,]+),[^,]+\)$/i.exec(colour) ?? []
  return parts === undefined ? colour : `rgb(${parts})`
}
