import * as z from 'zod'
import type { ContainerRef } from '../../looks/containers.ts'
import { absolutePath, comparison, modeText, objectName, text } from '../../sim/input/formats.ts'
import type { Sim } from '../../sim/sim.ts'
import { type Judge, quantified, quantifiers } from '../select/quantify.ts'
import { type ContainersSource, containersOf } from '../select/select-pods.ts'
import { containersSchema } from '../select/selection.ts'
import { fitsComparison, show } from './compare.ts'
import { all, inNamespace, presence, saidOf, subject } from './subject.ts'
import { claimWords, type TextClaims, textClaims, textFits } from './text-claims.ts'

/** Expectations about what containers have: files, variables, what they wrote. */

const whichContainer = {
  container: objectName.optional().meta({ description: 'Which container of each Pod; the first unless given' }),
  ...inNamespace,
}

const inContainers = {
  in: containersSchema.meta({
    description: 'Containers to look into: pod, pod/container, deploy/web, or labels such as { app: web }',
  }),
  ...whichContainer,
}

/** `in` as what it selects, and how what is said of each is judged. */
function judged<C extends object>(
  sim: Sim,
  source: ContainersSource & Parameters<typeof quantified<ContainerRef, C>>[2],
  claims: readonly string[],
  judge: Judge<ContainerRef, C>,
) {
  // A selection of nothing but keys that the claims have.
  const flat = saidOf(source, claims) as C | undefined
  // Without claims it must be there.
  return quantified(containersOf(sim, source), flat, source, judge, {} as C)
}

interface FileClaims extends TextClaims {
  readonly content?: string | undefined
  readonly mode?: string | undefined
  readonly link?: string | undefined
  readonly exists?: boolean | undefined
}

const fileClaims = {
  // Bytes that are no text may be in a Secret: here NUL means what it says.
  content: z.string().optional().meta({ description: 'All of its text' }),
  ...textClaims,
  mode: modeText.optional().meta({ description: 'Permission bits in octal, links followed' }),
  link: text.optional().meta({ description: 'Target of a symbolic link' }),
}

const fileKeys = [...Object.keys(fileClaims), 'exists']

export const file = subject({
  subject: 'file',
  description: 'A path inside a container',
  name: absolutePath,
  where: inContainers,
  claims: { ...fileClaims, ...quantifiers(fileClaims) },
  canBeAbsent: true,
  look(sim, source) {
    const { file: path } = source
    return judged<FileClaims>(sim, source, fileKeys, {
      expected: (claims, name) => expectedFile(claims, `${path} in ${name}`),
      judge: (ref, claims) => judgeFile(sim, ref, path, claims),
    })
  },
})

function expectedFile(claims: FileClaims, where: string): string {
  const { content, mode, link } = claims
  if (claims.exists === false) return `there is no file ${where}`
  return [
    `file ${where}`,
    content === undefined ? '' : `says ${show(content)}`,
    ...claimWords(claims),
    mode === undefined ? '' : `has mode ${mode}`,
    link === undefined ? '' : `links to ${link}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function judgeFile(sim: Sim, ref: ContainerRef, path: string, claims: FileClaims) {
  const { content, mode, link } = claims
  const found = sim.file(ref, path)
  if (claims.exists === false) return presence(false, found !== undefined, 'it exists', 'there is none')
  if (found === undefined) return { holds: false, found: 'there is no such file, or the container does not run' }
  const bits = found.mode & 0o7777
  const modeFound = `0${bits.toString(8).padStart(3, '0')}`
  const says = `it says ${show(found.content)}`
  return all(
    [
      [content === undefined || found.content === content, says],
      [textFits(found.content ?? '', claims), says],
      [mode === undefined || Number.parseInt(mode, 8) === bits, `its mode is ${modeFound}`],
      [link === undefined || found.link === link, `it links to ${found.link ?? 'nothing'}`],
    ],
    `${says}, mode ${modeFound}`,
  )
}

interface EnvClaims extends TextClaims {
  readonly value?: string | undefined
  readonly exists?: boolean | undefined
}

const envClaims = {
  value: z.string().optional().meta({ description: 'Its value' }),
  ...textClaims,
}

export const env = subject({
  subject: 'env',
  description: 'An environment variable of a container',
  name: text.min(1),
  where: inContainers,
  claims: { ...envClaims, ...quantifiers(envClaims) },
  canBeAbsent: true,
  look(sim, source) {
    const { env: variable } = source
    return judged<EnvClaims>(sim, source, [...Object.keys(envClaims), 'exists'], {
      expected: (claims, name) => expectedEnv(claims, `variable ${variable} of ${name}`),
      judge: (ref, claims) => judgeEnv(sim, ref, variable, claims),
    })
  },
})

function expectedEnv(claims: EnvClaims, where: string): string {
  if (claims.exists === false) return `${where} is not set`
  const said = [...(claims.value === undefined ? [] : [`is ${show(claims.value)}`]), ...claimWords(claims)]
  return `${where} ${said.length === 0 ? 'is set' : said.join(' and ')}`
}

function judgeEnv(sim: Sim, ref: ContainerRef, variable: string, claims: EnvClaims) {
  const variables = sim.env(ref)
  const found = variables?.get(variable)
  if (claims.exists === false) return presence(false, found !== undefined, `it is ${show(found)}`, 'it is not set')
  const holds = found !== undefined && (claims.value === undefined || found === claims.value) && textFits(found, claims)
  return { holds, found: variables === undefined ? 'the container was never created' : `it is ${show(found)}` }
}

const logClaims = {
  ...textClaims,
  lines: comparison.optional().meta({ description: 'How many lines it wrote' }),
}

interface LogClaims extends TextClaims {
  readonly lines?: number | string | undefined
}

export const logs = subject({
  subject: 'logs',
  description: 'What containers wrote: pod, pod/container, deploy/web, or labels such as { app: web }',
  name: containersSchema,
  where: {
    ...whichContainer,
    previous: z.literal(true).optional().meta({ description: 'Of the container before the present one' }),
  },
  claims: { ...logClaims, ...quantifiers(logClaims) },
  canBeAbsent: false,
  needsClaim: true,
  look(sim, { logs: selection, ...source }) {
    return judged<LogClaims>(sim, { ...source, in: selection }, Object.keys(logClaims), {
      expected(claims, name) {
        const lines = claims.lines === undefined ? [] : [`have ${claims.lines} lines`]
        return `the logs of ${name} ${[...claimWords(claims, true), ...lines].join(' and ')}`
      },
      judge(ref, claims) {
        const said = sim.logs(ref, { previous: source.previous === true })
        const lines = said.split('\n').length - 1
        const holds = textFits(said, claims) && (claims.lines === undefined || fitsComparison(lines, claims.lines))
        return { holds, found: said === '' ? 'they are empty' : `they say ${show(said)}` }
      },
    })
  },
})
