import { describe, expect, test } from 'vitest'
import { createCompositor } from '../../src/ui/screen/compositor.ts'
import { createPainter } from '../../src/ui/screen/painter.ts'

describe('the painter', () => {
  const painted = () => {
    const written: string[] = []
    let clock = 0
    let later: (() => void) | undefined
    const painter = createPainter({
      write: (text) => written.push(text),
      rows: 3,
      minIntervalMs: 33,
      now: () => clock,
      later(work) {
        later = work
        return () => {
          later = undefined
        }
      },
    })
    const advance = (ms: number) => {
      clock += ms
      later?.()
    }
    return { painter, written, advance }
  }

  test('writes only lines that changed, and gives the normal screen back', () => {
    const { painter, written, advance } = painted()
    painter.show('a\nb\nc')
    advance(50)
    painter.show('a\nB\nc')
    advance(50)
    painter.close()
    painter.close()
    expect(written[0]).toContain('[?1049h')
    expect(written[2]).toContain('[2;1HB')
    expect(written[2]).not.toContain('[1;1H')
    expect(written.filter((text) => text.includes('[?1049l'))).toHaveLength(1)
  })

  test('drops frames that come too fast, but never the last one', () => {
    const { painter, written, advance } = painted()
    for (const frame of ['1', '2', '3', '4']) painter.show(frame)
    advance(40)
    expect(written.join('')).not.toContain('[1;1H3')
    expect(written.join('')).toContain('[1;1H4')
  })
})

describe('the compositor', () => {
  test('puts lines where the renderer left their places, and shows them anew when only they changed', () => {
    const shown: string[] = []
    const compositor = createCompositor((text) => void shown.push(text))
    compositor.put('left', ['ab', 'cd'])
    compositor.put('right', ['12'])
    compositor.put('below', ['xy'])
    const [left, right, below] = ['left', 'right', 'below'].map(compositor.mark)
    compositor.frame(`${left} ${right}\n   ${below}\n`)
    expect(shown.at(-1)).toBe('ab12\ncdxy\n')
    compositor.put('right', ['34'])
    compositor.changed()
    expect(shown.at(-1)).toBe('ab34\ncdxy\n')
    // What is drawn as the tree is taken down is no screen.
    compositor.frame('')
    expect(shown).toHaveLength(2)
  })
})
