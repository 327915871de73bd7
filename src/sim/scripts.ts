import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualFiles } from '../kubectl/host.ts'
import type { RunScript } from './commands.ts'

export interface ScriptWorld {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly files: VirtualFiles
}

export function createScriptRunner(_world: ScriptWorld): RunScript {
  return () => ({ stdout: '', stderr: '', exitCode: 0 })
}
