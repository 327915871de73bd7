import { main } from '../../src/cli/main.ts'

/** What a command line left, as a shell sees it. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Where a command line is called; `env` adds to the process' own, undefined takes away. */
export interface Place {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * Calls the command without a process of its own: its arguments go through the same `main`, and what it writes to the
 * process' streams is caught. What only a process has (standard input, signals, the bundle) is tried by spawning one.
 */
export async function inProcess(args: readonly string[], { cwd, env = {} }: Place): Promise<Ended> {
  const { stdout, stderr } = process
  const before = { cwd: process.cwd(), exitCode: process.exitCode }
  const envBefore = Object.keys(env).map((name) => [name, process.env[name]] as const)
  const heard = stdout.listeners('error')
  const [out, err] = [caught(stdout), caught(stderr)]
  try {
    process.chdir(cwd)
    setEnvironment(Object.entries(env))
    process.exitCode = undefined
    await main([process.execPath, 'podsim', ...args])
    return { code: Number(process.exitCode ?? 0), stdout: out.text(), stderr: err.text() }
  } finally {
    out.release()
    err.release()
    process.chdir(before.cwd)
    setEnvironment(envBefore)
    process.exitCode = before.exitCode
    stdout.removeAllListeners('error')
    for (const listener of heard) stdout.on('error', listener as (error: Error) => void) // what `on` was given
  }
}

function setEnvironment(values: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of values) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

function caught(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  let text = ''
  const { write } = stream
  stream.write = (chunk: string | Uint8Array) => {
    text += String(chunk)
    return true
  }
  return {
    text: () => text,
    release() {
      stream.write = write
    },
  }
}
