/** A picture as data: the same for a file, where it is written, and for a page, where elements are made of it. */
export interface Shape {
  readonly tag: 'g' | 'rect' | 'line' | 'path' | 'text' | 'title'
  readonly attributes: Readonly<Record<string, string | number>>
  readonly children: readonly Shape[]
  readonly text: string
}

/** A shape; what it says to who hovers over it, or can't see it, stands in `title`. */
export function shape(
  tag: Shape['tag'],
  attributes: Shape['attributes'],
  content: readonly Shape[] | string = [],
): Shape {
  return typeof content === 'string'
    ? { tag, attributes, children: [], text: content }
    : { tag, attributes, children: content, text: '' }
}
