import { flat } from './flat-text.ts'

/** How many are remembered: what is told of a Pod with a few containers, so that the next one of its template finds it. */
const remembered = 16

/**
 * Equal texts that are told again and again as one text: of the last few, for who asks has few that stay. For texts that rest in
 * tens of thousands.
 */
export class RecentTexts {
  readonly #texts: string[] = []
  #next = 0

  /** The text in one piece; the very one that was asked for before, if that is not long ago. */
  one(text: string): string {
    const known = this.#texts[this.#texts.indexOf(text)]
    if (known !== undefined) return known
    const own = flat(text)
    this.#texts[this.#next] = own
    this.#next = (this.#next + 1) % remembered
    return own
  }
}
