import type { Shape } from '../src/report/export/drawing.ts'

/** An element with attributes and content; text never becomes markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...content)
  return made
}

/** The element of the page with an id: the skeleton has it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page lacks #${id}`)
  return found as T // as the skeleton has it
}

const svg = 'http://www.w3.org/2000/svg'

/** SVG elements of shapes. */
export function drawn({ tag, attributes, children, text }: Shape): SVGElement {
  const made = document.createElementNS(svg, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  if (text !== '') made.textContent = text
  made.append(...children.map(drawn))
  return made
}

/** Replaces what an element holds. */
export function fill(target: Element, ...content: readonly (Node | string)[]): void {
  target.replaceChildren(...content)
}
