import * as z from 'zod'
import type { ContainerRef } from '../../looks/containers.ts'
import { absolutePath, containerText, modeText, text, texts } from '../../sim/input/formats.ts'
import { show } from './compare.ts'
import { all, inNamespace, presence, subject } from './subject.ts'
import { lookForTexts } from './texts.ts'

/** Expectations about what a container has: files, variables, what it wrote. */

const inContainer = {
  in: containerText.meta({ description: 'Container to look into: pod or pod/container' }),
  ...inNamespace,
}

/** `pod` or `pod/container`, the first container unless one is named. */
function containerRef(name: string, namespace: string | undefined): ContainerRef {
  const [pod = '', container] = name.split('/')
  return { pod, ...(container === undefined ? {} : { container }), ...(namespace === undefined ? {} : { namespace }) }
}

export const file = subject({
  subject: 'file',
  description: 'A path inside a container',
  name: absolutePath,
  where: inContainer,
  claims: {
    // Bytes that are no text may be in a Secret: here NUL means what it says.
    content: z.string().optional().meta({ description: 'All of its text' }),
    mode: modeText.optional().meta({ description: 'Permission bits in octal, links followed' }),
    link: text.optional().meta({ description: 'Target of a symbolic link' }),
  },
  canBeAbsent: true,
  look(sim, source) {
    const { file: path, content, mode, link } = source
    const where = `${path} in ${source.in}`
    const found = sim.file(containerRef(source.in, source.namespace), path)
    if (source.exists === false)
      return presence(`there is no file ${where}`, false, found !== undefined, 'it exists', 'there is none')
    const expected = [
      `file ${where}`,
      content === undefined ? '' : `says ${show(content)}`,
      mode === undefined ? '' : `has mode ${mode}`,
      link === undefined ? '' : `links to ${link}`,
    ]
      .filter((part) => part !== '')
      .join(' ')
    if (found === undefined)
      return { holds: false, expected, found: 'there is no such file, or the container does not run' }
    const bits = found.mode & 0o7777
    const modeFound = `0${bits.toString(8).padStart(3, '0')}`
    return all(
      expected,
      [
        [content === undefined || found.content === content, `it says ${show(found.content)}`],
        [mode === undefined || Number.parseInt(mode, 8) === bits, `its mode is ${modeFound}`],
        [link === undefined || found.link === link, `it links to ${found.link ?? 'nothing'}`],
      ],
      `it says ${show(found.content)}, mode ${modeFound}`,
    )
  },
})

export const env = subject({
  subject: 'env',
  description: 'An environment variable of a container',
  name: text.min(1),
  where: inContainer,
  claims: { value: z.string().optional().meta({ description: 'Its value' }) },
  canBeAbsent: true,
  look(sim, source) {
    const { env: name, value } = source
    const variables = sim.env(containerRef(source.in, source.namespace))
    const found = variables?.get(name)
    const where = `variable ${name} of ${source.in}`
    if (source.exists === false)
      return presence(`${where} is not set`, false, found !== undefined, `it is ${show(found)}`, 'it is not set')
    const expected = value === undefined ? `${where} is set` : `${where} is ${show(value)}`
    const holds = found !== undefined && (value === undefined || found === value)
    return {
      holds,
      expected,
      found: variables === undefined ? 'the container was never created' : `it is ${show(found)}`,
    }
  },
})

export const logs = subject({
  subject: 'logs',
  description: 'What a container wrote, by pod or pod/container',
  name: containerText,
  where: inNamespace,
  claims: {
    contains: texts.optional().meta({ description: 'Texts that must be there' }),
    lacks: texts.optional().meta({ description: 'Texts that must not be there' }),
  },
  canBeAbsent: false,
  needsClaim: true,
  look(sim, source) {
    const said = sim.logs(containerRef(source.logs, source.namespace))
    return lookForTexts(said, `the logs of ${source.logs}`, source, 'they are empty')
  },
})
