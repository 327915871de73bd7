import { safeLine } from '../../bytes/terminal-text.ts'
import type { Shape } from './drawing.ts'

/** A shape as text; all that is not podsim's own is escaped. */
export function markup({ tag, attributes, children, text }: Shape): string {
  const told = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
  return `<${tag}${told.join('')}>${escaped(text)}${children.map(markup).join('')}</${tag}>`
}

/** Text for XML and HTML: neither an element nor the end of an attribute, and nothing that can't be seen. */
export function escaped(text: string): string {
  return safeLine(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
}
