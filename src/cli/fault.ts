import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { parse } from 'yaml'
import { safeLine } from '../bytes/terminal-text.ts'
import { plain } from '../report/text.ts'
import { type Access, readAccess } from '../serve/kubeconfig.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'

/** Options of `podsim fault` as serve-command.ts declares them to the argument parser. */
export interface FaultFlags {
  readonly clear?: boolean
  readonly kubeconfig?: string
}

/** `podsim fault`: an accident in a cluster that is served. */
export async function fault(text: string | undefined, flags: FaultFlags, output: Output): Promise<number> {
  const refuse = (message: string): number => {
    output.err(plain`error: ${safeLine(message)}\n`)
    return exitCodes.usage
  }
  if ((text === undefined) === (flags.clear !== true)) return refuse('expected an accident, or --clear')
  const access = accessOf(flags.kubeconfig ?? process.env.KUBECONFIG)
  if (typeof access === 'string') return refuse(access)
  const asked = text === undefined ? undefined : parsed(text)
  if (asked?.ok === false) return refuse(asked.problem)
  const answer = await ask(
    access,
    asked === undefined ? 'DELETE' : 'POST',
    asked === undefined ? '' : JSON.stringify(asked.value),
  )
  if (typeof answer === 'string') return refuse(answer)
  const { code, text: body } = answer
  if (code >= 400)
    return refuse(
      /"error":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]?.replaceAll('\\"', '"') ?? `the server answered ${code}`,
    )
  output.out(plain`${asked === undefined ? 'all accidents ended' : 'begun'}\n`)
  return exitCodes.passed
}

function parsed(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  try {
    const value: unknown = parse(text)
    return { ok: true, value }
  } catch (error) {
    return {
      ok: false,
      problem: `the accident is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`,
    }
  }
}

/** How the server is reached; a text says why that is not known. */
function accessOf(path: string | undefined): Access | string {
  if (path === undefined || path === '')
    return 'no kubeconfig: set KUBECONFIG as podsim serve says, or give --kubeconfig'
  try {
    return readAccess(readFileSync(path, 'utf8')) ?? `${path} is none of podsim's`
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no YAML'
    return `${path} cannot be read (${code})`
  }
}

function ask(
  { url, ca, token }: Access,
  method: string,
  body: string,
): Promise<{ readonly code: number; readonly text: string } | string> {
  return new Promise((resolve) => {
    const sent = request(`${url}/podsim/v1/faults`, { method, ca, headers: { authorization: `Bearer ${token}` } })
    sent.on('error', (error) => resolve(`the server cannot be reached: ${error.message}`))
    sent.on('response', (response) => {
      let text = ''
      response.on('data', (part: Buffer) => {
        text += part.toString()
      })
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text }))
    })
    sent.end(body)
  })
}
