export type Child = Node | string | null

/** An element with attributes (null leaves one out) and children (null leaves one out); text is always text, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value)
  made.append(...children.filter((child) => child !== null))
  return made
}

/** A message's text with what stands between backticks as code. */
export function withCode(message: string): Child[] {
  return message.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part))
}

const svgNamespace = 'http://www.w3.org/2000/svg'

/** A decorative SVG picture of paths, hidden from assistive technology; styled by its class. */
export function picture(
  className: string,
  viewBox: string,
  paths: readonly Readonly<Record<string, string>>[],
): SVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg')
  svg.setAttribute('class', className)
  svg.setAttribute('viewBox', viewBox)
  svg.setAttribute('aria-hidden', 'true')
  for (const attributes of paths) {
    const path = document.createElementNS(svgNamespace, 'path')
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value)
    svg.append(path)
  }
  return svg
}
