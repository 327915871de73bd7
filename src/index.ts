export type { VirtualMs } from './kernel/time.ts'
